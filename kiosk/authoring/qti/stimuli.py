"""Shared stimuli: a text that several items ask about stands in a file of its own, and is put into
each of them once, where the item is read.

QTI 3 `qti-assessment-stimulus-ref`, QTI 2.2 `assessmentStimulusRef`, and pages that stand in the body as an
`object` of the type `text/html`. A stimulus stands where the body has an element with
`data-stimulus-idref`, and else before all that is asked. After this an item is whole by itself.
"""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Callable
from typing import Final

from lxml import etree

from kiosk.authoring.problems import Problems
from kiosk.authoring.qti.declarations import written
from kiosk.authoring.qti.dialect import QTI_3, attribute, child, children, name_of
from kiosk.authoring.qti.upgrade import to_qti_3
from kiosk.errors import InputRefused, NotThere
from kiosk.readers.xml import Element, line_of, parse_xml
from kiosk.words import mark

REFERENCE: Final = "assessment-stimulus-ref"
STIMULUS: Final = "assessment-stimulus"
MAX_STIMULI: Final = 8

_PLACE: Final = "data-stimulus-idref"
_FILES: Final = ("src", "data", "href")
_LEFT_OUT: Final = {
    "stylesheet": mark("a style sheet is left out: the program has its own type and colours"),
    "catalog-info": mark("the catalogue of alternative content is left out"),
}


def put_in_stimuli(
    root: Element, file: str, read: Callable[[str], bytes], problems: Problems
) -> tuple[str, ...]:
    """Puts the text of the stimuli that the item `root` names into its body, in place of their names.

    Args:
        file: the item's path within what `read` reads from.

    Returns:
        The paths of the stimuli that were put in. One that cannot be is a problem that refuses.
    """
    references = children(root, REFERENCE)
    used: list[str] = []
    texts: list[tuple[str, Element]] = []
    for reference in references[:MAX_STIMULI]:
        href = attribute(reference, "href")
        path = _path(href, posixpath.dirname(file))
        try:
            if path is None:
                raise InputRefused(mark("it is not a file of the package"))
            text = _content(parse_xml(read(path), path), reference, problems)
        except InputRefused as fault:
            problems.refuse(
                reference,
                mark("the shared text '{name}' cannot be used: {reason}"),
                name=href,
                reason=fault.summary,
            )
            continue
        _rebase(text, posixpath.dirname(path), posixpath.dirname(file))
        texts.append((attribute(reference, "identifier"), text))
        used.append(path)
    if len(references) > MAX_STIMULI:
        problems.refuse(
            references[MAX_STIMULI], mark("more than {n} shared texts in one item"), n=MAX_STIMULI
        )
    for reference in references:
        root.remove(reference)
    body = child(root, "item-body")
    if body is not None:
        used += _put_in_pages(body, file, read, problems)
    if used and body is not None and not problems.refused:
        _put_in(body, texts)
        try:
            # An item with its texts must keep within the limits of an item's file.
            parse_xml(etree.tostring(root), file)
        except InputRefused as fault:
            problems.refuse(
                body,
                mark("with its shared texts the item cannot be used: {reason}"),
                reason=fault.summary,
            )
    return tuple(used)


def page_of(element: Element, folder: str) -> str | None:
    """The file of the page that an `object` shows; None where it shows none of the package's."""
    if name_of(element) != "object" or attribute(element, "type") != "text/html":
        return None
    return _path(attribute(element, "data"), folder)


def _put_in_pages(
    body: Element, file: str, read: Callable[[str], bytes], problems: Problems
) -> list[str]:
    """Puts pages into `body` in place of their objects; one that is missing is left for `compile`."""
    folder = posixpath.dirname(file)
    used: list[str] = []
    for element in list(body.iter("{*}object")):
        path = page_of(element, folder)
        if path is None or len(used) >= MAX_STIMULI:
            continue
        try:
            page = to_qti_3(parse_xml(read(path), path))
        except NotThere:
            continue
        except InputRefused as fault:
            problems.refuse(
                element,
                mark("the shared text '{name}' cannot be used: {reason}"),
                name=path,
                reason=fault.summary,
            )
            continue
        text = _div(child(page, "body") if name_of(page) == "html" else page, element)
        _rebase(text, posixpath.dirname(path), folder)
        text.tail = element.tail
        around = element.getparent()
        if around is not None:
            around.replace(element, text)
        used.append(path)
    return used


def is_stimulus(root: Element) -> bool:
    return name_of(root) == STIMULUS


def _path(href: str, folder: str) -> str | None:
    """The file that `href` names from `folder`; None when it is none of the package's."""
    path = posixpath.normpath(posixpath.join(folder, href))
    if not href or ":" in href or href.startswith(("/", "#")) or path.startswith(".."):
        return None
    return path


def _content(root: Element, reference: Element, problems: Problems) -> Element:
    """A `div` with the content of the stimulus `root`, on the line of the reference to it.

    Raises:
        InputRefused: not a stimulus, or one that cannot be put into an item.
    """
    if not is_stimulus(root):
        raise InputRefused(mark("not a shared text but <{element}>"), element=written(root))
    for part in children(root):
        name = name_of(part)
        if name in _LEFT_OUT:
            problems.note(reference, _LEFT_OUT[name])
        elif name == REFERENCE:
            raise InputRefused(mark("a shared text cannot name another"))
        elif name != "stimulus-body":
            raise InputRefused(mark("<{element}> is not supported"), element=written(part))
    body = child(to_qti_3(root), "stimulus-body")
    if body is None:
        raise InputRefused(mark("it has no body"))
    for element in body.iter("{*}*"):
        if name_of(element).endswith("-interaction"):
            raise InputRefused(mark("nothing can be answered within a shared text"))
    return _div(body, reference)


def _div(content: Element | None, where: Element) -> Element:
    """A `div` with a copy of what is in `content`, on the line of `where`."""
    made = etree.Element(f"{{{QTI_3}}}div")
    if content is not None:
        made.text = content.text
        made.extend(copy.deepcopy(part) for part in content)
    for element in made.iter():
        element.sourceline = line_of(where)  # type: ignore[assignment]  # stubs lack the setter
    return made


def _rebase(made: Element, source: str, target: str) -> None:
    """Names the files of `made` from the folder `target`, not `source`."""
    for element in made.iter("{*}*"):
        for key in _FILES:
            path = _path(element.get(key, ""), source)
            if path is not None:
                element.set(key, posixpath.relpath(path, target or "."))


def _put_in(body: Element, texts: list[tuple[str, Element]]) -> None:
    before: list[Element] = []
    for identifier, text in texts:
        named = (one for one in body.iter("{*}*") if attribute(one, _PLACE) == identifier)
        place = next(named, None)
        if place is None:
            before.append(text)
        else:
            place.append(text)
            del place.attrib[_PLACE]
    if before:
        before[-1].tail, body.text = body.text, None
    for text in reversed(before):
        body.insert(0, text)
