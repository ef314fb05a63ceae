"""HTML cut into tags and what stands between them, as a browser's tokenizer does it.

Nothing is repaired and nothing is put out again: whoever rewrites copies what lies between two
changes as it was sent, so a page that only a browser can make sense of stays that page. The rules
are those of the HTML standard, section 13.2.5, with scripting off. Every step goes forward: time
grows with the text, whatever it holds.
"""

import html
import html.entities
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_OPENING: Final = re.compile(
    r"<(?:(?P<comment>!--)|(?P<bogus>[!?]|/[^A-Za-z])"
    r"|(?P<slash>/?)(?P<name>[A-Za-z][^\t\n\f\r />]*+))"
)
_COMMENT_END: Final = re.compile(r"--!?>")
_ABRUPT_END: Final = re.compile(r"-?>")
_ATTRIBUTE: Final = re.compile(
    r"""[\t\n\f\r /]*+(?P<name>[^\t\n\f\r />][^\t\n\f\r />=]*+)"""
    r"""(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+"""
    r"""(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>(?!["'])[^\t\n\f\r >]*+)))?"""
)
# Its last group is not possessive: Python 3.11.2 forgets what such a one captured.
_OPEN_QUOTE: Final = re.compile(r"""[\t\n\f\r ]*+=[\t\n\f\r ]*+["']""")
_TAG_END: Final = re.compile(r"[\t\n\f\r /]*+>")

# Elements whose content is text, whatever it looks like; in SVG and MathML they are like any other.
_RAW: Final = frozenset(
    {"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"}
)
_RAW_IN_SVG: Final = frozenset({"script", "style"})
_FOREIGN: Final = frozenset({"svg", "math"})
# A script may hold a whole script element inside of what looks like a comment (13.2.5.21 to .31).
_IN_SCRIPT: Final = re.compile(
    r"(?P<hides><!--)|(?P<shows>-->)|<(?P<slash>/?)script(?=[\t\n\f\r />])", re.IGNORECASE
)
_REFERENCE: Final = re.compile(r"&(?:#(?:[0-9]+|[xX][0-9a-fA-F]+);?|[A-Za-z][A-Za-z0-9]*+;?)(=?)")


@dataclass(slots=True, kw_only=True)
class Tag:
    """One start or end tag."""

    name: str
    """In lower case, but for XML."""
    start: int
    end: int
    is_closing: bool
    is_empty: bool
    """Whether it ends in `/>` where that means something: in SVG, MathML and XML."""
    is_foreign: bool
    """Whether it stands in SVG, MathML or XML."""
    attributes: dict[str, str | None]
    """The first of each name, as written: `attribute_text` says what it means; None without one."""
    content_end: int
    """Where the text of an element that holds only text ends; `end` for every other."""


class Markup:
    """The tags of a document in the order they stand; `position` may be moved on between two."""

    def __init__(self, text: str, *, is_xml: bool = False) -> None:
        self.text = text
        self.position = 0
        self._folded: Callable[[str], str] = str if is_xml else str.lower
        self._least_depth = int(is_xml)
        self._depth = self._least_depth

    def __iter__(self) -> Iterator[Tag]:
        """Yield every tag of a comment's and a script's outside.

        What a tag that never ends would swallow is left out by browsers: the text is cut there.
        """
        while found := _OPENING.search(self.text, self.position):
            if found["name"]:
                tag = self._tag(found)
                if tag is None:
                    self.text = self.text[: found.start()]
                    return
                self.position = tag.content_end
                yield tag
            else:
                self.position = self._comment_end(found)

    def _comment_end(self, found: re.Match[str]) -> int:
        if found["comment"]:
            abrupt = _ABRUPT_END.match(self.text, found.end())
            end = abrupt or _COMMENT_END.search(self.text, found.end())
            return end.end() if end else len(self.text)
        return self.text.find(">", found.start()) + 1 or len(self.text)

    def _tag(self, found: re.Match[str]) -> Tag | None:
        """Return the tag that opens here; None when the text ends before it does."""
        attributes: dict[str, str | None] = {}
        position = found.end()
        while not (end := _TAG_END.match(self.text, position)):
            one = _ATTRIBUTE.match(self.text, position)
            if one is None or (
                one["double"] is one["single"] is one["bare"] is None
                and _OPEN_QUOTE.match(self.text, one.end())
            ):
                return None
            values = (one["double"], one["single"], one["bare"])
            value = next((each for each in values if each is not None), None)
            attributes.setdefault(self._folded(one["name"]), value)
            position = one.end()
        name, is_closing = self._folded(found["name"]), bool(found["slash"])
        is_empty = end[0].endswith("/>")
        is_foreign = self._step(name, is_closing=is_closing, is_empty=is_empty)
        tag = Tag(
            name=name,
            start=found.start(),
            end=end.end(),
            is_closing=is_closing,
            is_empty=is_empty and is_foreign,
            is_foreign=is_foreign,
            attributes=attributes,
            content_end=end.end(),
        )
        tag.content_end = self._content_end(tag)
        return tag

    def _step(self, name: str, *, is_closing: bool, is_empty: bool) -> bool:
        """Note how deep in SVG or MathML a tag leads; return whether it belongs to them."""
        if name in _FOREIGN and is_closing:
            self._depth = max(self._depth - 1, self._least_depth)
        elif name in _FOREIGN and not is_empty:
            self._depth += 1
        return self._depth > 0 or name in _FOREIGN

    def _content_end(self, tag: Tag) -> int:
        raw = _RAW_IN_SVG if tag.is_foreign else _RAW
        if tag.is_closing or tag.is_empty or tag.name not in raw:
            return tag.end
        if tag.name == "plaintext":
            return len(self.text)
        if tag.name == "script" and not tag.is_foreign:
            return _script_end(self.text, tag.end)
        closing = re.compile(rf"</{tag.name}(?=[\t\n\f\r />])", re.IGNORECASE)
        end = closing.search(self.text, tag.end)
        return end.start() if end else len(self.text)


def _script_end(text: str, start: int) -> int:
    is_hidden = is_nested = False
    for found in _IN_SCRIPT.finditer(text, start):
        if found["hides"]:
            is_hidden = True
        elif found["shows"]:
            is_hidden = is_nested = False
        elif not found["slash"]:
            is_nested = is_hidden
        elif not is_nested:
            return found.start()
        else:
            is_nested = False
    return len(text)


def attribute_text(written: str) -> str:
    """Return what an attribute's value means: its character references resolved.

    A name without a semicolon before `=`, a letter or a digit is no reference in an attribute: it
    is the next parameter of an address (13.2.5.73).

    >>> attribute_text("?a=1&copy=2&amp;b=&eacute")
    '?a=1&copy=2&b=é'
    """
    return _REFERENCE.sub(_resolved, written) if "&" in written else written


def _resolved(found: re.Match[str]) -> str:
    reference = found[0].removesuffix("=") if found[1] else found[0]
    is_name = reference[1] != "#"
    if is_name and (found[1] and not reference.endswith(";")):
        return found[0]
    if is_name and reference[1:] not in html.entities.html5:
        return found[0]
    return html.unescape(reference) + found[1]


def written_attribute(name: str, value: str | None) -> str:
    """Return an attribute as it is written in a tag."""
    return name if value is None else f'{name}="{html.escape(value)}"'
