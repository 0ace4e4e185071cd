"""Who may import whom: each contract fails when one import is turned round."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from copy import deepcopy
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract
from importlinter.domain.contract import Contract
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
CONTRACTS = {
    contract["id"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
}
OPTIONS = read_configuration(str(ROOT / "pyproject.toml"))
PROGRAMS = [
    program
    for program in ("authoring", "terminal", "proctor", "station", "verify")
    if (ROOT / "kiosk" / program / "__init__.py").exists()
]
LAYERS = [
    [name.strip(" ()") for name in layer.split("|")] for layer in CONTRACTS["layers"]["layers"]
]

# Contract, importer, what it imports. A module that is not there yet is made for the test.
TURNED_ROUND = [
    *(("layers", lower[-1], f"kiosk.{upper[0]}") for upper, lower in pairwise(LAYERS)),
    *(("layers", one, f"kiosk.{other}") for layer in LAYERS for one, other in pairwise(layer)),
    ("layers", "a_folder_of_no_layer", "kiosk.errors"),
    ("cycles", "assessment.one", "kiosk.assessment.other"),
    ("seat", "terminal.outbox", "kiosk.scoring"),
    ("seat", "terminal.outbox", "kiosk.artefacts.scoring_file"),
    ("seat", "ui.item_view", "kiosk.scoring.rules"),
    ("seat", "proctor.desk", "kiosk.scoring"),
    ("seat", "sync.client", "kiosk.artefacts.scoring_file"),
    ("seat", "terminal.outbox", "kiosk.trust.by_a_detour"),
    ("scoring-file", "artefacts", "kiosk.artefacts.scoring_file"),
    ("artefacts-scoring", "artefacts.bank", "kiosk.scoring"),
    ("foreign-formats", "ui.item_view", "lxml.etree"),
    ("foreign-formats", "terminal.outbox", "zipfile"),
    ("pure", "assessment.sitting", "time"),
    ("pure", "scoring.rules", "os"),
    ("qt", "terminal.flow", "PySide6.QtCore"),
    ("qt", "station", "PySide6.QtGui"),
    ("typesetting", "proctor", "typst"),
    ("cluster", "station.receiving", "distributed"),
    ("no-qt", "station", "kiosk.ui.by_a_detour"),
    ("no-qt", "terminal.flow", "kiosk.ui.by_a_detour"),
    ("sql", "terminal.flow", "sqlite3"),
    ("sql", "station.intake", "sqlalchemy"),
    ("sql", "authoring.compile", "sqlite_utils"),
    ("cryptography", "terminal.journal", "cryptography.hazmat.primitives"),
    ("network", "station.intake", "urllib.request"),
    ("network", "terminal.flow", "socket"),
    ("servers", "station.intake", "uvicorn"),
    ("servers", "sync.client", "socketserver"),
    ("no-server-at-a-seat", "terminal.outbox", "kiosk.sync.room"),
]

# What a program does only where another extra is installed beside its own.
_MORE = {"terminal": "camera", "proctor": "camera", "station": "cluster"}

DETOURS = {
    "kiosk.trust.by_a_detour": "kiosk.artefacts.scoring_file",
    "kiosk.ui.by_a_detour": "PySide6",
    "kiosk.assessment.other": "kiosk.assessment.one",
}

KINDS: dict[str, type[Contract]] = {
    "acyclic_siblings": AcyclicSiblingsContract,
    "forbidden": ForbiddenContract,
    "layers": LayersContract,
    "protected": ProtectedContract,
}


def lint(folder: Path, contract: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            Path(sys.executable).with_name("lint-imports"),
            f"--config={ROOT / 'pyproject.toml'}",
            "--no-cache",
            "--no-logo",
            *([f"--contract={contract}"] if contract else []),
        ],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """Who imports whom, read once."""
    return grimp.build_graph("kiosk", include_external_packages=True, cache_dir=None)


def add_import(graph: grimp.ImportGraph, importer: str, imported: str) -> None:
    """Add an import, and the modules that are not there."""
    for module in (importer, imported):
        if module not in graph.modules:
            graph.add_module(module, is_squashed=not module.startswith("kiosk."))
    graph.add_import(importer=importer, imported=imported)


def holds(graph: grimp.ImportGraph, contract: str) -> bool:
    options = next(one for one in OPTIONS["contracts_options"] if one["id"] == contract)
    kind = KINDS[options["type"]]
    checked = kind(options["name"], OPTIONS["session_options"], options)
    return checked.check(deepcopy(graph), verbose=False).kept


def test_the_contracts_hold():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("contract", "importer", "imported"), TURNED_ROUND)
def test_an_import_turned_round_is_found(imports, contract, importer, imported):
    graph = deepcopy(imports)
    if imported in DETOURS:
        add_import(graph, imported, DETOURS[imported])
    # Of what is not ours the graph has the package alone.
    inside = imported.startswith("kiosk.")
    add_import(graph, f"kiosk.{importer}", imported if inside else imported.partition(".")[0])

    assert holds(imports, contract)
    assert not holds(graph, contract)


def test_a_line_in_a_file_is_an_import(tmp_path):
    """The same by way of the command that `make check` runs."""
    shutil.copytree(
        ROOT / "kiosk",
        tmp_path / "kiosk",
        ignore=lambda folder, names: [
            name for name in names if not name.endswith(".py") and not Path(folder, name).is_dir()
        ],
    )
    with (tmp_path / "kiosk" / "terminal" / "outbox.py").open("a") as file:
        file.write("import kiosk.scoring\n")
    done = lint(tmp_path, "seat")
    assert done.returncode == 1
    assert f"{CONTRACTS['seat']['name']} BROKEN" in done.stdout


def test_every_contract_has_an_import_turned_round():
    assert {contract for contract, _, _ in TURNED_ROUND} == set(CONTRACTS)


@pytest.fixture(scope="module")
def distributions():
    return packages_distributions()


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_needs_only_what_its_extra_installs(imports, distributions, program):
    # A station server has no Qt, a terminal no SQLAlchemy, a verifier neither.
    installed = {
        canonicalize_name(Requirement(text).name)
        for text in [
            *PROJECT["dependencies"],
            *PROJECT["optional-dependencies"][program],
            *PROJECT["optional-dependencies"].get(_MORE.get(program, ""), []),
        ]
    }
    not_installed = {
        module
        for module in imports.find_upstream_modules(f"kiosk.{program}", as_package=True)
        if "." not in module and module not in {"kiosk", *sys.stdlib_module_names}
        if not {canonicalize_name(name) for name in distributions.get(module, [])} & installed
    }
    assert not_installed == set()


def test_nothing_on_a_screen_is_animated():
    """So there is no motion to reduce: what docs/operator.md says under "What moves" stays true."""
    moving = re.compile(r"Q\w*Animation|QTimeLine|QMovie|QGraphics\w*Effect|setCursorFlashTime")
    found = [
        path for path in (ROOT / "kiosk").rglob("*.py") if moving.search(path.read_text("utf-8"))
    ]
    assert found == []
