"""The window's title names the view and the place in it.

Nobody at a full-screen seat sees it. It is for whoever looks from outside: a technician's window list,
a test that waits for a screen. A screen reader is told the window's accessible name instead.
"""

from __future__ import annotations

from kiosk.terminal.views import Exam, PartPage, Review, Rules, Trouble, Unlock, View


def window_title(view: View) -> str:
    """`Kiosk Exam 5 of 50`, `Kiosk Unlock 1/2`, `Kiosk Review`; the same in every language."""
    return f"Kiosk {type(view).__name__}{_place(view)}"


def _place(view: View) -> str:
    match view:
        case Unlock(given=given, needed=needed):
            return f" {given}/{needed}"
        case Rules(practice=None, pledged=pledged):
            return " pledged" if pledged else ""
        case Rules(practice_number=number, practice_count=count):
            return f" practice {number} of {count}"
        case Exam(question=question):
            return f" {question.number} of {question.count}"
        case PartPage(part=part):
            return f" {part.number} of {part.count}"
        case Review(confirming=True):
            return " asks again"
        case Trouble(code=code):
            return f" {code}"
        case _:
            return ""
