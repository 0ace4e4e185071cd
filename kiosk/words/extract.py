"""`make words`: brings the sentences that the code says into the catalogues.

A sentence new in the code is added, without Chinese, to the catalogue of the
program that says it (`common.po` when several do); one that the code no longer
says is taken out; what is translated stays as it is and where it is. Templates
(`*.html`) say `text("...")` and `ntext("...", "...", n)` like the code, their
language being the page's. This and the tests alone need Babel.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

PACKAGE: Final = Path(__file__).parents[1]
FOLDER: Final = Path(__file__).with_name("zh_CN")
DOMAINS: Final = ("common", "scoring", "terminal", "proctor", "station", "authoring", "cli")
# The number of sentences each function of `kiosk.words` takes, from its first argument on.
FUNCTIONS: Final = {"text": 1, "mark": 1, "ntext": 2}
# A plain header: no dates, no names, so that two people's changes do not meet there.
HEADER: Final = """\
msgid ""
msgstr ""
"Language: zh_CN\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


@dataclass(frozen=True)
class Said:
    """A sentence at one place of the code; `many` is its plural, if it has one."""

    one: str
    many: str | None
    file: str
    line: int

    @property
    def key(self) -> str | tuple[str, str]:
        return self.one if self.many is None else (self.one, self.many)


def sentences(package: Path = PACKAGE) -> tuple[list[Said], list[str]]:
    """What the code under `package` says, and the places where it cannot be told."""
    said: list[Said] = []
    faults: list[str] = []
    for path in sorted(package.rglob("*.py")):
        file = path.relative_to(package.parent).as_posix()
        for call, name in _calls(ast.parse(path.read_bytes())):
            arguments = call.args[: FUNCTIONS[name]]
            literal = [
                argument.value
                for argument in arguments
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
            if len(literal) == FUNCTIONS[name]:
                one, *many = literal
                said.append(Said(one, many[0] if many else None, file, call.lineno))
            elif name != "text" or any(isinstance(node, ast.JoinedStr) for node in arguments):
                # text(variable) says what `mark` named elsewhere; all else is a mistake.
                faults.append(f"{file}:{call.lineno}: {name}() needs a literal sentence")
    for path in sorted(package.rglob("*.html")):
        file = path.relative_to(package.parent).as_posix()
        for line, name, strings in _template_calls(path):
            if len(strings) == FUNCTIONS[name]:
                said.append(Said(strings[0], strings[1] if len(strings) > 1 else None, file, line))
            elif name != "text":
                faults.append(f"{file}:{line}: {name}() needs a literal sentence")
    return said, faults


def _template_calls(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    """The calls of FUNCTIONS in a Jinja template: line, function, the literals it begins with."""
    tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in FUNCTIONS:
            arguments = call.args[: FUNCTIONS[call.node.name]]
            literal = [one.value for one in arguments if isinstance(one, nodes.Const)]
            yield call.lineno, call.node.name, [one for one in literal if isinstance(one, str)]


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """The calls of FUNCTIONS, as `text(...)` or as `words.text(...)`, where imported."""
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "kiosk.words"
        for alias in node.names
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if names.get(name) in FUNCTIONS:
                yield node, names[name]
            case ast.Call(func=ast.Attribute(value=ast.Name(id="words"), attr=name)) if (
                name in FUNCTIONS
            ):
                yield node, name


def home(files: Iterable[str]) -> str:
    """The catalogue for a sentence said in `files` (kiosk/FOLDER/...)."""
    programs = {file.split("/")[1] for file in files}
    if programs <= {"cli", "rehearsal", "verify"}:
        return "cli"
    only = programs.pop() if len(programs) == 1 else ""
    return only if only in DOMAINS else "common"


def load(folder: Path = FOLDER) -> dict[str, Catalog]:
    """The catalogues by domain; one that is not there yet is empty."""
    catalogues = {}
    for domain in DOMAINS:
        path = folder / f"{domain}.po"
        if path.exists():
            with path.open("rb") as file:
                catalogues[domain] = read_po(file, locale="zh_CN", abort_invalid=True)
        else:
            catalogues[domain] = Catalog(locale="zh_CN")
    return catalogues


def update(catalogues: dict[str, Catalog], said: list[Said]) -> list[str]:
    """Change `catalogues` to hold exactly what is `said`; says what was changed."""
    files: dict[str, set[str]] = defaultdict(set)
    keys = {sentence.one: sentence.key for sentence in said}
    for sentence in said:
        files[sentence.one].add(sentence.file)
        if sentence.many is not None:
            keys[sentence.one] = sentence.key
    changes = []
    known = set()
    for domain, catalogue in catalogues.items():
        for message in list(catalogue):
            one = message.id if isinstance(message.id, str) else message.id[0]
            if not one:
                continue
            if keys.get(one) != message.id:
                catalogue.delete(message.id)
                changes.append(f"{domain}: out: {one}")
                continue
            known.add(one)
            message.locations = [(file, 0) for file in sorted(files[one])]
    for one in sorted(keys.keys() - known):
        domain = home(files[one])
        catalogues[domain].add(keys[one], locations=[(file, 0) for file in sorted(files[one])])
        changes.append(f"{domain}: new: {one}")
    return changes


def save(catalogues: dict[str, Catalog], folder: Path = FOLDER) -> None:
    for domain, catalogue in catalogues.items():
        with (folder / f"{domain}.po").open("wb") as file:
            file.write(HEADER.encode())
            write_po(
                file,
                catalogue,
                width=100,
                omit_header=True,
                include_lineno=False,
                sort_output=True,
                ignore_obsolete=True,
            )


def main() -> int:
    said, faults = sentences()
    catalogues = load()
    for change in update(catalogues, said):
        print(change)  # noqa: T201
    save(catalogues)
    for fault in faults:
        print(fault, file=sys.stderr)  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
