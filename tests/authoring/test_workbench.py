"""The author's window: what it shows of a bank, what answers score, and by which keys one works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from kiosk.authoring.screens.window import AuthorWindow
from kiosk.authoring.workbench import Workbench
from kiosk.ui.theme import Look
from tests.authoring.builders import a_bank, a_choice
from tests.authoring.interactions import EXTENDED, ITEMS, MEDIA


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_bank(
        tmp_path / "bank",
        a_choice("B", identifier="CHOICE"),
        ITEMS["match"],
        EXTENDED,
        a_choice("Z", identifier="BROKEN"),
        media=MEDIA,
    )


@pytest.fixture
def bench(folder: Path) -> Workbench:
    return Workbench(folder, "en")


def place(bench: Workbench, item: str) -> int:
    return next(at for at, row in enumerate(bench.rows) if row.item == item)


def test_every_item_is_in_the_list_with_the_gravest_of_its_findings(bench: Workbench) -> None:
    worst = {row.item: row.worst for row in bench.rows}
    assert set(worst) == {"CHOICE", "match", "extended_text", "BROKEN"}
    assert worst["BROKEN"] == "error"
    assert "none of the choices" in " ".join(
        finding.text for finding in _selected(bench, "BROKEN").findings
    )


def _selected(bench: Workbench, item: str) -> Workbench:
    bench.select(place(bench, item))
    return bench


def test_an_answer_says_what_it_scores_and_why(bench: Workbench) -> None:
    _selected(bench, "CHOICE").answer("RESPONSE", ("A",))
    scored = bench.scored
    assert scored is not None
    assert (scored.points, scored.most) == ("0", "1")
    bench.answer_right()
    scored = bench.scored
    assert scored is not None
    assert scored.points == "1"
    assert "RESPONSE: B is the correct answer." in scored.why


def test_answers_stay_with_their_items(bench: Workbench) -> None:
    _selected(bench, "CHOICE").answer("RESPONSE", ("A",))
    _selected(bench, "match").answer_right()
    assert bench.responses == {"RESPONSE": ("A X", "B Y")}
    assert _selected(bench, "CHOICE").responses == {"RESPONSE": ("A",)}
    bench.clear()
    assert bench.responses == {}


def test_an_answer_the_item_cannot_have_changes_nothing(bench: Workbench) -> None:
    _selected(bench, "CHOICE").answer("RESPONSE", ("nobody",))
    assert bench.responses == {}


def test_what_people_mark_has_no_score_here(bench: Workbench) -> None:
    _selected(bench, "extended_text").answer("RESPONSE", ("an essay",))
    assert bench.item is not None
    assert bench.scored is None


def test_read_again_takes_in_what_changed_and_keeps_the_answers(
    folder: Path, bench: Workbench
) -> None:
    _selected(bench, "CHOICE").answer("RESPONSE", ("A",))
    file = folder / "items" / "CHOICE.en.xml"
    file.write_bytes(file.read_bytes().replace(b"<qti-value>B<", b"<qti-value>A<"))
    bench.read_again()
    assert bench.rows[bench.at].item == "CHOICE"
    assert bench.scored is not None
    assert bench.scored.points == "1"
    file.write_bytes(b"<spoiled")
    bench.read_again()
    assert bench.item is None
    assert bench.findings[0].severity == "error"


# --- the window -----------------------------------------------------------------------------------


@pytest.fixture
def window(qapp: QApplication, bench: Workbench) -> Iterator[AuthorWindow]:
    made = AuthorWindow(bench, Look("en"))
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    qapp.processEvents()
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_key_answers_and_the_score_is_shown(window: AuthorWindow) -> None:
    window.list.setCurrentRow(place(window.bench, "CHOICE"))
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_A)
    assert window.points.text() == "0 of 1"
    QTest.keyClick(window, Qt.Key.Key_B)
    assert window.points.text() == "1 of 1"
    assert "is the correct answer" in window.why.text()
    QTest.mouseClick(window.clear, Qt.MouseButton.LeftButton)
    assert window.answered.text() == "Nothing is answered"


def test_page_keys_go_through_what_the_filter_leaves(window: AuthorWindow) -> None:
    window.list.setCurrentRow(0)
    window.search.setText("error")
    assert [at for at in range(4) if not window.list.item(at).isHidden()] == [
        place(window.bench, "BROKEN")
    ]
    window.search.clear()
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_PageDown)
    assert window.bench.at == 1
    QTest.keyClick(window, Qt.Key.Key_PageUp)
    assert window.bench.at == 0


def test_language_size_and_theme_change_what_is_shown(window: AuthorWindow) -> None:
    QTest.mouseClick(window.language, Qt.MouseButton.LeftButton)
    assert window.key.text() == "正确答案"
    QTest.mouseClick(window.size_button, Qt.MouseButton.LeftButton)
    assert window.size_button.text() == "125 %"
    ground = window.palette().window().color()
    QTest.mouseClick(window.theme, Qt.MouseButton.LeftButton)
    assert window.palette().window().color() != ground


def test_an_item_that_cannot_be_used_says_why_in_place_of_its_score(window: AuthorWindow) -> None:
    folder = window.bench.folder
    (folder / "items" / "CHOICE.en.xml").write_bytes(b"<spoiled")
    QTest.mouseClick(window.again, Qt.MouseButton.LeftButton)
    window.list.setCurrentRow(place(window.bench, "CHOICE"))
    assert window.points.text() == "The item cannot be used yet"
    assert not window.view.isVisible()
    assert window.findings.text().startswith("error:")


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_no_words_of_the_window_are_cut(qapp: QApplication, folder: Path, lang: str) -> None:
    made = AuthorWindow(Workbench(folder, lang), Look(lang, scale=200))
    made.resize(1280, 720)
    made.show()
    for at in range(made.list.count()):
        made.list.setCurrentRow(at)
        qapp.processEvents()
        for label in made.findChildren(QLabel):
            if label.isVisible() and label.wordWrap() and label.text():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
    made.close()
    made.deleteLater()
