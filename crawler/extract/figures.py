"""Images with what is printed about them: address, alt text, caption, credit."""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from crawler.extract.credits import Caption, bare_holder, names_holder, split_credit
from crawler.extract.furniture import is_furniture_line
from crawler.extract.marks import Mark, marks_of
from crawler.extract.tree import DECLARED, Node, named, raw_text, text_of
from crawler.extract.wording import letters, tidy, tidy_or_none

_TEXTLESS: Final = frozenset({"img", "source", "picture", "button"})
_FIGURE_TEXT: Final = Mark.CAPTION | Mark.CREDIT
_CREDIT_TAGS: Final = frozenset({"cite", "small"})
_ADDRESSES: Final = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-img-url",
    "data-image",
    "data-url",
    "data-lazy",
    "data-img-src",
    "data-full-src",
    "data-hi-res-src",
    "src",
)
_SETS: Final = ("srcset", "data-srcset", "data-lazy-srcset")
_OFFER_END: Final = re.compile(r",\s+")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_DRAWN: Final = re.compile(r"data-(?:\w+-)?(caption|credit)")
_DENSITIES: Final = 10
"""A larger number in an image set is a width; `2x` is a density."""
_BOXES: Final = named("div section span a p button center")
_SILENT: Final = named("button select form noscript script style nav svg")
_NO_FIGURE: Final = named(
    "figure h1 h2 h3 h4 h5 h6 time video audio iframe blockquote ul ol table aside article form"
)
_NO_CAPTION: Final = re.compile(r"[$£€]\s*\d|\b\d{1,2}:\d\d\b")
"""Prices and running times: a product, or a film, with its picture."""
_MOST_CAPTIONS: Final = 300
_LONGEST_TEXT: Final = 500
_LONGEST_NAME: Final = 4
_LONGEST_CREDIT: Final = 12
"""Words; a longer sentence in a `cite` says what the picture shows."""
_FEWEST_WORDS: Final = 4
"""Words; less beside a picture is a label, unless it names a holder."""
_GLUED: Final = re.compile(r"(?<=[a-z][.!?])(?=[A-Z][a-z])")
"""Where one sentence ends and the next element begins, with a margin for a space."""
_SIGNED: Final = re.compile(
    r"[^\W\d_a-z][\w.'’-]*(?:\s+[^\W\d_a-z][\w.'’-]*){1,3}(?:\s*[(/]\s*[^\W\d_a-z][\w .]{1,30}\)?)?"
)
"""Two to four words in upper case, perhaps with an agency behind them."""
_SENTENCE_ENDS: Final = tuple('.!?…”"’')
_OFFER: Final = re.compile(
    r"\W*(?:(?:purchase|buy|order|license) \w+|(?:view|open|see) (?:gallery|image|fullsize))",
    re.IGNORECASE,
)
_WIDTH: Final = re.compile(r"^\d{1,5}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One image of the page with its text, or text that still looks for its image."""

    url: str | None = None
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None
    raw: str | None = None
    width: int | None = None
    height: int | None = None


def read_figure(node: Node) -> Figure:
    """Return the first image at or below an element, with the caption and credit beside it."""
    images = [node] if node.tag in {"img", "amp-img"} else list(node.iter("img", "amp-img"))
    addressed = ((image, url) for image in images if (url := picture_address(image)))
    found = next(addressed, None)
    image, url = found or (images[0] if images else node, picture_address(node))
    text = _figure_text(node)
    if text.raw is None and node.tag == "figure":
        text = _drawn_text(node)
    return Figure(
        url=url,
        alt=tidy_or_none(image.get("alt")),
        caption=text.caption,
        credit=text.credit,
        raw=text.raw,
        width=_pixels(image.get("width")),
        height=_pixels(image.get("height")),
    )


def read_caption(node: Node, *, is_credit: bool = False) -> Figure:
    """Return the caption and credit in an element of figure text."""
    raw = text_of(node)
    if raw and (offers := [each for each in node.iter("button", "a") if _is_offer(each)]):
        raw = _text_outside(node, offers)
    if len(node) > 1:
        raw = _GLUED.sub(" ", raw)
    if is_credit and not (raw.endswith(".") and len(raw.split()) > _LONGEST_CREDIT):
        return Figure(credit=bare_holder(raw), raw=raw or None)
    marked = [] if is_credit else _credit_nodes(node)
    named = [text for credit in marked if (text := text_of(credit))]
    if not named:
        found = split_credit(raw)
        if not found.credit and (holder := _signature(node)):
            shown = raw.removesuffix(holder).rstrip(" |·–—-")
            return Figure(caption=shown, credit=bare_holder(holder), raw=raw)
        return Figure(caption=found.caption, credit=found.credit, raw=raw or None)
    rest = _text_outside(node, marked)
    if not rest and len(named) == 1:
        found = split_credit(named[0])
        return Figure(
            caption=found.caption if found.credit else None,
            credit=found.credit or bare_holder(named[0]),
            raw=raw,
        )
    return Figure(caption=rest or None, credit=_joined_holders(named), raw=raw)


def _signature(node: Node) -> str | None:
    """Return the name that closes a caption, in an element of its own after a full sentence."""
    last = node[-1] if len(node) else None
    if last is None or last.tag == "a" or (last.tail and last.tail.strip()):
        return None
    name, before = text_of(last), _text_outside(node, [last])
    is_signed = before[-1:] in _SENTENCE_ENDS and _SIGNED.fullmatch(name)
    return name if before and is_signed else None


def _is_offer(node: Node) -> bool:
    """Whether a button or a link in a caption offers something: a print, a larger view."""
    return node.tag == "button" or bool(_OFFER.match(raw_text(node)))


def picture_address(node: Node) -> str | None:
    """Return the address of an image, the largest offered; None when it only has a placeholder."""
    # libxml2 closes no `source`: the image stands inside it.
    around = next((above for above in node.iterancestors("picture")), node)
    offering = [node, *around.iter("source", "img")] if around.tag == "picture" else [node]
    offers = [offer for one in offering for offer in _offers(one)]
    if sized := [offer for offer in offers if offer[0] > _DENSITIES]:
        return max(sized, key=lambda offer: offer[0])[1]
    plain = (one.get(name) or "" for one in offering for name in _ADDRESSES)
    found = next((address for address in plain if _is_address(address)), None)
    if found is None:
        found = max(offers, key=lambda offer: offer[0])[1] if offers else None
    return tidy(found) if found else None


def _is_address(value: str) -> bool:
    """Whether an attribute holds an address rather than a placeholder or a script's template."""
    value = value.strip()
    looks = "/" in value or "." in value
    return looks and not value.startswith(("data:", "blob:", "about:", "{", "#", "["))


def _offers(node: Node) -> list[tuple[float, str]]:
    """Return the addresses of an element's image sets, each with its width or density."""
    offers: list[tuple[float, str]] = []
    for name in _SETS:
        for offer in _OFFER_END.split(node.get(name) or ""):
            address, _, size = offer.strip().partition(" ")
            if _is_address(address):
                number = _NUMBER.match(size.strip())
                offers.append((float(number[0]) if number else 0.0, address))
    return offers


def _figure_text(node: Node) -> Caption:
    """Return what a figure says of its image, from however many elements it says it in."""
    if node.tag in {"img", "amp-img", "picture"}:
        return Caption()
    lines = _caption_nodes(node)
    parts = [read_caption(line, is_credit=is_credit_line(line)) for line in lines]
    captions = list(dict.fromkeys(part.caption for part in parts if part.caption))
    holders = list(dict.fromkeys(part.credit for part in parts if part.credit))
    raw = list(dict.fromkeys(part.raw for part in parts if part.raw))
    if (not captions or (not holders and all(map(_is_name, captions)))) and (
        beside := _unmarked_text(node, lines)
    ):
        # Class names that a build has made say nothing: what is left over is the caption, and the
        # name under it the credit.
        holders, found = [*holders, *captions], split_credit(beside)
        captions = [found.caption] if found.caption else []
        holders += [found.credit] if found.credit and not holders else []
        raw.insert(0, beside)
    return Caption(" ".join(captions) or None, " ".join(holders) or None, " ".join(raw) or None)


def _is_name(caption: str) -> bool:
    """Whether a caption is so short that it may be the holder's name."""
    return len(caption.split()) <= _LONGEST_NAME and caption[-1] not in ".!?"


def _unmarked_text(node: Node, marked: list[Node]) -> str:
    """Return what a figure says outside the elements that are marked as its text."""
    silent = [
        inner
        for inner in node.iterdescendants()
        if inner.tag in _SILENT or marks_of(inner) & (Mark.FURNITURE | Mark.HIDDEN)
    ]
    text = _text_outside(node, [*marked, *silent])
    words = len(text.split())
    told = words >= _FEWEST_WORDS or names_holder(text)
    return text if told and len(text) <= _LONGEST_TEXT and not is_furniture_line(text) else ""


def stands_for_figure(node: Node) -> bool:
    """Whether an element that is named for a picture holds one picture, and its text at most."""
    images = 0
    for inner in node.iterdescendants():
        images += inner.tag in {"img", "amp-img"}
        if images > 1 or (inner.tag in _NO_FIGURE and (len(inner) or inner.text)):
            return False
    text = text_of(node) if images else ""
    links = sum(len(text_of(link)) for link in node.iter("a"))
    is_short = 0 < len(text) <= _LONGEST_TEXT and 2 * links < len(text)
    return is_short and not _NO_CAPTION.search(text) and not _tells_more(node)


def _tells_more(node: Node) -> bool:
    """Whether a paragraph stands in a picture's box beside what is marked as its caption."""
    captions = set(_caption_nodes(node))
    if not any(marks_of(line) & Mark.CAPTION for line in captions):
        return False
    for paragraph in node.iter("p"):
        if captions.isdisjoint([paragraph, *paragraph.iterancestors()]) and text_of(paragraph):
            return True
    return False


def _has_no_picture(node: Node) -> bool:
    """Whether no picture stands in an element."""
    return next(node.iter("img", "amp-img"), None) is None


def join_captions(root: Node) -> None:
    """Make a figure of what a caption outside any figure shares with its one picture."""
    without: set[Node] = set()
    for caption in list(islice(root.iter("figcaption"), _MOST_CAPTIONS)):
        around = caption.getparent()
        while around is not None and around not in without and _has_no_picture(around):
            without.add(around)
            around = around.getparent()
        if around is None or around.tag not in _BOXES or around.get(DECLARED) is not None:
            continue
        if next(around.iter("figure"), None) is None and stands_for_figure(around):
            around.tag = "figure"


def _drawn_text(node: Node) -> Caption:
    """Return what a figure says in attributes, from which a style sheet or a script draws it.

    An image's own are for the view that opens when it is clicked.
    """
    told: dict[str, str] = {}
    for inner in node.iterdescendants():
        if inner.tag not in _TEXTLESS and inner.tag != "a":
            for name, value in inner.items():
                if found := _DRAWN.fullmatch(str(name)):
                    told.setdefault(found[1], tidy(str(value)))
    caption, credit = told.get("caption"), told.get("credit")
    raw = " ".join(filter(None, (caption, credit)))
    return Caption(caption or None, bare_holder(credit) if credit else None, raw or None)


def _caption_nodes(node: Node) -> list[Node]:
    """Return the outermost elements of a figure that are marked as its text, in order."""
    found: list[Node] = []
    for inner in node.iterdescendants():
        is_text = inner.tag in {"figcaption", "cite"} or marks_of(inner) & _FIGURE_TEXT
        if is_text and inner.tag not in _TEXTLESS and text_of(inner):
            _add_outermost(inner, found)
    return found


def is_credit_line(node: Node) -> bool:
    """Whether an element of figure text is a credit and nothing else."""
    marks = marks_of(node)
    if not marks & Mark.CREDIT or marks & Mark.CAPTION:
        return node.tag == "cite"
    return not any(marks_of(inner) & Mark.CAPTION for inner in node.iterdescendants())


def _credit_nodes(node: Node) -> list[Node]:
    """Return the outermost elements inside a caption that are its credit."""
    found: list[Node] = []
    for inner in node.iterdescendants():
        if inner.tag in _CREDIT_TAGS or marks_of(inner) & Mark.CREDIT:
            _add_outermost(inner, found)
    return found


def _add_outermost(node: Node, found: list[Node]) -> None:
    """Add an element unless one around it was found before."""
    if not any(outer in found for outer in node.iterancestors()):
        found.append(node)


def _text_outside(node: Node, excluded: list[Node]) -> str:
    """Return an element's text without that of some elements below it."""
    parts = [node.text or ""]
    for child in node:
        if child not in excluded and isinstance(child.tag, str):
            parts.append(_text_outside(child, excluded))
        parts.append(child.tail or "")
    return tidy(" ".join(parts)).strip(" |·-–—")


def _joined_holders(named: list[str]) -> str | None:
    """Return the rights holder when several elements name it, each once."""
    holders: list[str] = []
    for text in named:
        holder = bare_holder(text)
        if holder and not any(letters(holder) in letters(known) for known in holders):
            holders.append(holder)
    return " ".join(holders) or None


def _pixels(value: str | None) -> int | None:
    """Return a size the markup gives in pixels, or None."""
    return int(value) if value and _WIDTH.match(value.strip()) and int(value) > 0 else None
