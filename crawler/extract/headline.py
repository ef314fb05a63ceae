"""The headline as displayed: the h1 of the story, and only then what metadata calls it."""

import re
from dataclasses import dataclass
from typing import Final

from crawler.extract.claims import Claims
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.tree import DECLARED, Node, text_of
from crawler.extract.wording import letters

_SHORTEST: Final = 2
_SHORTEST_TELLING: Final = 8
"""Letters; a shorter h1 (News, Home) agrees with too many titles by chance."""
_SHORTEST_TOLD: Final = 15
_SHORTEST_CLAIM: Final = 20
_LONGEST_LABEL: Final = 25
_LONGEST_HEADLINE: Final = 600
_LEAST_SHARE: Final = 0.5
_RUN: Final = 5
_QUOTES: Final = frozenset("\"'“”‘’„«»")
_HOME: Final = re.compile(r"(?:https?:)?(?://[^/?#]+)?/?")
_SEPARATORS: Final = "|:–—-"
_SEPARATOR: Final = re.compile(r"\s+[|\-–—:•·»]\s+")


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline of a page, and where it was found."""

    text: str
    piece: Piece | None = None
    """None when the page displays none and its metadata was asked."""
    label: str | None = None
    """A label that stands before it in the same h1."""


def find_headline(flow: list[Piece], claims: Claims, body_at: int) -> Headline | None:
    """Return the headline, or None when neither the page nor its metadata has one."""
    piece = _displayed(flow, claims, body_at)
    if piece is None:
        named = next(iter(claims.headlines), None)
        text = _without_site(named, claims.site_names) if named else ""
        return Headline(text) if text else None
    return _without_label(piece, claims)


def _displayed(flow: list[Piece], claims: Claims, body_at: int) -> Piece | None:
    """Return the piece that is the headline.

    What a rule declares comes first. Of several h1 the one that says what the metadata says wins,
    then the one before the body that is most like it. A page without h1 may have its headline in an
    h2 that says exactly what the metadata says.
    """
    claimed = [letters(text) for text in claims.headlines]
    for piece in flow:
        if "headline" in piece.node.get(DECLARED, ""):
            return piece
    titles = [piece for piece in flow if _is_title(piece)]
    if agreeing := [piece for piece in titles if _agrees(piece.key, claimed)]:
        return agreeing[0]
    if before := [piece for piece in flow[:body_at] if _is_title(piece)]:
        return max(reversed(before), key=lambda piece: _likeness(piece.key, claimed))
    told = [piece for piece in flow[: body_at + 1] if _is_told(piece, claimed)]
    return told[-1] if told else next(iter(titles), None)


def _is_title(piece: Piece) -> bool:
    """Whether a piece is an h1 that says something, and not the name of the site."""
    return piece.kind is PieceKind.TITLE and len(piece.key) > _SHORTEST and not _leads_home(piece)


def _leads_home(piece: Piece) -> bool:
    """Whether a piece is a link to the site's front page."""
    return piece.is_linked and any(_HOME.fullmatch(link.get("href", "")) for link in piece.links)


def _is_told(piece: Piece, claimed: list[str]) -> bool:
    """Whether a piece that is no h1 says exactly what the metadata says."""
    textual = piece.kind in {PieceKind.HEADING, PieceKind.PARAGRAPH}
    return textual and len(piece.key) > _SHORTEST_TOLD and piece.key in claimed


def _agrees(key: str, claimed: list[str]) -> bool:
    """Whether an h1 says what the metadata says, give or take the site's name."""
    return len(key) > _SHORTEST_TELLING and any(
        (key in text and len(key) > _LEAST_SHARE * len(text))
        or (len(text) > _SHORTEST_CLAIM and text in key)
        for text in claimed
    )


def _likeness(key: str, claimed: list[str]) -> float:
    """Return how much of an h1 the metadata repeats, by runs of letters."""
    runs = {key[i : i + _RUN] for i in range(max(1, len(key) - _RUN + 1))}
    return max((sum(run in text for run in runs) / len(runs) for text in claimed), default=0)


def _without_label(piece: Piece, claims: Claims) -> Headline:
    """Return the headline of a piece without a label that its h1 begins with.

    The label is what stands before the headline that the metadata gives; a quotation is none,
    though the title made for search engines leaves it out.
    """
    text = piece.text
    for key in map(letters, claims.headlines if len(text) < _LONGEST_HEADLINE else ()):
        longer = len(piece.key) - len(key)
        if key and 0 < longer <= _LONGEST_LABEL and piece.key.endswith(key):
            cut = next(i for i in range(len(text), -1, -1) if letters(text[i:]) == key)
            while cut and not text[cut - 1].isspace():
                cut -= 1
            label = text[:cut].strip()
            is_label = label[-1:] in _SEPARATORS or _is_element(label, piece.node)
            if is_label and label[:1] not in _QUOTES:
                return Headline(text[cut:], piece, label.rstrip(_SEPARATORS).strip() or None)
    return Headline(text, piece)


def _is_element(label: str, headline: Node) -> bool:
    """Whether a label is all of an element inside the h1, and not the headline's first words."""
    return any(letters(text_of(node)) == letters(label) for node in headline.iterdescendants())


def _without_site(title: str, sites: tuple[str, ...]) -> str:
    """Return a title without the name of the site at either end."""
    parts = _SEPARATOR.split(title)
    if len(parts) > 1:
        for end in (-1, 0):
            if letters(parts[end]) in set(map(letters, sites)):
                cut = len(parts[end])
                title = title[:-cut] if end else title[cut:]
                return title.strip(" |-–—:•·»")
    return title
