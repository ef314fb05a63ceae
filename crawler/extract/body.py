"""The body: which pieces of the page are the story, in reading order.

trafilatura's choice decides where the body stands; within it, structure decides piece by piece.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from crawler.extract.furniture import announces_links, is_furniture_line, is_prompt
from crawler.extract.marks import Mark
from crawler.extract.moments import shows_date
from crawler.extract.names import is_byline, looks_like_name
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.region import PROSE, Region, holder
from crawler.extract.tree import Node

_CERTAIN: Final = Mark.CAPTION | Mark.CREDIT | Mark.COMMENTS | Mark.BIO
_IMAGERY: Final = frozenset({PieceKind.FIGURE, PieceKind.CAPTION})
_HEADED: Final = _IMAGERY | {PieceKind.HEADING}
_ANCHORS: Final = PROSE | {PieceKind.HEADING, PieceKind.TABLE}
_STANDALONE: Final = frozenset(
    {PieceKind.HEADING, PieceKind.QUOTE, PieceKind.PULL_QUOTE, PieceKind.CODE, PieceKind.EMBED}
)
_OUTSIDE: Final = (
    Mark.FURNITURE
    | Mark.HIDDEN
    | Mark.LISTING
    | Mark.COMMENTS
    | Mark.CAPTION
    | Mark.CREDIT
    | Mark.BYLINE
    | Mark.BIO
    | Mark.TAGS
    | Mark.TIMESTAMP
    | Mark.KICKER
)
_QUOTES: Final = frozenset({PieceKind.QUOTE, PieceKind.PULL_QUOTE})
_LINES: Final = frozenset({PieceKind.PARAGRAPH, PieceKind.LIST_ITEM})
_FARTHEST: Final = 12
_SHORTEST_LEAD: Final = 80
_GUARD: Final = 0.5
_SLIDE_WORDS: Final = 6
_LONGEST_LABEL: Final = 90
_ISLAND_GAP: Final = 8
_ISLAND_SHARE: Final = 0.05
_LABEL_WORDS: Final = 7
_LISTED: Final = 1
_MOST_ANNOUNCED: Final = 12
"""Links looked back over for the label above them."""


@dataclass(frozen=True, slots=True)
class Body:
    """The story's own pieces, and where they stand in the flow."""

    pieces: tuple[Piece, ...]
    first: int
    """Index in the flow of the first piece; the flow's length when there is none."""
    last: int
    overruled: bool
    """Whether what trafilatura keeps won over the names of the elements around it."""


def choose_body(flow: list[Piece], region: Region, taken: frozenset[int] = frozenset()) -> Body:
    """Return the pieces that are the story, figures between them included.

    `taken` are the identities of pieces that are something else already: headline, dek, key points.
    """
    inside = [region.holds(piece) and id(piece) not in taken for piece in flow]
    outside = _OUTSIDE
    anchors = _anchors(flow, inside, region, outside)
    kept = _kept(
        flow,
        [
            held and not region.marks(piece) & Mark.COMMENTS
            for held, piece in zip(inside, flow, strict=True)
        ],
    )
    if _chars(flow, anchors) < _GUARD * _chars(flow, kept):
        # The names of the page's elements contradict trafilatura: the text is safer than the names.
        outside = _CERTAIN
        anchors = _anchors(flow, inside, region, outside)
    anchors = _without_island(flow, anchors)
    if not anchors:
        return Body((), len(flow), len(flow), overruled=False)
    while len(anchors) > 1 and _is_label(flow[anchors[0]], flow[anchors[1]]):
        anchors = anchors[1:]
    anchors = [*_reach_back(flow, anchors, region, taken), *anchors]
    anchors = [*_heading_of(flow, anchors[0], region, taken), *anchors]
    inside = [held or index in anchors for index, held in enumerate(inside)]
    overruled = outside != _OUTSIDE
    siblings = _siblings(flow, anchors)
    first = anchors[0]
    last = _reach_on(flow, inside, anchors[-1], region, siblings)
    chosen = [
        piece
        for index, piece in enumerate(flow[first : last + 1], first)
        if inside[index]
        and _belongs(piece, region, outside)
        and _is_prose(piece, region, siblings)
        and not _is_announced(flow, index)
    ]
    if chosen and _labels_links(chosen[-1], flow[last + 1 :], region):
        chosen = chosen[:-1]
    chosen = _without_stray_headings(_without_box_titles(chosen, region))
    return Body(tuple(chosen), first, last, overruled=overruled)


def _anchors(flow: list[Piece], inside: list[bool], region: Region, outside: int) -> list[int]:
    """Return where text stands that both trafilatura and structure hold for the story."""
    return [index for index in _kept(flow, inside) if _belongs(flow[index], region, outside)]


def _kept(flow: list[Piece], inside: list[bool]) -> list[int]:
    """Return where in the flow text stands that trafilatura keeps."""
    return [
        index
        for index, piece in enumerate(flow)
        if inside[index] and piece.kept and piece.kind in _ANCHORS
    ]


def _chars(flow: list[Piece], indices: list[int]) -> int:
    """Return how many letters some pieces of the flow have."""
    return sum(len(flow[index].key) for index in indices)


def _belongs(piece: Piece, region: Region, outside: int) -> bool:
    """Whether nothing speaks against a piece within the region."""
    if piece.kind is PieceKind.TITLE:
        return False
    if piece.kind is not PieceKind.TABLE and is_furniture_line(piece.text):
        return False
    if piece.kind in _IMAGERY:
        return not region.marks(piece) & outside & ~(Mark.CAPTION | Mark.CREDIT)
    marks = region.marks(piece)
    if marks & outside or (marks & Mark.CALLOUT and not piece.key):  # a picture in a letter's place
        return False
    return not (
        piece.is_linked
        and (is_prompt(piece.text) or _is_jump(piece) or _is_shouted(piece) or not piece.kept)
    )


def _is_shouted(piece: Piece) -> bool:
    """Whether a paragraph is one link, all capitals or in brackets: another article's title."""
    text = piece.text
    if piece.kind is not PieceKind.PARAGRAPH or " " not in text:
        return False
    is_bracketed = text[0] + text[-1] == "[]" and piece.link_chars + len("[]") >= len(text)
    return is_bracketed or (piece.link_chars >= len(text) and text.isupper())


def _is_jump(piece: Piece) -> bool:
    """Whether a piece only leads elsewhere: to a place of the same page, or as a part of a card."""
    if piece.kind not in _LINES:
        return False
    return piece.context.in_link or all(link.get("href", "")[:1] == "#" for link in piece.links)


def _is_prose(piece: Piece, region: Region, siblings: Counter[Node | None]) -> bool:
    """Whether a piece speaks for itself, is kept, or stands among prose that is."""
    if piece.kind in _IMAGERY or piece.kind in _STANDALONE:
        return True
    return piece.kept or siblings[holder(piece)] > 0 or _is_told_apart(piece, region)


def _is_announced(flow: list[Piece], index: int) -> bool:
    """Whether a link follows a label such as "Related", with other links at most between."""
    if not (flow[index].is_linked or flow[index].context.in_link):
        return False
    for piece in flow[index : max(index - _MOST_ANNOUNCED, 0) : -1]:
        if not piece.is_linked and piece.figure is None:
            return piece is not flow[index] and announces_links(piece.text)
    return False


def _is_told_apart(piece: Piece, region: Region) -> bool:
    """Whether a slide of a gallery or a callout says it; trafilatura drops what is so named."""
    said = piece.kind in PROSE and len(piece.text.split()) >= _SLIDE_WORDS
    return (
        said and not piece.is_linked and bool(region.marks(piece) & (Mark.GALLERY | Mark.CALLOUT))
    )


def _without_island(flow: list[Piece], anchors: list[int]) -> list[int]:
    """Return the anchors without a last short one, far behind all others.

    The blurb of a product box or of a podcast at the page's end looks like prose.
    """
    total = sum(len(flow[index].key) for index in anchors)
    while len(anchors) > 1:
        *_, before, island = anchors
        gap = sum(flow[index].kind not in _IMAGERY for index in range(before + 1, island))
        if gap < _ISLAND_GAP or len(flow[island].key) > _ISLAND_SHARE * total:
            break
        anchors = anchors[:-1]
    return anchors


def _is_label(piece: Piece, after: Piece) -> bool:
    """Whether a line before the story says who wrote it, a date after a bare name, or when."""
    text = piece.text
    if len(text) < _LONGEST_LABEL and (is_byline(text) or shows_date(text)):
        return True
    is_dated = len(after.text) < _LONGEST_LABEL and shows_date(after.text)
    return is_dated and looks_like_name(text)


def _siblings(flow: list[Piece], anchors: list[int]) -> Counter[Node | None]:
    """Return how much of the prose stands together in which box."""
    return Counter(holder(flow[index]) for index in anchors if flow[index].kind in PROSE)


def _reach_back(
    flow: list[Piece], anchors: list[int], region: Region, taken: frozenset[int]
) -> list[int]:
    """Return where prose stands between the headline and the first anchor, and is of the story.

    Some templates set the first paragraph apart from the others, and some give it no element of its
    own: trafilatura keeps the one, and loses the other, which stands in the story's own box.
    """
    found: list[int] = []
    first, siblings = anchors[0], _siblings(flow, anchors)
    for index in range(first - 1, max(-1, first - _FARTHEST), -1):
        piece = flow[index]
        if piece.kind is PieceKind.TITLE:
            return found
        if (
            (piece.kept or siblings[holder(piece)] > 1)
            and piece.kind is PieceKind.PARAGRAPH
            and len(piece.text) > _SHORTEST_LEAD
            and id(piece) not in taken
            and _belongs(piece, region, _OUTSIDE | Mark.DEK)
        ):
            found.insert(0, index)
    return []


def _heading_of(flow: list[Piece], first: int, region: Region, taken: frozenset[int]) -> list[int]:
    """Return where the heading of the first paragraph stands, pictures between them or not."""
    for index in range(first - 1, -1, -1):
        piece = flow[index]
        if piece.kind is PieceKind.HEADING and id(piece) not in taken and region.holds(piece):
            belongs = _belongs(piece, region, _OUTSIDE | Mark.DEK) and not piece.is_linked
            return [index] if belongs else []
        if piece.kind not in _IMAGERY:
            return []
    return []


def _reach_on(
    flow: list[Piece],
    inside: list[bool],
    last: int,
    region: Region,
    siblings: Counter[Node | None],
) -> int:
    """Return the index of the last piece, counting prose that goes on beside the kept text.

    Pictures go on below a heading, too, and a quote below the text, when nothing stands between.
    """
    for index in range(last + 1, len(flow)):
        piece = flow[index]
        if not inside[index]:
            break
        goes_on = siblings[holder(piece)] > 1 or _is_told_apart(piece, region)
        is_prose = piece.kind in PROSE and goes_on and _belongs(piece, region, _OUTSIDE)
        is_next = index == last + 1
        is_headed = is_next and flow[last].kind in _HEADED and piece.kind in _IMAGERY
        is_quote = is_next and piece.kind in _QUOTES and _belongs(piece, region, _OUTSIDE)
        if is_prose or is_headed or is_quote:
            last = index
    return last


def _without_box_titles(pieces: list[Piece], region: Region) -> list[Piece]:
    """Return the pieces without titles of galleries and asides of which nothing else is told.

    A slide's title stands in the slide's element with its text, a gallery's with pictures alone.
    """
    texts = [piece for piece in pieces if piece.kind not in _IMAGERY]
    stray: set[int] = set()
    for piece, after in pairwise(texts):
        if piece.kind is PieceKind.HEADING:
            boxes = set(region.elements_marked(piece, Mark.GALLERY)) - {piece.node}
            if piece.context.in_aside:
                boxes.update(region.asides(piece))
            if boxes and boxes.isdisjoint(after.node.iterancestors()):
                stray.add(id(piece))
    return [piece for piece in pieces if id(piece) not in stray]


def _without_stray_headings(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces without headings at the end that head neither text nor pictures.

    A heading that is a link heads another page, and so do the pictures below it.
    """
    end = len(pieces)
    while texts := [n for n, piece in enumerate(pieces[:end]) if piece.kind not in _IMAGERY]:
        if pieces[texts[-1]].kind is not PieceKind.HEADING or not pieces[texts[-1]].is_linked:
            break
        end = texts[-1]
    while end and pieces[end - 1].kind is PieceKind.HEADING:
        end -= 1
    return pieces[:end]


def _labels_links(piece: Piece, after: list[Piece], region: Region) -> bool:
    """Whether a short last line only says what the links below the body are."""
    is_label = piece.kind is PieceKind.PARAGRAPH and 1 < len(piece.text.split()) <= _LABEL_WORDS
    listed = [below for below in after[:_LISTED] if below.text]
    return (
        is_label
        and piece.text[-1] not in ".!?”\"’'"
        and bool(listed)
        and all(below.is_linked and below.kind is PieceKind.LIST_ITEM for below in listed)
        and all(region.holds(below) and not region.marks(below) & _OUTSIDE for below in listed)
    )
