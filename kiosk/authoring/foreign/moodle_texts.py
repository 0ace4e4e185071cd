"""Texts of a Moodle question with the pictures that stand in them or beside them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Final

from lxml import etree

from kiosk.authoring.foreign.markup import clean, from_html, from_plain, tag
from kiosk.authoring.foreign.texts import share_of
from kiosk.authoring.packages import unquoted
from kiosk.authoring.problems import Problems
from kiosk.readers.images import MAX_SOURCE_BYTES
from kiosk.readers.xml import Element
from kiosk.words import mark

_PLUGIN: Final = "@@PLUGINFILE@@/"
_DATA: Final = re.compile(r"data:image/([\w.+-]{1,20});base64,", re.ASCII)
_SUFFIXES: Final = {"jpeg": ".jpg", "svg+xml": ".svg"}


class MoodleTexts:
    """One question's element, and the pictures found so far (`media`)."""

    def __init__(self, element: Element, problems: Problems) -> None:
        self.element = element
        self.problems = problems
        self.media: dict[str, bytes] = {}

    def text(self, path: str) -> str:
        return text_at(self.element, path)

    def flag(self, path: str, otherwise: bool = False) -> bool:
        said = self.text(path).lower()
        return said in ("true", "1") if said else otherwise

    def share(self, answer: Element) -> Fraction:
        return share_of(answer.get("fraction", "0"), self.problems)

    def said(self, answer: Element) -> Element | None:
        holder = answer.find("feedback")
        return self.content(holder) if holder is not None else None

    # --- texts with pictures ----------------------------------------------------------------------

    def content(
        self, holder: Element | None, changed: Callable[[str], str] = lambda text: text
    ) -> Element:
        """The text in `holder` with the pictures that stand beside it.

        Args:
            changed: puts gaps into the text.
        """
        if holder is None:
            return from_plain("")
        text = changed(clean(text_at(holder, "text"), self.problems))
        form = holder.get("format", "html")
        if form == "plain_text" or ("<" not in text and "&" not in text):
            return from_plain(text)
        made = from_html(text, self.problems)
        self.place_pictures(made, holder)
        return made

    def place_pictures(self, made: Element, holder: Element) -> None:
        files = {
            file.get("path", "/").lstrip("/") + file.get("name", ""): file
            for file in holder.iterchildren("file")
        }
        for picture in made.iter(tag("img")):
            address = picture.get("src", "")
            embedded = _DATA.match(address)
            if address.startswith(_PLUGIN):
                name = unquoted(address.removeprefix(_PLUGIN).partition("?")[0])
                file = files.get(name)
                if file is None:
                    self.problems.refuse(None, mark("there is no file '{name}'"), name=name)
                    continue
                suffix = PurePosixPath(name).suffix.lower()
                picture.set("src", self.kept(file.text or "", suffix, name))
            elif embedded:
                kind = embedded[1].lower()
                suffix = _SUFFIXES.get(kind, f".{kind}")
                picture.set("src", self.kept(address[embedded.end() :], suffix, embedded[0]))

    def kept(self, encoded: str, suffix: str, name: str) -> str:
        """The path under which the draft keeps a picture."""
        if len(encoded) > MAX_SOURCE_BYTES * 2:
            self.problems.refuse(None, mark("the picture '{name}' is too large"), name=name)
            return ""
        try:
            data = base64.b64decode("".join(encoded.split()), validate=True)
        except (binascii.Error, ValueError):
            self.problems.refuse(None, mark("the picture '{name}' is not base64"), name=name)
            return ""
        path = f"embedded/{len(self.media) + 1}{suffix}"
        self.media[path] = data
        return path

    def picture(self, holder: Element, words: str = "") -> Element | None:
        """The picture in the `file` of `holder`, or None when there is none."""
        file = holder.find("file")
        if file is None:
            return None
        name = file.get("name", "")
        made = etree.Element(tag("img"), {"alt": words})
        made.set("src", self.kept(file.text or "", PurePosixPath(name).suffix.lower(), name))
        return made


def text_at(element: Element, path: str) -> str:
    """What stands in the element at `path`, empty when there is none."""
    found = element.find(path)
    return "".join(str(text) for text in found.itertext()).strip() if found is not None else ""
