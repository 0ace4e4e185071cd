"""Builds kiosk-terminal_VERSION_ARCH.deb: `make deb`, or `.venv/bin/python packaging/deb/build.py --out DIR`.

In the package are Debian 12's own Python, the locked wheels, what a terminal needs of this project, and
the tree `root` beside this file; why not a frozen program is in docs/decisions/0030. The same commit, the
same Python and the same builder's key give the same bytes: all times are the commit's, nothing is built
in parallel that could come in another order, and modules are compiled in a process without chance.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any

from kiosk import __version__
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.manifest import LINK, SETTINGS, ProgramFile, write_manifest
from kiosk.terminal import ground
from kiosk.trust.keystore import FileKeyStore

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]

PROGRAM = str(ground.PROGRAM).lstrip("/")
CONFIGURATION = str(ground.CONFIGURATION).lstrip("/")
DOCUMENTS = f"usr/share/doc/{ground.PACKAGE}"

ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}
"""Debian's name: that of the wheels."""
MANYLINUX = (*(f"_2_{minor}" for minor in range(36, 16, -1)), "2014")
"""What Debian 12's libc (2.36) can load, the newest first."""

MIRROR = os.environ.get("KIOSK_DEBIAN_MIRROR", "http://deb.debian.org/debian")
SECURITY = os.environ.get("KIOSK_DEBIAN_SECURITY", "http://deb.debian.org/debian-security")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PYTHON = ("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib")

# A terminal opens no foreign format, sees no station and tests nothing.
NOT_OF_PYTHON = (
    *("test", "distutils", "pydoc_data", "EXTERNALLY-MANAGED", "sitecustomize.py", "turtle.py"),
    *(f"lib-dynload/{name}.cpython-311-*" for name in ("_curses", "_curses_panel", "_dbm", "nis")),
    *(f"lib-dynload/{name}.cpython-311-*" for name in ("readline", "_crypt", "ossaudiodev")),
    *(
        "lib-dynload/_test*",
        "lib-dynload/xxlimited*",
        "lib-dynload/_xxtest*",
        "lib-dynload/_ctypes_test*",
    ),
)
NOT_OF_THE_PROJECT = ("authoring", "documents", "proctor", "readers", "rehearsal", "station")
OF_THE_COMMANDS = (
    "__init__",
    "code_shown",
    "room_status",
    "shown",
    "start",
    "station_visits",
    "terminal",
    "verify",
)
OF_QT = {
    "": ("__init__.py", "_config.py", "_git_pyside_version.py", "libpyside6.abi3.so.*"),
    "support": ("*.py",),
    "Qt/lib": (
        *(f"libQt6{name}.so.6" for name in ("Core", "DBus", "Gui", "OpenGL", "Widgets", "XcbQpa")),
        *("libQt6WaylandClient.so.6", "libQt6WlShellIntegration.so.6", "libicu*.so.*"),
    ),
    "Qt/plugins/platforms": ("libqxcb.so", "libqwayland.so", "libqoffscreen.so"),
    "Qt/plugins/imageformats": ("libqjpeg.so",),
    "Qt/plugins/platforminputcontexts": ("libcomposeplatforminputcontextplugin.so",),
    "Qt/plugins/wayland-shell-integration": ("libxdg-shell.so",),
}
QT_MODULES = ("QtCore", "QtGui", "QtWidgets")


def run(*command: str | Path, **more: Any) -> str:
    """A command's output.

    Raises:
        SystemExit: it failed; what it said is told.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode:
        raise SystemExit(
            f"{' '.join(map(str, command[:4]))} ... failed:\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def say(what: str) -> None:
    sys.stderr.write(f"deb: {what}\n")


# --- what goes in ---------------------------------------------------------------------------------------


def python(stage: Path, work: Path, arch: str) -> dict[str, str]:
    """Debian 12's Python into the stage; package: version."""
    apt = work / "apt"
    for name in ("lists/partial", "archives/partial"):
        (apt / name).mkdir(parents=True, exist_ok=True)
    signed = f"[arch={arch} signed-by={KEYRING}]"
    sources = [f"deb {signed} {MIRROR} bookworm main\n"]
    sources += [f"deb {signed} {SECURITY} bookworm-security main\n"]
    (apt / "sources.list").write_text("".join(sources), "utf-8")
    (apt / "status").touch()
    options = {
        "Dir::State::Lists": apt / "lists",
        "Dir::State::Status": apt / "status",
        "Dir::Cache": apt,
        "Dir::Cache::Archives": apt / "archives",
        "Dir::Etc::SourceList": apt / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "APT::Architecture": arch,
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    settings = [one for name, value in options.items() for one in ("-o", f"{name}={value}")]
    run("apt-get", "-q", *settings, "update")
    fetched = work / "python"
    shutil.rmtree(fetched, ignore_errors=True)
    (fetched / "debs").mkdir(parents=True)
    run("apt-get", "-q", *settings, "download", *PYTHON, cwd=fetched / "debs")
    versions = {}
    for deb in sorted((fetched / "debs").iterdir()):
        run("dpkg-deb", "-x", deb, fetched)
        told = run("dpkg-deb", "-W", "--showformat=${Package} ${Version}", deb)
        name, version = told.split()
        versions[name] = version
    library = fetched / "usr/lib/python3.11"
    for pattern in NOT_OF_PYTHON:
        for path in library.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (stage / PROGRAM / "bin").mkdir(parents=True)
    shutil.copy(fetched / "usr/bin/python3.11", stage / PROGRAM / "bin")
    shutil.copytree(library, stage / PROGRAM / "lib/python3.11", symlinks=True)
    return versions


def wheels(stage: Path, arch: str) -> None:
    """The locked packages of a terminal, as their hashes say."""
    platforms = [f"--platform=manylinux{tag}_{ARCHITECTURES[arch]}" for tag in MANYLINUX]
    packages = stage / PROGRAM / "packages"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    chosen = ["--python-version=3.11", "--implementation=cp", "--abi=cp311", "--abi=abi3"]
    chosen += ["--abi=none", *platforms, "--only-binary=:all:"]
    strict = ["--require-hashes", "--no-deps", "--no-compile", "--progress-bar=off"]
    lock = PROJECT / "requirements/terminal.txt"
    run(*pip, *strict, *chosen, "--target", packages, "-r", lock)
    shutil.rmtree(packages / "bin", ignore_errors=True)
    qt = packages / "PySide6"
    kept = {
        path
        for folder, names in OF_QT.items()
        for name in names
        for path in (qt / folder).glob(name)
    }
    kept |= {qt / f"{module}.abi3.so" for module in QT_MODULES}
    missing = [path for path in kept if not path.is_file()]
    if missing:
        raise SystemExit(f"Qt has no {missing}")
    for path in _files(qt):
        if path not in kept:
            path.unlink()
    for folder in sorted((path for path in qt.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    for path in packages.rglob(".gitignore"):
        path.unlink()
    for record in packages.glob("*.dist-info"):
        # What was installed how, when and from where; the SBOM and the manifest say what is here.
        for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"):
            (record / name).unlink(missing_ok=True)


def project(stage: Path) -> None:
    """What a terminal needs of this project, as it is in the commit."""
    tracked = run("git", "ls-files", "-z", "kiosk", cwd=PROJECT).split("\0")
    for name in filter(None, tracked):
        path = Path(name)
        if path.parts[1] in NOT_OF_THE_PROJECT:
            continue
        if path.parts[1] == "cli" and path.stem not in OF_THE_COMMANDS:
            continue
        to = stage / PROGRAM / "packages" / path
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / path, to)


def files_beside(stage: Path) -> None:
    """Units, rules, settings and scripts."""
    for name in filter(None, run("git", "ls-files", "-z", "root", cwd=HERE).split("\0")):
        to = stage / Path(name).relative_to("root")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / name, to)
    (stage / "etc/kiosk-terminal/usb.d").mkdir()
    # The settings as they came, for whoever packs an installed terminal again (`terminal.upgrade`).
    shutil.copy(stage / CONFIGURATION, stage / PROGRAM)
    (stage / "usr/bin").mkdir(parents=True)
    (stage / "usr/bin/kiosk").symlink_to("../lib/kiosk-terminal/bin/kiosk")


def compile_modules(stage: Path) -> None:
    """Modules as bytes that need no look at their source: on a terminal it is read-only."""
    program = stage / PROGRAM
    interpreter = program / "bin/python3.11"
    command = [interpreter, "-S", "-B", "-m", "compileall", "-q", "-f", "-j", "1"]
    command += ["--invalidation-mode", "unchecked-hash", "-s", str(stage), "-p", "/"]
    run(*command, program / "lib", program / "packages", env={"PYTHONHASHSEED": "0", "LC_ALL": "C"})


# --- what is said of it -----------------------------------------------------------------------------------


def documents(stage: Path, version: str, epoch: int) -> None:
    """Copyright, changelog, man page, the technician's page."""
    docs = stage / DOCUMENTS
    docs.mkdir(parents=True)
    shutil.copy(HERE / "debian/copyright", docs / "copyright")
    shutil.copy(PROJECT / "docs/technician.md", docs / "technician.md")
    when = datetime.fromtimestamp(epoch, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    entry = f"{ground.PACKAGE} ({version}) unstable; urgency=medium\n\n"
    entry += f"  * What changed is in the project's CHANGELOG.md.\n\n -- {MAINTAINER}  {when}\n"
    _packed(docs / "changelog.gz", entry.encode())
    man = stage / "usr/share/man/man1"
    man.mkdir(parents=True)
    _packed(man / "kiosk.1.gz", (HERE / "debian/kiosk.1").read_bytes())
    overrides = stage / "usr/share/lintian/overrides"
    overrides.mkdir(parents=True)
    shutil.copy(HERE / "debian/lintian-overrides", overrides / ground.PACKAGE)


def bill_of_materials(
    stage: Path, version: str, python_versions: dict[str, str], epoch: int
) -> None:
    """What is inside and under which licences, as CycloneDX 1.6."""
    with tempfile.TemporaryDirectory() as folder:
        # cyclonedx-py asks an interpreter what it has.
        asked = Path(folder) / "python"
        home = stage / PROGRAM
        asked.write_text(
            f"#!/bin/sh\nPYTHONPATH='{home}/packages' exec '{home}/bin/python3.11' -S -B \"$@\"\n"
        )
        asked.chmod(0o755)
        made = [Path(sys.executable).with_name("cyclonedx-py"), "environment", asked]
        made += ["--output-reproducible", "--spec-version", "1.6", "--output-format", "JSON"]
        bill = json.loads(run(*made))
    bill["metadata"]["timestamp"] = datetime.fromtimestamp(epoch, UTC).isoformat()
    bill["metadata"]["component"] = {
        "type": "application",
        "bom-ref": ground.PACKAGE,
        "name": ground.PACKAGE,
        "version": version,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    bill["metadata"].pop("tools", None)
    for name, of_debian in sorted(python_versions.items()):
        bill["components"].append(
            {
                "type": "framework",
                "bom-ref": f"debian-{name}",
                "name": name,
                "version": of_debian,
                "purl": f"pkg:deb/debian/{name}@{of_debian}?distro=bookworm",
                "licenses": [{"license": {"id": "PSF-2.0"}}],
            }
        )
    told = json.dumps(bill, ensure_ascii=False, indent=1, sort_keys=True).replace(str(stage), "")
    (stage / DOCUMENTS / "sbom.cdx.json").write_text(told + "\n", "utf-8")


def manifest(stage: Path, keys: PrivateKeys, version: str, epoch: int) -> None:
    """The signed list of every file."""
    listed = []
    for path in _files(stage):
        name = str(path.relative_to(stage))
        if path.is_symlink():
            digest, mode, kind = hashlib.sha256(os.readlink(path).encode()).digest(), 0o777, LINK
        else:
            digest, mode = (
                hashlib.sha256(path.read_bytes()).digest(),
                stat.S_IMODE(path.stat().st_mode),
            )
            kind = SETTINGS if name == CONFIGURATION else ""
        listed.append(ProgramFile(name, digest, mode, kind))
    data = write_manifest(keys, ground.PACKAGE, version, epoch, [PROGRAM], listed)
    (stage / str(ground.MANIFEST).lstrip("/")).write_bytes(data)


def control(stage: Path, version: str, arch: str) -> None:
    """DEBIAN/: what dpkg is told."""
    to = stage / "DEBIAN"
    to.mkdir()
    size = sum(path.lstat().st_size for path in _files(stage)) // 1024
    template = Template((HERE / "debian/control").read_text("utf-8"))
    told = template.substitute(version=version, arch=arch, size=size, maintainer=MAINTAINER)
    fields, description = told.split("Description:")
    # Of a built package only the description may have more than one line.
    told = fields.replace("\n ", " ") + "Description:" + description
    (to / "control").write_text(told, "utf-8")
    (to / "conffiles").write_text(f"/{CONFIGURATION}\n", "utf-8")
    for name in ("postinst", "prerm", "postrm"):
        shutil.copy(HERE / "debian" / name, to / name)
        (to / name).chmod(0o755)
    sums = []
    for path in _files(stage):
        name = path.relative_to(stage)
        if not path.is_symlink() and name.parts[0] != "DEBIAN" and str(name) != CONFIGURATION:
            digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            sums.append(f"{digest}  {name}\n")
    (to / "md5sums").write_text("".join(sums), "utf-8")


# --- the whole ----------------------------------------------------------------------------------------------

MAINTAINER = "The Exam Kiosk Project <maintainers@kiosk.invalid>"


def build(out: Path, keys: PrivateKeys, arch: str, packed: str = "xz") -> Path:
    """The package below `out`.

    Args:
        packed: how dpkg-deb compresses; `none` to try it out.

    Raises:
        SystemExit: a tool is missing or failed.
    """
    epoch = int(run("git", "log", "-1", "--format=%ct", cwd=PROJECT))
    commit = run("git", "rev-parse", "--short=12", "HEAD", cwd=PROJECT).strip()
    day = datetime.fromtimestamp(epoch, UTC).strftime("%Y%m%d%H%M%S")
    version = f"{__version__.replace('.dev', '~dev')}+{day}.{commit}"
    work, stage = out / "work", out / "work/stage"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    os.umask(0o022)
    say(f"Debian's Python, from {MIRROR}")
    versions = python(stage, work, arch)
    say("the locked packages")
    wheels(stage, arch)
    project(stage)
    files_beside(stage)
    say("compiling")
    compile_modules(stage)
    documents(stage, version, epoch)
    bill_of_materials(stage, version, versions, epoch)
    _settle(stage, epoch)
    manifest(stage, keys, version, epoch)
    control(stage, version, arch)
    _settle(stage, epoch)
    say("packing")
    made = out / f"{ground.PACKAGE}_{version}_{arch}.deb"
    pack = [
        "dpkg-deb",
        "--root-owner-group",
        f"-Z{packed}",
        "--threads-max=2",
        "--build",
        stage,
        made,
    ]
    run(*pack, env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "LC_ALL": "C"})
    shutil.rmtree(work)
    return made


def _settle(stage: Path, epoch: int) -> None:
    """Owner's and everybody's rights as Debian has them, and one time for all."""
    for path in sorted(stage.rglob("*"), reverse=True):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable and not _is_module(path) else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def _is_module(path: Path) -> bool:
    """What is loaded, and never run by itself."""
    return path.is_file() and (path.suffix == ".py" or ".so" in path.name)


def _files(folder: Path) -> Iterator[Path]:
    """All that is no folder, in order."""
    return iter(sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file()))


def _packed(path: Path, data: bytes) -> None:
    path.write_bytes(gzip.compress(data, 9, mtime=0))


def build_keys(folder: Path) -> PrivateKeys:
    """The builder's keys; made the first time."""
    store = FileKeyStore(folder)
    return store.load() if store.exists() else store.create(Role.BUILDER, "Builder")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="Build the terminal's Debian package.")
    parser.add_argument("--out", type=Path, default=PROJECT / "build/deb")
    parser.add_argument("--arch", choices=ARCHITECTURES, default="amd64")
    parser.add_argument(
        "--key",
        type=Path,
        default=os.environ.get("KIOSK_BUILD_KEY", PROJECT / "build/builder-key"),
        help="folder of the builder's key; KIOSK_BUILD_KEY",
    )
    parser.add_argument(
        "--packed", choices=["xz", "none"], default="xz", help="none: to try it out"
    )
    asked = parser.parse_args(arguments)
    keys = build_keys(Path(asked.key))
    made = build(asked.out.resolve(), keys, asked.arch, asked.packed)
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    print(f"{digest}  {made}")
    print(
        f"{made.stat().st_size / 1e6:.1f} MB; builder: {' '.join(record_words(keys.record, 'en'))}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
