"""Notes about the article itself: spoilers ahead, where its data come from, who paid."""

import re
from typing import Final

from crawler.extract.furniture import is_furniture_line
from crawler.extract.marks import Mark
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.region import Region

_NOTES: Final = re.compile(
    r"""\b(?:
    (?:contains?|includes?|major|mild|minor|full)\s(?:\w+\s)?spoilers?\b
    |spoilers?\s(?:ahead|below|follow|warning|alert)\b|warning:.{0,60}\bspoilers?\b
    |(?:trigger|content)\swarning
    |(?:this|the\sfollowing)\s(?:article|story|post|piece)\s(?:contains|discusses|mentions|includes
        |deals)\b.{0,80}\b(?:suicide|assault|abuse|violence|graphic|disturbing|sensitive|self-harm
        |details\sof\b)
    |data\sused\sto\scompile\sthis\sarticle
    |(?:this|the)\s(?:article|story|post)\s(?:was|is)\s(?:sponsored|paid)
    |has\sbeen\sprovided\swith\sa\s(?:review\s)?(?:copy|code)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST: Final = 400
_SHORTEST_BOXED: Final = 40
_AROUND: Final = 6
_TEXT: Final = frozenset({PieceKind.PARAGRAPH, PieceKind.LIST_ITEM})


def disclaimer_pieces(
    flow: list[Piece], region: Region, headline_at: int, first: int, last: int
) -> list[Piece]:
    """Return the pieces that are notes about the article, from headline to end of body."""
    start = max(0, first - _AROUND)
    return [
        piece
        for index, piece in enumerate(flow[start : last + _AROUND], start)
        if piece.kind in _TEXT
        and not piece.is_linked
        and _is_note(piece, region, is_placed=headline_at < index < first or region.holds(piece))
    ]


def is_boxed(piece: Piece, region: Region) -> bool:
    """Whether a note stands apart from the story, in an element of its own."""
    return bool(region.marks(piece) & (Mark.DISCLAIMER | Mark.CALLOUT))


def _is_note(piece: Piece, region: Region, *, is_placed: bool) -> bool:
    """Whether a piece says something of the article rather than of its subject."""
    marks = region.marks(piece)
    if len(piece.text) > _LONGEST or marks & (Mark.FURNITURE | Mark.HIDDEN | Mark.CAPTION):
        return False
    if marks & Mark.DISCLAIMER and len(piece.text) > _SHORTEST_BOXED and is_placed:
        return not is_furniture_line(piece.text)
    return bool(_NOTES.search(piece.text))
