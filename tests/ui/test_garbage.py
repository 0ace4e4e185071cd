"""Widgets in a cycle go in the thread of the windows, whatever other threads do."""

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from kiosk.ui import garbage


@pytest.fixture
def as_python_is():
    found = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*found)
    gc.unfreeze()
    gc.collect()
    gc.freeze()  # as tests/conftest.py has it


def test_a_busy_thread_takes_no_widget_down(qtbot, monkeypatch, as_python_is):
    monkeypatch.setattr(garbage, "_EVERY_MS", 10)
    home = QObject()
    garbage.collect_here(home)
    went = []

    class Cycle(QWidget):
        pass

    one = Cycle()
    one.itself = one
    weakref.finalize(one, lambda: went.append(threading.get_ident()))
    del one

    def busy():
        for _ in range(30):
            kept = [[at] for at in range(2000)]
            del kept

    thread = threading.Thread(target=busy)
    thread.start()
    thread.join()
    assert went == []

    more = [[at] for at in range(2000)]
    qtbot.waitUntil(lambda: went == [threading.get_ident()])
    assert more
    home.deleteLater()
