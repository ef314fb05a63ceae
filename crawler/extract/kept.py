"""What trafilatura holds to be the body of a page; the only module that knows it.

Measured on 181 pages (F1 of 4-word shingles): the default cascade .960, `fast` on a tree freed of
`nav`, `footer` and `select` .962 in half the time. `fast` loses the whole text of one page in a
hundred; only there the full cascade is asked.
"""

import copy
import logging
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Final

import trafilatura
from lxml import etree, html
from trafilatura.settings import Document, Extractor

from crawler.extract.tree import Node, raw_text, remove
from crawler.extract.wording import letters, tidy

_LEANER: Final = (
    *("nav", "footer", "select", "button"),
    *("iframe", "img", "source", "input", "textarea", "video", "audio"),
)
# What it deletes without asking what is in it, unless it comes to the last resort; sooner is
# cheaper. `form` is not among them: whole pages stand in one.
_LEANEST: Final = (*_LEANER, "head", "aside", "menu", "picture", "map", "embed", "output")
_WRAPPERS: Final = ("div", "section", "figure", "header", "span", "i")
_TEXTUAL: Final = ("p", "item", "head", "quote", "cell", "code", "lb")
_SHORTEST_CONTAINED: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The body as trafilatura sees it."""

    keys: frozenset[str] = frozenset()
    """The letters of every block."""
    letters: str = ""
    """The letters of all blocks, one a line."""
    blocks: tuple[tuple[str, str], ...] = ()
    """Tag and text of every block, in order: published when the page's own nodes do not align."""

    def holds(self, key: str) -> bool:
        """Whether a text of the page is part of it."""
        if key in self.keys:
            return True
        return len(key) > _SHORTEST_CONTAINED and key in self.letters


class Effort(IntEnum):
    """How hard trafilatura looks for a body."""

    ONCE = 0
    AGAIN = 1
    """Less strictly a second time where it finds little of a page."""
    FULL = 2
    """Its whole cascade, for three times the time."""


def kept_by_trafilatura(root: Node, effort: Effort = Effort.ONCE) -> Kept:
    """Return trafilatura's choice for a page; empty when it finds nothing."""
    lean = copy.copy(root)
    leaving = _LEANER if effort else _LEANEST
    etree.strip_elements(lean, *leaving, with_tail=False)
    _drop_empty(lean)
    document = _bare(lean, effort)
    if document is None or document.body is None:
        return Kept()
    return _read(document.body)


def _drop_empty(lean: Node) -> None:
    """Take out the boxes that hold nothing, a quarter of most pages once pictures and ads are gone.

    Each costs trafilatura a dozen looks at its names; with them goes an eighth of its time.
    """
    # From the last to the first, so that a box of empty boxes is empty when its turn comes.
    for node in reversed(list(lean.iter(*_WRAPPERS))):
        is_empty = not len(node) and (not node.text or node.text.isspace())
        # What stands last among others is judged by another measure, so something has to.
        if is_empty and (node.getnext() is not None or node.getprevious() is None):
            remove(node)


def _bare(tree: Node, effort: Effort) -> Document | None:
    """Run trafilatura for the text alone: metadata would cost a third of its time."""
    assert isinstance(tree, html.HtmlElement)
    document = trafilatura.bare_extraction(tree, options=_options(effort))
    assert not isinstance(document, dict)
    return document


@cache
def _options(effort: Effort) -> Extractor:
    """Return how trafilatura is asked."""
    options = Extractor(
        output_format="python",
        fast=effort < Effort.FULL,
        comments=False,
        formatting=False,
        with_metadata=False,
    )
    if effort is Effort.ONCE:
        # It weighs every short text against the whole page, for a fifth of its time, and helps one
        # page in a hundred. Only a focus that is exactly `balanced` makes it do so.
        options.focus = "balanced once"
    return options


def _read(body: Node) -> Kept:
    """Return the blocks of trafilatura's body."""
    blocks: list[tuple[str, str]] = []
    keys: list[str] = []
    for node in body.iter(*_TEXTUAL):
        if text := tidy(node.tail or "") if node.tag == "lb" else tidy(raw_text(node)):
            keys.append(letters(text))
            outer = any(above.tag in _TEXTUAL for above in node.iterancestors())
            if not outer and node.tag != "lb":
                blocks.append((str(node.tag), text))
    keys = [key for key in keys if key]
    return Kept(keys=frozenset(keys), letters="\n".join(keys), blocks=tuple(blocks))


@cache
def warm_up() -> None:
    """Make trafilatura load what it loads on its first page, so that no page pays for it."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs every empty page
    article = "<article>" + "<p>Words that make a paragraph of some length.</p>" * 9
    around = "<div><a href='/x'>A teaser for another page of the site</a></div>" * 90
    for effort in Effort:
        _bare(html.document_fromstring(f"<body>{article}</article>{around}"), effort)
