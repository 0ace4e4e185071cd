"""A newer package for a terminal that is installed on Debian: off the station's stick, on one trial. Why so is
in docs/decisions/0036.

Root does it. All that is left to judge once dpkg begins is done by a script in root's own folder
(packaging/deb/root/usr/lib/kiosk-terminal/trial): the program is what is being exchanged.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kiosk.artefacts.manifest import read_manifest
from kiosk.errors import InputRefused, NotPermitted, StorageFault
from kiosk.terminal import update
from kiosk.terminal.ground import (
    CONFIGURATION,
    LOCKED,
    MANIFEST,
    OF_A_STICK,
    PACKAGE,
    PROGRAM,
    RUNTIME,
    STATE,
    STICK,
    STICK_WANTED,
    TERMINAL_UNIT,
    UPDATES,
)
from kiosk.terminal.program import key_store
from kiosk.terminal.stick import FolderStick, Stick
from kiosk.terminal.updated import STEP, How, Upgrade, fell_back
from kiosk.trust.durable import storage, sync_file, sync_folder
from kiosk.trust.installed import Installed
from kiosk.trust.listing import Listed
from kiosk.trust.program_files import deviations
from kiosk.trust.programs import Kind, Program
from kiosk.trust.publication import target_file
from kiosk.words import mark, text

ROOT: Final = Path("/")
BOOTED: Final = Path("/run/systemd/system")
"""There where systemd runs (sd_booted(3))."""
NEW, BEFORE, TRIAL = "new.deb", "before.deb", "trial"
"""In root's own folder; `trial` says what each is for."""
AS_IT_CAME: Final = PROGRAM / CONFIGURATION.name
"""The settings of the package."""
AGAIN: Final = mark(
    "Take a newer one. If the computer was only switched off too early: kiosk terminal update --again"
)
AGAIN_ON_A_STICK: Final = mark(
    "Take a newer one. If the computer was only switched off too early, choose the update again and write AGAIN"
)
STICK_WAIT_S: Final = 90
STDERR: Final = 2
_NO_FIELDS_OF_A_PACKAGE: Final = ("Status:", "Conffiles:")


def said(told: Upgrade, lang: str) -> str:
    """What the technician is told of an update."""
    words = {"version": told.version, "before": told.before}
    match told.how:
        case How.INSTALLED:
            return text(
                "Version {version} is installed. Restart the computer: it starts with it, and if its "
                "window does not come up, version {before} comes back by itself.",
                lang,
                **words,
            )
        case How.CAME_UP:
            return text(
                "Version {version} came up. Version {before} is kept: kiosk terminal update --back",
                lang,
                **words,
            )
        case How.NOT_INSTALLED:
            return text(
                "Version {version} could not be installed. Version {before} runs as before.",
                lang,
                **words,
            )
        case How.FELL_BACK:
            return update.said(update.FellBack(told.version, told.before), lang)


def require_possible(own: Path = UPDATES) -> None:
    """
    Raises:
        NotPermitted: not by this user, not on this computer, or not now.
    """
    if os.geteuid():
        raise NotPermitted(mark("only root may exchange the program"))
    if OF_A_STICK.exists():
        raise NotPermitted(
            mark("this system is a stick's, and is exchanged as a whole"),
            remedy=mark("Choose the update on the technician's page"),
        )
    if not MANIFEST.exists():
        raise NotPermitted(mark("the program is not installed as a package here"))
    if not key_store(STATE).exists():
        raise NotPermitted(
            mark("this terminal has no key yet"),
            where=str(STATE),
            remedy=mark("Enrol it first: kiosk terminal enrol --state DIR --name T-01"),
        )
    if (own / STEP).exists():
        raise NotPermitted(
            mark("a newer version was installed, and it is not yet known whether it comes up"),
            remedy=mark("Restart the computer, wait ten minutes at most, and try again"),
        )
    if _window_runs():
        raise NotPermitted(
            mark("the exam program runs"), remedy=mark("Proctors end it from their menu first")
        )
    update.require_nobody_sits()


def require_not_failed(version: str, remedy: str, own: Path = UPDATES) -> None:
    """
    Raises:
        NotPermitted: `version` is what did not come up here at the last update; `remedy` says how it is
            tried again all the same.
    """
    failed = fell_back(own)
    if failed is not None and failed.version == version:
        raise NotPermitted(
            mark("the program on the station's stick is {version}, which did not come up here"),
            remedy=remedy,
            version=version,
        )


def stick_at(folder: Path) -> FolderStick:
    """The stick that is, or will be, mounted at a folder. A locked computer lets it in while somebody asks."""
    if folder != STICK or not LOCKED.exists():
        return FolderStick(folder)
    with storage(RUNTIME):
        RUNTIME.mkdir(exist_ok=True)
    return FolderStick(folder, apart_from=STATE, asks=RUNTIME / STICK_WANTED)


def wait_for(stick: Stick, sleep: Callable[[float], object] = time.sleep) -> None:
    """
    Raises:
        InputRefused: no stick came.
    """
    for _ in range(STICK_WAIT_S):
        if stick.present:
            return
        sleep(1)
    raise InputRefused(
        mark("no stick with a FAT or exFAT file system was found"),
        remedy=mark("Put the station's stick in and try again"),
    )


def fetch(
    trust: Installed,
    source: Path,
    installed: str,
    between: Callable[[], object] = bool,
    own: Path = UPDATES,
    *,
    again: bool = False,
) -> Program:
    """The newest package that the station's stick brings, checked and in root's own folder.

    Args:
        trust: root's own.
        installed: the version that is installed, and its architecture.
        between: called between pieces of the file, for a stick that is there while somebody asks.
        again: also the version that did not come up last time.

    Raises:
        NotPermitted: nothing newer, not of this station, or it did not come up here.
        InputRefused: no such stick, or a damaged one.
        StorageFault: no room, or the disk refuses.
    """
    trust.refresh(source)
    version, architecture = installed.split()
    program, listed = update.newer(trust, version, Kind.PACKAGE, architecture)
    if not again:
        require_not_failed(program.version, AGAIN, own)
    _copy(source / "targets" / target_file(program.target, listed.sha256), listed, own, between)
    told = _dpkg("dpkg-deb", "--show", "--showformat=${Package} ${Version}", own / NEW)
    if told.split() != [PACKAGE, program.version]:
        (own / NEW).unlink()
        raise InputRefused(mark("the package is not the version that its name says"), where=told)
    return program


def _copy(path: Path, listed: Listed, own: Path, between: Callable[[], object]) -> None:
    beside = own / f"{NEW}.part"
    with storage(beside):
        try:
            with beside.open("wb") as file:
                for piece in update.pieces(path, listed):
                    file.write(piece)
                    between()
            sync_file(beside)
            beside.replace(own / NEW)
            sync_folder(own)
        finally:
            beside.unlink(missing_ok=True)


def turn_back(running: str, own: Path = UPDATES, root: Path = ROOT) -> str:
    """Makes the version before the one to install, and keeps the one that runs; its version.

    Raises:
        NotPermitted: none is kept, or what runs cannot be packed.
        StorageFault: no room, or the disk refuses.
    """
    kept = _version(own / BEFORE) if (own / BEFORE).exists() else running
    if kept == running:
        raise NotPermitted(mark("no version before this one is kept here"))
    beside = own / "running.deb"
    pack(beside, root)
    with storage(own):
        (own / BEFORE).replace(own / NEW)
        beside.replace(own / BEFORE)
        sync_folder(own)
    return kept


def installed() -> str:
    """The version that is installed, and its architecture.

    Raises:
        StorageFault: dpkg does not know it.
    """
    return _dpkg("dpkg-query", "--show", "--showformat=${Version} ${Architecture}", PACKAGE)


def pack(to: Path, root: Path = ROOT) -> None:
    """The package of the installed program, made again from its files: what can be gone back to.

    What comes out has the files and scripts of the package that was installed, settings as they came with it
    included: else dpkg would take the technician's for those of the package, and the next update write over
    them. Each file is held against the manifest.

    Raises:
        NotPermitted: a file is not what its builder signed.
        StorageFault: no room, or the disk refuses.
    """
    query = ("dpkg-query", f"--root={root}")
    stage = to.with_name(f"{to.name}.d")
    shutil.rmtree(stage, ignore_errors=True)
    try:
        with storage(to.parent):
            for line in _dpkg(*query, "--listfiles", PACKAGE).splitlines():
                _put(root / line.lstrip("/"), stage / line.lstrip("/"))
            shutil.copy(root / str(AS_IT_CAME).lstrip("/"), stage / str(CONFIGURATION).lstrip("/"))
            _require_signed(stage)
            control = stage / "DEBIAN"
            control.mkdir(mode=0o755)
            for name in _dpkg(*query, "--control-list", PACKAGE).split():
                data = _dpkg(*query, "--control-show", PACKAGE, name)
                (control / name).write_text(data, "utf-8")
                (control / name).chmod(0o755 if data.startswith("#!") else 0o644)
            # dpkg-query keeps this one to itself.
            (control / "conffiles").write_text(f"{CONFIGURATION}\n", "utf-8")
            fields = _fields(_dpkg(*query, "--status", PACKAGE))
            (control / "control").write_text(fields, "utf-8")
        quick = ("-Zgzip", "-z1", "--root-owner-group")
        beside = to.with_name(f"{to.name}.part")
        _dpkg("dpkg-deb", *quick, "--build", stage, beside)
        with storage(to):
            sync_file(beside)
            beside.replace(to)
            sync_folder(to.parent)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _put(path: Path, to: Path) -> None:
    if path.is_symlink():
        to.symlink_to(path.readlink())
    elif path.is_dir():
        to.mkdir(exist_ok=True)
        shutil.copymode(path, to)
    elif path.exists():  # else the manifest says what is missing
        shutil.copy2(path, to)


def _require_signed(stage: Path) -> None:
    place = str(MANIFEST).lstrip("/")
    manifest = read_manifest((stage / place).read_bytes())
    found = deviations(manifest, stage, frozenset({place}))
    wrong = (*found.changed, *found.missing, *found.added, *found.settings)
    if wrong:
        raise NotPermitted(
            mark("a file of the program that runs is not what its builder signed"),
            where=wrong[0],
            remedy=mark("There would be nothing to go back to: install the newer package by hand"),
        )


def _version(deb: Path) -> str:
    return _dpkg("dpkg-deb", "--field", deb, "Version").strip()


def _fields(status: str) -> str:
    """What of dpkg's record of an installed package is in the package itself."""
    kept, of_it = "", True
    for line in status.splitlines(keepends=True):
        if not line.startswith(" "):
            of_it = not line.startswith(_NO_FIELDS_OF_A_PACKAGE)
        kept += line if of_it else ""
    return kept


def install(version: str, before: str, own: Path = UPDATES) -> Upgrade:
    """Installs `new.deb` and gives it its trial at the next start; if dpkg cannot, what ran before is put back.

    What dpkg says goes to the standard error.

    Raises:
        StorageFault: neither could be installed.
    """
    with storage(own):
        shutil.copyfile(PROGRAM / TRIAL, own / TRIAL)
        sync_file(own / TRIAL)
    begun = Upgrade(How.INSTALLED, version, before)
    command = ["/bin/sh", str(own / TRIAL), "install", version, before]
    done = subprocess.run(command, stdout=STDERR, check=False)
    match done.returncode:
        case 0:
            return begun
        case 1:
            return Upgrade(How.NOT_INSTALLED, version, before)
        case _:
            raise StorageFault(
                mark("neither the newer package nor the one before could be installed"),
                remedy=mark("Make space on the disk and restart the computer: it is tried again"),
            )


def _window_runs() -> bool:
    asked = ["systemctl", "--quiet", "is-active", TERMINAL_UNIT]
    return BOOTED.exists() and subprocess.run(asked, check=False).returncode == 0


def _dpkg(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        fault = done.stderr.strip().splitlines()
        raise StorageFault(
            mark("dpkg did not do what was asked ({fault})"), fault=fault[-1] if fault else ""
        )
    return done.stdout
