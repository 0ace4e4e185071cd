"""`kiosk bank`: from others' items to a sealed bank."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from kiosk.authoring.compiled import CompiledBank, compile_bank, compile_item
from kiosk.authoring.exporting import export_bank
from kiosk.authoring.findings import Finding
from kiosk.authoring.importing import import_sources
from kiosk.authoring.instantiate import (
    MAX_VARIANTS,
    TRIAL_SEED,
    TRIED,
    Variants,
    new_seed,
    plain_item,
)
from kiosk.authoring.lint import check_bank, require_no_errors
from kiosk.authoring.packages import home_of
from kiosk.authoring.pictures import Pictures
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import read_item
from kiosk.authoring.qti.stimuli import put_in_stimuli
from kiosk.authoring.qti.whole_test import is_test
from kiosk.authoring.source_bank import read_inside, read_source_bank
from kiosk.authoring.try_item import (
    outcomes_of,
    outcomes_of_test,
    read_answers,
    read_item_rules,
    read_responses,
    read_whole_test,
)
from kiosk.cli.shown import err, lang, out, plain, say, show_json, show_table
from kiosk.errors import InputRefused
from kiosk.readers.xml import parse_xml
from kiosk.words import mark, ntext, text

app = typer.Typer(no_args_is_help=True, help="Item banks: import, check, seal, score, preview.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Bank = Annotated[Path, typer.Argument(help="The bank's folder.", exists=True, file_okay=False)]
Variant = Annotated[
    int, typer.Option(help="Of a template: which variant.", min=1, max=MAX_VARIANTS)
]
Seed = Annotated[
    str, typer.Option(help="Of a template: the seed, 64 hexadecimal digits; zeros unless given.")
]


@app.command("import")
def import_(
    sources: Annotated[list[Path], typer.Argument(help="Files, folders or packages of items.")],
    out_folder: Annotated[Path, typer.Option("--out", help="The new bank's folder.")],
    language: Annotated[
        str, typer.Option("--lang", help="Language of items that name none.")
    ] = "en",
    as_json: AsJson = False,
) -> None:
    """Read items into a source bank of QTI 3, and say what could not be read.

    QTI 2.0 to 3.0, question tables (XLSX, CSV), GIFT, Aiken and Moodle XML are known by their content.

    \b
    Example: kiosk bank import items.zip questions.xlsx --lang zh-CN --out my_bank
    """
    with _progress(text("Reading items", lang())) as progress:
        found = import_sources(sources, out_folder, lang=language, say=lang(), progress=progress)
    if as_json:
        show_json(found)
    else:
        for note in found.notes:
            say(f"{note.file} {note.item}: {note.text}")
        if found.refused:
            show_table(
                ("file", "item", "reason"), [(r.file, r.item, r.reason) for r in found.refused]
            )
        say(ntext("{n} item imported", "{n} items imported", found.imported, lang()))
    if not found.imported:
        raise typer.Exit(4)
    if found.refused:
        raise typer.Exit(3)


@app.command()
def example(
    out_file: Annotated[Path, typer.Option("--out", help="The XLSX or CSV file to write.")],
    language: Annotated[
        str, typer.Option("--lang", help="Language of its header: zh-CN or en.")
    ] = "",
) -> None:
    """Write an example of a question table, to fill in and import.

    \b
    Example: kiosk bank example --out questions.xlsx
    """
    from kiosk.authoring.foreign.example import write_example

    write_example(out_file, language or lang())
    out.print(out_file, markup=False, highlight=False, soft_wrap=True)


@app.command()
def check(bank: Bank, as_json: AsJson = False) -> None:
    """Lint a bank: coverage, translations, keys, marks, pictures, habits that give keys away.

    Exit code 3 when there are errors, which keep a bank from being sealed.

    \b
    Example: kiosk bank check question_banks/rare_earth_extraction
    """
    compiled = _compiled(bank, Variants(TRIAL_SEED, TRIED))
    findings = check_bank(compiled, lang())
    if as_json:
        show_json({"items": compiled.source.written, "findings": findings})
    else:
        if findings:
            show_table(
                ("severity", "item", "finding"), [(f.severity, f.item, f.text) for f in findings]
            )
        say(_summary(compiled, findings))
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(3)


@app.command()
def keygen(
    name: Annotated[str, typer.Option(help="The author's name, as the station will list it.")],
    out_folder: Annotated[Path, typer.Option("--out", help="The key's folder.")],
    as_json: AsJson = False,
) -> None:
    """Make an author's key, and the request (.enrol) that the station lists it by.

    \b
    Example: kiosk bank keygen --name "Li Hua" --out ~/author-key
    """
    from kiosk.artefacts.kinds import Role
    from kiosk.cli.new_key import make_key

    make_key(Role.AUTHOR, name, out_folder, as_json=as_json)


@app.command()
def seal(
    bank: Bank,
    author: Annotated[Path, typer.Option(help="The folder of the author's key.", exists=True)],
    station: Annotated[
        list[Path],
        typer.Option(
            help="A .pub record, or a folder of them: the station's opening and recovery."
        ),
    ],
    out_folder: Annotated[Path, typer.Option("--out", help="Where the files go.")],
    scoring_for: Annotated[
        Path | None,
        typer.Option(help="A sealed .bank: make a later scoring version for it.", exists=True),
    ] = None,
    variants: Annotated[
        int, typer.Option(help="Items made of each template.", min=0, max=MAX_VARIANTS)
    ] = 0,
    seed: Annotated[
        str, typer.Option(help="Draw them from this seed again: 64 hexadecimal digits.")
    ] = "",
    difficulties: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="How hard items proved, from an analysis; it counts before what the bank says.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Seal a bank into NAME.bank (for terminals) and NAME.scoring (for the station).

    A bank with errors is not sealed. Of a template one item is made, or as many as --variants says;
    a form holds one of them at most. With --scoring-for only a new .scoring is made, for a bank that
    is already out: the texts must be as they were, keys and rules may differ.

    \b
    Example: kiosk bank seal my_bank --author ~/author-key --station station/public --out sealed
    """
    from kiosk.authoring.sealed_files import (
        read_recipients,
        seal_new,
        seal_scoring_for,
        variants_for,
        with_difficulties,
    )
    from kiosk.trust.keystore import FileKeyStore

    recipients = read_recipients(station)
    keys = FileKeyStore(author).load()
    if scoring_for is None:
        drawn = Variants(_seed(seed) if seed else new_seed(), variants or 1)
    elif variants or seed:
        raise InputRefused(
            mark("--variants and --seed are for a new bank; a later scoring keeps those it has")
        )
    else:
        drawn = variants_for(keys, author, scoring_for)
    compiled = _compiled(bank, drawn)
    require_no_errors(compiled, lang())
    if difficulties:
        compiled = with_difficulties(compiled, difficulties)
    if scoring_for is None:
        made = seal_new(compiled, keys, author, recipients, out_folder, int(time.time()))
    else:
        made = seal_scoring_for(compiled, keys, author, recipients, out_folder, scoring_for)
    if as_json:
        show_json(made)
    else:
        for path in filter(None, (made.bank, made.scoring)):
            out.print(plain(str(path)), markup=False, highlight=False, soft_wrap=True)
        total = sum(made.items.values())
        say(ntext("{n} item sealed", "{n} items sealed", total, lang()))
        say(text("Keep {file}: a later scoring version needs it", lang(), file=made.record))


@app.command()
def score(
    item: Annotated[
        Path, typer.Argument(help="A QTI item or test file.", exists=True, dir_okay=False)
    ],
    responses: Annotated[
        Path, typer.Option(help="One JSON object a line.", exists=True, dir_okay=False)
    ],
    explain: Annotated[bool, typer.Option(help="Add the reasons to each line.")] = False,
    variant: Variant = 1,
    seed: Seed = "",
    as_json: Annotated[bool, typer.Option("--json", help="The output is JSON anyway.")] = False,
) -> None:
    """Try an item or a test: each line of responses gives a line of outcomes.

    For a test (assessmentTest) a line has the responses of each item that was presented, by the item's
    name in the test: {"ITEM-1": {"RESPONSE": ["A"]}}.

    \b
    Example: echo '{"RESPONSE": ["A"]}' > r.jsonl
             kiosk bank score items/RE-0001.en.xml --responses r.jsonl --explain
    """
    root = parse_xml(item.read_bytes(), str(item))
    try:
        lines = responses.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as fault:
        raise InputRefused(
            mark("not UTF-8"), where=str(responses), remedy=mark("Save it as UTF-8")
        ) from fault
    why = lang() if explain else ""
    if is_test(root):
        home = home_of(item)
        name = item.resolve().relative_to(home).as_posix()
        test, items = read_whole_test(root, name, lambda path: read_inside(home, path), lang())
        for answers in list(read_answers(lines, str(responses))):
            _print_line(outcomes_of_test(test, items, answers, explain=why))
        return
    rules = read_item_rules(item.read_bytes(), str(item), lang(), seed=_seed(seed), variant=variant)
    for given in list(read_responses(lines, str(responses))):
        _print_line(outcomes_of(rules, given, explain=why))


@app.command()
def preview(
    item: Annotated[Path, typer.Argument(help="A QTI 3 item file.", exists=True, dir_okay=False)],
    png: Annotated[Path, typer.Option(help="The picture to write.")],
    language: Annotated[
        str, typer.Option("--lang", help="Language of an item that names none.")
    ] = "",
    theme: Annotated[str, typer.Option(help="light, dark or contrast.")] = "light",
    scale: Annotated[int, typer.Option(help="Per cent.", min=100, max=200)] = 100,
    variant: Variant = 1,
    seed: Seed = "",
) -> None:
    """Draw an item as a candidate would see it.

    \b
    Example: kiosk bank preview items/RE-0001.en.xml --png item.png
    """
    from kiosk.trust.durable import write_durable
    from kiosk.ui.item_view import render_png

    home = home_of(item)
    name = item.resolve().relative_to(home).as_posix()
    problems = Problems(name)
    whole = parse_xml(item.read_bytes(), str(item))
    put_in_stimuli(whole, name, lambda path: read_inside(home, path), problems)
    root = plain_item(whole, problems, seed=_seed(seed), variant=variant)
    source = None if root is None else read_item(root, problems, language or lang())
    pictures = Pictures(lambda path: read_inside(home, path))
    compiled = compile_item({source.lang: source}, pictures, problems) if source else None
    problems.raise_if_refused(lang())
    if source is None or compiled is None:
        raise InputRefused(mark("the item cannot be shown"), where=str(item))
    for problem in problems.all:
        say(problem.say(lang()))
    picture = render_png(
        compiled,
        lang="zh-CN" if source.lang.startswith("zh") else "en",
        theme=theme,
        scale=scale,
        media=pictures.media.__getitem__,
    )
    write_durable(png, picture)


@app.command()
def export(
    bank: Bank,
    out_file: Annotated[Path, typer.Option("--out", help="The ZIP file to write.")],
    as_json: AsJson = False,
) -> None:
    """Write a bank as a QTI 3 content package, with its keys; the same bank gives the same bytes.

    Importing the package gives the bank again. What an item names and the bank lacks is said.

    \b
    Example: kiosk bank export my_bank --out my_bank.zip
    """
    from kiosk.trust.durable import write_durable

    made = export_bank(bank)
    write_durable(out_file, made.data)
    notes = [
        {"file": note.file, "item": note.item, "text": note.say(lang())} for note in made.notes
    ]
    if as_json:
        show_json(
            {"package": str(out_file), "items": made.items, "files": made.files, "notes": notes}
        )
        return
    for note in notes:
        say(f"{note['file']} {note['item']}: {note['text']}")
    out.print(plain(str(out_file)), markup=False, highlight=False, soft_wrap=True)
    say(ntext("{n} item exported", "{n} items exported", made.items, lang()))
    say(text("The package holds the keys: keep it as you keep the bank", lang()))


@app.command("open")
def open_(bank: Bank) -> None:
    """Open a bank in the author's window: answer items, see scores and why, findings, both languages.

    Read again (F5) takes in what was changed on the disk.

    \b
    Example: kiosk bank open my_bank
    """
    from kiosk.authoring.screens.app import run_author

    code = run_author(bank, "zh-CN" if lang().startswith("zh") else "en")
    if code:
        raise typer.Exit(code)


def _compiled(bank: Path, variants: Variants) -> CompiledBank:
    with _progress(text("Reading items", lang())) as progress:
        source = read_source_bank(bank, progress, variants)
    with _progress(text("Compiling items", lang())) as progress:
        return compile_bank(source, progress)


def _seed(digits: str) -> bytes:
    """The seed that an option gives; the trial's without one."""
    try:
        seed = bytes.fromhex(digits) if digits else TRIAL_SEED
    except ValueError:
        seed = b""
    if len(seed) != len(TRIAL_SEED):
        raise InputRefused(
            mark("a seed has {n} hexadecimal digits"), where=digits[:80], n=2 * len(TRIAL_SEED)
        )
    return seed


def _summary(compiled: CompiledBank, findings: tuple[Finding, ...]) -> str:
    counts = {
        severity: sum(finding.severity == severity for finding in findings)
        for severity in ("error", "warning", "note")
    }
    return text(
        "{items} items: {errors} errors, {warnings} warnings, {notes} notes",
        lang(),
        items=compiled.source.written,
        errors=counts["error"],
        warnings=counts["warning"],
        notes=counts["note"],
    )


def _print_line(value: dict[str, Any]) -> None:
    line = json.dumps(value, ensure_ascii=False)
    out.print(plain(line), markup=False, highlight=False, soft_wrap=True, emoji=False)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, gone when done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def told(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        yield told
