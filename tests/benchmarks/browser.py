"""Chromium in kiosk mode with an open QTI player (`@citolab/qti-components`, from npm), as a peer.

    with Browser(screen, items) as browser:
        browser.open("first", profile)          # starts Chromium; `told()` is what the page tells

The player is fetched once, by npm, to `build/player`. The page is `player/page.html`.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from kiosk.rehearsal.xscreen import Screen, missing_tools

ROOT = Path(__file__).parents[2]
PAGE = Path(__file__).with_name("player") / "page.html"
PLAYER = "@citolab/qti-components"
VERSION = "7.27.4"
SHA256 = "d79d2f929900a3dced5770491980924acbd6588cad7d8e86594e2b515df79718"
PATIENCE_S = 120


def why_not() -> str:
    """Why the comparison cannot be made here; empty when it can."""
    lacking = [
        name
        for name, there in (("Chromium", chromium()), ("npm", shutil.which("npm")))
        if not there
    ] + list(missing_tools())
    return f"needs {' and '.join(lacking)}" if lacking else ""


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def player() -> Path:
    """The player's script, fetched if it is not there.

    Raises:
        AssertionError: it is not the one this comparison was written for.
    """
    folder = ROOT / "build" / "player"
    script = folder / "node_modules" / PLAYER / "cdn" / "index.global.js"
    if not script.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--no-save", "--ignore-scripts", f"{PLAYER}@{VERSION}"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
    found = hashlib.sha256(script.read_bytes()).hexdigest()
    assert found == SHA256, f"{PLAYER} {VERSION} is not the one known: {found}"
    return script


class Browser:
    """Serves the page and `items` on the loopback, and runs one Chromium at a time on `screen`."""

    def __init__(self, screen: Screen, items: Sequence[Path]) -> None:
        self._screen = screen
        self._told: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(items, self._told))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._process: subprocess.Popen[bytes] | None = None
        self.started = 0.0

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.kill()
        self._server.shutdown()
        self._server.server_close()

    def open(self, way: str, profile: Path, **asked: int) -> None:
        """Starts Chromium at the page, asked to go one of its ways. `profile` is its disk state."""
        binary = chromium()
        assert binary is not None
        port = self._server.server_address[1]
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            [
                binary,
                "--kiosk",
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-background-networking",
                "--disable-component-update",
                "--password-store=basic",
                "--window-size=1366,768",
                f"--user-data-dir={profile}",
                # Chromium refuses its sandbox to root; it costs and saves next to nothing here.
                *(["--no-sandbox"] if os.getuid() == 0 else []),
                f"http://127.0.0.1:{port}/?{urlencode({'way': way, **asked})}",
            ],
            env=self._screen.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def told(self) -> Any:
        """The next thing that the page tells."""
        try:
            told = self._told.get(timeout=PATIENCE_S)
        except queue.Empty:
            raise AssertionError(f"the page has said nothing for {PATIENCE_S} s") from None
        if isinstance(told, dict) and "trouble" in told:
            raise AssertionError(f"the page has trouble: {told['trouble']}")
        return told

    def pss(self) -> int:
        """Proportional memory of all of Chromium's processes, in bytes."""
        assert self._process is not None
        return sum(_pss(process) for process in _session(self._process.pid))

    def kill(self) -> None:
        """kill -9 for every process of it, at once."""
        if self._process is None:
            return
        for process in _session(self._process.pid):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()
        self._process = None


def _session(leader: int) -> list[int]:
    """The processes of a session: Chromium's zygotes leave its process group, not its session."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if os.getsid(int(folder.name)) == leader:
                    found.append(int(folder.name))
            except ProcessLookupError:
                continue
    return found


def _pss(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _handler(items: Sequence[Path], told: queue.SimpleQueue[Any]) -> type[BaseHTTPRequestHandler]:
    script = player()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            match urlsplit(self.path).path.split("/")[1:]:
                case [""]:
                    self._send(PAGE.read_bytes(), "text/html")
                case ["player.js"]:
                    self._send(script.read_bytes(), "text/javascript")
                case ["items", number] if number.isdigit() and int(number) < len(items):
                    self._send(items[int(number)].read_bytes(), "application/xml")
                case _:
                    self.send_error(404)

        def do_POST(self) -> None:
            told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._send(b"", "text/plain")

        def _send(self, data: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_arguments: object) -> None:
            pass

    return Handler
