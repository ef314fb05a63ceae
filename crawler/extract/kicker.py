"""The kicker: the label displayed above the headline."""

from typing import Final

from crawler.extract.marks import Mark, marks_of
from crawler.extract.moments import shows_date
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.region import Region

_FARTHEST: Final = 4
_LONGEST: Final = 60
_TEXT: Final = frozenset({PieceKind.PARAGRAPH, PieceKind.HEADING, PieceKind.LIST_ITEM})


def kicker_piece(flow: list[Piece], headline: Piece, region: Region) -> Piece | None:
    """Return the piece that is the kicker, or None when the page displays none.

    Only what is named for it counts: breadcrumbs and section links stand there too.
    """
    at = flow.index(headline)
    for piece in reversed(flow[max(0, at - _FARTHEST) : at]):
        is_named = piece.kind in _TEXT and _is_named(piece, region)
        if is_named and 1 < len(piece.text) <= _LONGEST and not shows_date(piece.text):
            return piece
    return None


def _is_named(piece: Piece, region: Region) -> bool:
    """Whether a piece, or the first part of a heading, is called a kicker."""
    if piece.kind is PieceKind.HEADING and len(piece.node):
        return bool((region.marks(piece) | marks_of(piece.node[0])) & Mark.KICKER)
    return bool(region.marks(piece) & Mark.KICKER)
