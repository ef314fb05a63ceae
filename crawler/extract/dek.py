"""The dek: the standfirst displayed below the headline; metadata alone makes none."""

from collections.abc import Callable, Iterator
from typing import Final

from crawler.extract.credits import split_credit
from crawler.extract.furniture import is_furniture_line
from crawler.extract.marks import Mark, marks_of
from crawler.extract.moments import shows_date
from crawler.extract.names import is_byline, looks_like_name, split_names
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.region import Region
from crawler.extract.tree import DECLARED
from crawler.extract.wording import letters

_NEVER: Final = (
    Mark.FURNITURE
    | Mark.CAPTION
    | Mark.CREDIT
    | Mark.BIO
    | Mark.KEY_POINTS
    | Mark.TAGS
    | Mark.HIDDEN
)
_OUTWEIGHED: Final = Mark.FURNITURE | Mark.KEY_POINTS
_SHORTEST: Final = 20
_LONGEST: Final = 600
_LONGEST_LABEL: Final = 90
"""A shorter line with a date in it says when the article appeared."""
_FEWEST_WORDS: Final = 7
"""Words; a shorter line that is no heading names people or a section."""
_NAMED_SHARE: Final = 0.7
_FARTHEST: Final = 14
"""Pieces; a standfirst stands close to its headline."""
_TEXT: Final = frozenset({PieceKind.PARAGRAPH, PieceKind.HEADING, PieceKind.LIST_ITEM})


def dek_piece(
    flow: list[Piece],
    headline: Piece | None,
    body_first: int,
    region: Region,
    claimed: tuple[str, ...],
) -> Piece | None:
    """Return the piece that is the dek, or None when the page displays none.

    What is called a dek wins, then what repeats the page's own description, then a lone heading or
    paragraph that shares the headline's element.
    """
    if headline is None:
        return None
    near = list(_near(flow, headline, body_first, region))
    described = {letters(text) for text in claimed}
    reasons: tuple[Callable[[Piece], object], ...] = (
        lambda piece: "dek" in piece.node.get(DECLARED, "").split(),
        lambda piece: _is_named_dek(piece, region),
        lambda piece: piece.key in described and not region.kept_beside(piece),
        lambda piece: (
            _shares_element(piece, headline)
            and not region.kept_beside(piece)
            and not _names_people(piece.text)
        ),
        lambda piece: _is_set_off(piece, headline, flow),
    )
    return next((piece for reason in reasons for piece in near if reason(piece)), None)


def _is_named_dek(piece: Piece, region: Region) -> bool:
    """Whether a piece, or an element around it and around no other prose, is called a dek."""
    if marks_of(piece.node) & Mark.DEK and piece.node is not region.main:
        return True
    return bool(region.marks(piece) & Mark.DEK) and not region.kept_beside(piece)


def _near(flow: list[Piece], headline: Piece, body_first: int, region: Region) -> Iterator[Piece]:
    """Yield what could be a dek by its place and wording, in order."""
    start = flow.index(headline) + 1
    for piece in flow[start : min(start + _FARTHEST, max(body_first, start) + 1)]:
        marks = region.marks(piece)
        # The element's own name outweighs that of a widget around it; a lone summary is no point.
        never = _NEVER & ~_OUTWEIGHED if marks_of(piece.node) & Mark.DEK else _NEVER
        if piece.kind not in _TEXT or marks & never or piece.key == headline.key:
            continue
        if _is_sentence(piece):
            yield piece


def _is_sentence(piece: Piece) -> bool:
    """Whether a piece reads as a standfirst rather than as byline, date or label."""
    text = piece.text
    if not _SHORTEST < len(text) < _LONGEST or piece.is_linked:
        return False
    if len(text) < _LONGEST_LABEL and (shows_date(text) or is_byline(text)):
        return False
    if len(text) < 2 * _LONGEST_LABEL and shows_date(text) and is_byline(text):
        return False
    # A caption whose picture is not there ends in its credit.
    is_caption = text.endswith(")") and split_credit(text).credit is not None
    return not is_caption and not is_furniture_line(text)


def _names_people(text: str) -> bool:
    """Whether a line is names, and hardly a letter else."""
    named = sum(len(name) for name in split_names(text) if looks_like_name(name))
    return named > _NAMED_SHARE * len(text)


def _shares_element(piece: Piece, headline: Piece) -> bool:
    """Whether a piece stands beside the headline, or one element further out."""
    above = list(headline.node.iterancestors())[:2]
    return any(node in above for node in list(piece.node.iterancestors())[:2])


def _is_set_off(piece: Piece, headline: Piece, flow: list[Piece]) -> bool:
    """Whether a line follows the headline at once, and a byline or a date follows it."""
    at = flow.index(headline) + 1
    is_told = piece.kind is PieceKind.HEADING or len(piece.text.split()) >= _FEWEST_WORDS
    if flow[at] is not piece or not is_told or _names_people(piece.text):
        return False
    for after in flow[at + 1 : at + _FARTHEST]:
        if after.kind in {PieceKind.FIGURE, PieceKind.CAPTION}:
            continue
        if len(after.text) > _LONGEST_LABEL:
            return False
        if is_byline(after.text) or shows_date(after.text):
            return True
    return False
