"""SVG becomes flat paths in tones; what would change the drawing is refused, never left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.content import Drawing, Label, Path, Stroke
from kiosk.authoring.drawings import MAX_PATHS, drawing_of
from kiosk.authoring.problems import Problems
from kiosk.authoring.tones import NoTone, tone_of
from kiosk.errors import InputRefused
from kiosk.readers.xml import parse_xml
from tests.authoring.builders import an_svg, said


def drawn(inside: str, **named: str) -> Drawing:
    problems = Problems("a.svg")
    drawing = drawing_of(parse_xml(an_svg(inside, **named), "a.svg"), "words", problems, None)
    assert drawing is not None, said(problems)
    return drawing


def refusal(inside: str, **named: str) -> str:
    problems = Problems("a.svg")
    assert drawing_of(parse_xml(an_svg(inside, **named), "a.svg"), "", problems, None) is None
    return said(problems)


def test_a_line_is_a_path_of_integers_with_its_stroke() -> None:
    (path,) = drawn('<line x1="1" y1="2" x2="3.5" y2="4" stroke="#222" stroke-width="2"/>').paths
    assert path == Path("ML", (100, 200, 350, 400), None, Stroke("ink", 200))


def test_transforms_and_groups_are_worked_in() -> None:
    drawing = drawn(
        '<g transform="translate(10 0)" fill="none" stroke="#0b6e99">'
        '<rect x="0" y="0" width="5" height="5" transform="scale(2)"/></g>'
    )
    (path,) = drawing.paths
    assert path.points[:4] == (1000, 0, 2000, 0)
    assert path.fill is None
    assert path.stroke == Stroke("accent", 200)


def test_arcs_and_circles_become_curves() -> None:
    (path,) = drawn('<circle cx="10" cy="10" r="5"/>').paths
    assert set(path.ops) <= {"M", "C", "Z"}
    xs, ys = path.points[::2], path.points[1::2]
    assert (min(xs), max(xs), min(ys), max(ys)) == (500, 1500, 500, 1500)


def test_the_view_box_scales_and_centres() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200" viewBox="0 0 100 50">'
    svg += b'<path d="M0 0 L100 50"/></svg>'
    drawing = drawing_of(parse_xml(svg, "a.svg"), "", Problems(""), None)
    assert drawing is not None
    assert (drawing.width, drawing.height) == (20_000, 20_000)
    assert drawing.paths[0].points == (0, 5_000, 20_000, 15_000)


def test_text_becomes_a_label() -> None:
    (label,) = drawn(
        '<text x="5" y="9" font-size="12" text-anchor="middle" font-weight="bold">pH  7</text>'
    ).labels
    assert label == Label(500, 900, "pH 7", 1200, "middle", "ink", strong=True)


@pytest.mark.parametrize(
    ("colour", "fill", "tone"),
    [
        ("black", True, "ink"),
        ("#222222", False, "ink"),
        ("#c9c9c9", False, "quiet"),
        ("gray", True, "quiet"),
        ("#ffffff", True, "paper"),
        ("#dceaf1", True, "paper"),
        ("#0b6e99", True, "accent"),
        ("rgb(200, 20, 20)", False, "accent"),
        ("currentColor", False, "ink"),
        ("none", True, None),
    ],
)
def test_colours_become_tones(colour: str, fill: bool, tone: str | None) -> None:
    assert tone_of(colour, fill=fill) == tone


@pytest.mark.parametrize("colour", ["url(#g)", "rgba(0,0,0,0.5)", "nonsense", ""])
def test_what_is_no_plain_colour_has_no_tone(colour: str) -> None:
    with pytest.raises(NoTone):
        tone_of(colour, fill=True)


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<image href="http://x/a.png"/>', "<image>"),
        ("<foreignObject/>", "<foreignObject>"),
        ('<use href="#a"/>', "<use>"),
        ("<style>line{stroke:red}</style>", "<style>"),
        ('<defs><g id="a"/></defs>', "<defs>"),
        ('<rect width="1" height="1" fill="url(#g)"/>', "url(#g)"),
        ('<rect width="1" height="1" fill-opacity="0.5"/>', "fill-opacity"),
        ('<rect width="1" height="1" onclick="x()"/>', "onclick"),
        ('<rect width="1" height="1" style="filter:blur(2px)"/>', "filter"),
        ('<line x2="1" marker-end="url(#m)"/>', "marker-end"),
        ('<text transform="rotate(90)">up</text>', "turns its text"),
        ('<text>a<tspan dy="4">b</tspan></text>', "<tspan>"),
        ('<path d="M 0 0 L nonsense"/>', "cannot be read"),
        ('<rect width="1e99" height="1"/>', "cannot be read"),
        ('<line x2="1" stroke="red" stroke-width="wide"/>', "wide"),
        ("<x:a xmlns:x='urn:x'/>", "<a>"),
        ('<g transform="spin(1)"><line x2="1" stroke="red"/></g>', "spin(1)"),
        ('<g transform="matrix(1 2"><line x2="1" stroke="red"/></g>', "matrix(1 2"),
    ],
)
def test_what_a_drawing_cannot_keep_is_refused_by_name(inside: str, reason: str) -> None:
    assert reason in refusal(inside)


@pytest.mark.parametrize("box", ["0 0 0 10", "0 0 9999 10", "0 0 10", "a b c d", "0 0 -5 5"])
def test_a_drawing_without_a_sensible_size_is_refused(box: str) -> None:
    refusal("", box=box)


def test_the_number_of_paths_and_points_is_limited() -> None:
    assert "more than" in refusal('<path d="M0 0L1 1"/>' * (MAX_PATHS + 1))
    assert "more than" in refusal(f'<path d="M0 0{"L1 1" * 70_000}"/>')


def test_a_hostile_document_never_reaches_the_geometry() -> None:
    data = b'<!DOCTYPE svg [<!ENTITY a "x">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
    with pytest.raises(InputRefused):
        parse_xml(data, "a.svg")


@given(st.text("MmLlHhVvCcQqAaZz0123456789.,- e", max_size=60))
def test_any_path_data_is_drawn_or_refused(data: str) -> None:
    problems = Problems("a.svg")
    root = parse_xml(an_svg(f'<path d="{data}"/>'), "a.svg")
    drawing = drawing_of(root, "", problems, None)
    assert (drawing is None) == problems.refused
    if drawing is not None:
        for path in drawing.paths:
            needed = {"M": 1, "L": 1, "Q": 2, "C": 3, "Z": 0}
            assert path.ops[0] == "M"
            assert len(path.points) == 2 * sum(needed[op] for op in path.ops)
