"""The windows that are measured, each in a process of its own: `python -m tests.benchmarks.windows`.

    bare                        a PySide6 window with a line of text: tells "painted"
    first STATE                 the terminal as `kiosk terminal run`: tells "painted" at the question
    click STATE CLICKS          tells [ms from click to chosen, saved and painted, ...] and its floors
    navigate STATE MOVES        tells PSS in bytes at the first question and after MOVES

The terminal is the real one with its files, journal and two proctors; nothing of it is replaced. The
process tells `{"challenge": ...}` and is answered on its standard input.
"""

from __future__ import annotations

import json
import sys


def tell(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def bare() -> None:
    """What any PySide6 program costs."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

    class Bare(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            # When the queue is empty again, the frame is out.
            QTimer.singleShot(0, lambda: tell("painted"))

    application = QApplication([])
    window = Bare()
    QVBoxLayout(window).addWidget(QLabel("A question of ordinary length, as most are."))
    window.resize(1366, 768)
    window.show()
    application.exec()


def first(state: str) -> None:
    # A terminal has no Pillow (requirements/terminal.txt); where it is installed, as here, qrcode
    # spends 60 ms on importing it.
    sys.modules["PIL"] = None

    from kiosk.cli import run

    _watch(lambda _app: tell("painted"))
    run(["terminal", "run", "--state", state, "--windowed"])


def click(state: str, clicks: str) -> None:
    from kiosk.cli import run

    def measure(app) -> None:
        from tests.benchmarks.clicking import measure_clicks

        tell(measure_clicks(app, state, int(clicks)))

    _watch(measure)
    run(["terminal", "run", "--state", state, "--windowed"])


def navigate(state: str, moves: str) -> None:
    from kiosk.cli import run

    def measure(app) -> None:
        from tests.benchmarks.navigating import measure_memory

        tell(measure_memory(app, int(moves)))

    _watch(measure)
    run(["terminal", "run", "--state", state, "--windowed"])


def _watch(at_question) -> None:
    """Has the terminal's window tell its challenges, and calls `at_question` at the first question.

    The window's class is only reached once the command imports it, so that nothing is imported here
    earlier, or besides, what the program imports itself.
    """
    from importlib.abc import MetaPathFinder

    class Waiting(MetaPathFinder):
        def find_spec(self, name, path, target=None):
            if name != "kiosk.terminal.screens.app":
                return None
            sys.meta_path.remove(self)
            from importlib.util import find_spec

            spec = find_spec(name)
            assert spec is not None
            assert spec.loader is not None
            run_module = spec.loader.exec_module

            def exec_module(module):
                run_module(module)
                _extend(module.TerminalApp, at_question)

            spec.loader.exec_module = exec_module
            return spec

    sys.meta_path.insert(0, Waiting())


def _extend(kind, at_question) -> None:
    start = kind.start

    def started(self, *, windowed=False):
        from PySide6.QtCore import QSocketNotifier, QTimer

        from kiosk.terminal import views

        reached = []
        challenges = set()

        def measured() -> None:
            try:
                at_question(self)
            except Exception as fault:  # noqa: BLE001 - Qt would print it and wait for ever
                tell({"trouble": repr(fault)})

        def shown(view) -> None:
            if isinstance(view, views.Unlock):
                if (view.challenge, view.given) in challenges:
                    return
                challenges.add((view.challenge, view.given))
                # The person at the desk sees a code once it is painted.
                QTimer.singleShot(0, lambda: tell({"challenge": view.challenge}))
            elif isinstance(view, views.Trouble):
                tell({"trouble": f"{view.code} {view.what.text}"})
            elif isinstance(view, views.Exam) and not reached:
                reached.append(view)
                QTimer.singleShot(0, measured)

        def scan(app) -> None:
            code = sys.stdin.readline()
            if not code:
                sys.exit("whoever measures is gone")
            app.window.intent.emit(views.Scanned(code.strip()))

        self.flow.listen(shown)
        self.reader = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        self.reader.activated.connect(lambda: scan(self))
        start(self, windowed=windowed)
        shown(self.flow.view)

    kind.start = started


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
