"""Pages whose addresses lead into the replay, and in which nothing runs.

What is changed is the tag it stands in; all else is copied as it was sent. Scripts go, and with
them what they would have done for the reader is done here: pictures that waited for a script to
show them, and stylesheets that waited to be switched on.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from archive.replay.answer import TooLargeError
from archive.replay.markup import Markup, Tag, attribute_text, written_attribute
from archive.replay.pictures import Pictures
from archive.replay.place import Place, Use
from archive.replay.stylesheet import rewrite_sheet, rewritten

MOST_TAGS: Final = 200_000
"""Of a document: some seconds' work. The longest live blogs have a tenth of it."""

Write = Callable[[str], object]
Holds = Callable[[str], bool]
"""Whether the archive has an address at all."""
Attributes = dict[str, str | None]

_BASE: Final = re.compile("<base", re.IGNORECASE)
_NOSCRIPT: Final = re.compile("<noscript", re.IGNORECASE)
_NOSCRIPT_END: Final = re.compile(r"</noscript\s*+>", re.IGNORECASE)
_LONGEST_NOSCRIPT: Final = 4096
_MOST_NOSCRIPTS: Final = 1000
"""Looked into for a picture's stand-in, each so far; what is beyond stays."""
_DEEPEST: Final = 2
"""Documents within documents (`srcdoc`); beyond it they go."""

_ADDRESSES: Final = ("href", "src", "poster", "background", "xlink:href", "data", "lowsrc")
_STYLED: Final = frozenset(
    {
        "style",
        "fill",
        "stroke",
        "filter",
        "mask",
        "clip-path",
        "cursor",
        "marker",
        "marker-start",
        "marker-mid",
        "marker-end",
    }
)
# They send something, run something, lead out of the frame, or make the browser refuse what was
# rewritten (`integrity`) or what comes without an origin of its own (`crossorigin`).
_DROPPED: Final = frozenset(
    {
        "action",
        "allow",
        "archive",
        "attributionsrc",
        "classid",
        "code",
        "codebase",
        "crossorigin",
        "csp",
        "formaction",
        "integrity",
        "manifest",
        "nonce",
        "ping",
        "target",
    }
)
# A frame's navigation or another page's look-ups: no policy stops the last two from asking the
# network for a name. `stylesheet` beside one of them stays.
_DROPPED_RELATIONS: Final = frozenset(
    {
        "dns-prefetch",
        "import",
        "manifest",
        "modulepreload",
        "pingback",
        "preconnect",
        "prefetch",
        "preload",
        "prerender",
    }
)
# All that may stand in for a header: the rest reloads, sets cookies, or forbids what was rewritten.
_HARMLESS_HEADERS: Final = frozenset({"content-language", "content-type", "x-ua-compatible"})


@dataclass(slots=True)
class _Survey:
    """What has to be known of a page before its first tag is written."""

    place: Place
    shown_late: set[str] = field(default_factory=set)
    """Pictures that a script would have shown: their stand-ins for readers without scripts go."""


def rewrite_page(
    text: str, place: Place, *, holds: Holds, write: Write, is_xml: bool = False
) -> None:
    """Write a page piece by piece, as the replay shows it; TooLargeError beyond MOST_TAGS."""
    _Rewriting(text, place, holds, write, is_xml=is_xml).run()


class _Rewriting:
    """One document on its way."""

    def __init__(
        self,
        text: str,
        place: Place,
        holds: Holds,
        write: Write,
        *,
        is_xml: bool = False,
        depth: int = 0,
    ) -> None:
        self._survey = _survey(text, place, holds, is_xml=is_xml)
        self._place = self._survey.place
        self._markup = Markup(text, is_xml=is_xml)
        self._holds = holds
        self._pictures = Pictures(self._place, holds)
        self._write = write
        self._depth = depth
        self._noscripts = 0
        self._copied = 0

    def run(self) -> None:
        """Write the whole document."""
        for number, tag in enumerate(self._markup):
            if number >= MOST_TAGS:
                raise TooLargeError(f"this page has more than {MOST_TAGS} tags")
            if tag.is_closing:
                self._closing(tag)
            elif tag.name in {"script", "base"}:
                self._replace(tag.start, tag.content_end, "")
            elif tag.name == "noscript" and self._is_stand_in(tag):
                self._replace(tag.start, self._markup.position, "")
            else:
                self._opening(tag)
        self._write(self._markup.text[self._copied :])

    def _closing(self, tag: Tag) -> None:
        if tag.name == "script":
            self._replace(tag.start, tag.end, "")

    def _opening(self, tag: Tag) -> None:
        changed = self._changed(tag) if tag.attributes else {}
        if changed is None:
            self._replace(tag.start, tag.end, "")
        elif changed != _meant(tag.attributes):
            words = [tag.name, *(written_attribute(*one) for one in changed.items())]
            slash = " /" if self._markup.text.startswith("/>", tag.end - 2) else ""
            self._replace(tag.start, tag.end, f"<{' '.join(words)}{slash}>")
        if tag.name == "style" and not tag.is_empty:
            self._sheet(tag)

    def _sheet(self, tag: Tag) -> None:
        content = self._markup.text[tag.end : tag.content_end]
        # In SVG a tag in here is a tag, and no part of a stylesheet.
        if tag.is_foreign and "<" in content.replace("<![CDATA[", ""):
            content = ""
        self._replace(tag.end, tag.content_end, "")
        rewrite_sheet(content, self._place, write=self._write)

    def _replace(self, start: int, end: int, text: str) -> None:
        between = self._markup.text[self._copied : start]
        self._write(between)
        # Where a tag goes, a lone `<` before it would make another one of the text behind it.
        self._write("<!---->" if not text and between.endswith("<") else text)
        self._copied = end

    def _is_stand_in(self, tag: Tag) -> bool:
        """Whether a noscript holds but pictures that are shown anyway; if so, step behind it."""
        self._noscripts += 1
        if not self._survey.shown_late or self._noscripts > _MOST_NOSCRIPTS:
            return False
        most = tag.end + _LONGEST_NOSCRIPT
        end = _NOSCRIPT_END.search(self._markup.text, tag.end, most)
        if end is None:
            return False
        shown: list[bool] = []
        inside = Markup(self._markup.text[tag.end : end.start()])
        between = 0
        for one in inside:
            if inside.text[between : one.start].strip() or one.name != "img":
                return False
            between = one.end
            named = self._pictures.named(_meant(one.attributes))
            shown.append(not named.isdisjoint(self._survey.shown_late))
        if not shown or not all(shown) or inside.text[between:].strip():
            return False
        self._markup.position = end.end()
        return True

    def _changed(self, tag: Tag) -> Attributes | None:
        """Return what a tag's attributes mean once they may stand; None when the tag may not."""
        meant: Attributes | None = {
            name: _meant_one(value)
            for name, value in tag.attributes.items()
            if name.lower() not in _DROPPED and not name.lower().startswith("on")
        }
        if keep := _KEEPERS.get(tag.name):
            meant = keep(meant or {}, tag, self._pictures)
        return None if meant is None else self._led_inside(tag.name, meant)

    def _led_inside(self, tag_name: str, meant: Attributes) -> Attributes:
        use = Use.LINK if tag_name in {"a", "area"} else Use.PART
        changed: Attributes = {}
        for name, value in meant.items():
            if value is None:
                changed[name] = None
            elif name in _ADDRESSES and (name != "data" or tag_name == "object"):
                inside = self._place.inside(value, use)
                changed |= {} if inside is None else {name: inside}
            elif name in _STYLED:
                changed[name] = rewritten(value, self._place)
            elif name == "srcdoc":
                changed |= self._framed(value)
            else:
                changed[name] = value
        return changed

    def _framed(self, document: str) -> Attributes:
        if self._depth >= _DEEPEST:
            return {}
        pieces: list[str] = []
        _Rewriting(document, self._place, self._holds, pieces.append, depth=self._depth + 1).run()
        return {"srcdoc": "".join(pieces)}


def _keep_picture(meant: Attributes, _: Tag, pictures: Pictures) -> Attributes | None:
    return pictures.shown(meant)


def _keep_link(meant: Attributes, tag: Tag, pictures: Pictures) -> Attributes | None:
    """Keep what is shown, switch on what a script would have, drop what only hurries."""
    relations = (meant.get("rel") or "").lower().split()
    switch = (tag.attributes.get("onload") or "").lower()
    is_sheet = (meant.get("as") or "").lower() == "style"
    if "preload" in relations and is_sheet and "rel" in switch:
        relations = ["stylesheet"]
    left = [one for one in relations if one not in _DROPPED_RELATIONS]
    if relations and not left:
        return None
    kept = meant | ({"rel": " ".join(left)} if left else {})
    if "stylesheet" in left and "media" in switch:
        kept["media"] = "all"
    return pictures.shown(kept)


def _keep_meta(meant: Attributes, _: Tag, __: Pictures) -> Attributes | None:
    stands_for = meant.get("http-equiv")
    is_kept = stands_for is None or stands_for.strip().lower() in _HARMLESS_HEADERS
    return meant if is_kept else None


def _keep_frame(meant: Attributes, _: Tag, __: Pictures) -> Attributes | None:
    # Who may frame a capture is named by origin, and a sandboxed page has none to name: the frame
    # would show the browser's complaint. What a page brings along itself (`srcdoc`) is shown.
    return {name: value for name, value in meant.items() if name != "src"}


# Elements of which more than their addresses is looked at; None takes the whole tag away.
_KEEPERS: Final[dict[str, Callable[[Attributes, Tag, Pictures], Attributes | None]]] = {
    "frame": _keep_frame,
    "iframe": _keep_frame,
    "img": _keep_picture,
    "source": _keep_picture,
    "link": _keep_link,
    "meta": _keep_meta,
}


def _survey(text: str, place: Place, holds: Holds, *, is_xml: bool) -> _Survey:
    """Find the base that a document claims, and the pictures that wait for a script."""
    if _BASE.search(text):
        for tag in Markup(text, is_xml=is_xml):
            href = tag.attributes.get("href")
            if tag.name == "base" and href is not None and not tag.is_closing:
                place = place.based_on(attribute_text(href))
                break
    survey = _Survey(place)
    if _NOSCRIPT.search(text):
        pictures = Pictures(place, holds)
        for tag in Markup(text, is_xml=is_xml):
            if tag.name == "img" and not tag.is_closing:
                survey.shown_late |= pictures.shown_late(_meant(tag.attributes))
    return survey


def _meant(attributes: Attributes) -> Attributes:
    return {name: _meant_one(value) for name, value in attributes.items()}


def _meant_one(value: str | None) -> str | None:
    return None if value is None else attribute_text(value)
