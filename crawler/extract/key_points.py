"""The key points: the summary bullets above the body."""

import re
from typing import Final

from crawler.extract.furniture import is_furniture_line
from crawler.extract.marks import Mark
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.region import Region

_HEADINGS: Final = re.compile(
    r"""\W*(?:
    key\s(?:points?|takeaways?|facts?|highlights?|things\sto\sknow)
    |(?:the\s)?(?:main\s|key\s)?takeaways?|at\sa\sglance|tl;?\s?dr|in\s(?:short|brief)
    |(?:article\s|quick\s|story\s|ai\s)?(?:summary|highlights)|need\sto\sknow
    |what\s(?:you\s)?(?:need\s)?to\sknow|the\s(?:gist|lowdown|rundown|big\spicture)
    |(?:story|article|quick)\s(?:points|overview|look)|here['’]s\sthe\s(?:deal|gist)
    )\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_LABELS: Final = frozenset({PieceKind.HEADING, PieceKind.PARAGRAPH})
_LONGEST_HEADING: Final = 40
_REACH: Final = 12
_MOST: Final = 10
_SHORTEST_WORDS: Final = 3
_SHORTEST_SENTENCE: Final = 45


def key_point_pieces(flow: list[Piece], region: Region, body_first: int) -> list[Piece]:
    """Return the pieces that are the key points, in order; empty when the page has none."""
    limit = min(len(flow), body_first + _REACH)
    marked = [
        piece
        for piece in flow[:limit]
        if region.marks(piece) & Mark.KEY_POINTS
        and not region.marks(piece) & (Mark.FURNITURE | Mark.HIDDEN)
        and _is_point(piece)
    ]
    items = [piece for piece in marked if piece.kind is PieceKind.LIST_ITEM]
    found = items or marked or _under_heading(flow[:limit]) or _leading_list(flow, body_first)
    return found if 1 < len(found) <= _MOST else []


def label_of(points: list[Piece], flow: list[Piece], region: Region) -> Piece | None:
    """Return the line above the key points that only says what they are, or None.

    It says so in so many words, or stands in their element.
    """
    at = flow.index(points[0]) - 1 if points else -1
    if at < 0 or len(flow[at].text) >= _LONGEST_HEADING or flow[at].kind not in _LABELS:
        return None
    above = flow[at]
    if _HEADINGS.fullmatch(above.text):
        return above
    boxes = region.elements_marked(above, Mark.KEY_POINTS)
    return above if set(boxes) & set(region.elements_marked(points[0], Mark.KEY_POINTS)) else None


def _under_heading(flow: list[Piece]) -> list[Piece]:
    """Return the list that follows a heading such as "Key takeaways"."""
    for index, piece in enumerate(flow):
        if len(piece.text) < _LONGEST_HEADING and _HEADINGS.fullmatch(piece.text):
            found = []
            for item in flow[index + 1 :]:
                if item.kind is not PieceKind.LIST_ITEM:
                    break
                if _is_point(item):
                    found.append(item)
            if found:
                return found
    return []


def _leading_list(flow: list[Piece], body_first: int) -> list[Piece]:
    """Return the list of sentences that a body begins with."""
    found: list[Piece] = []
    for piece in flow[body_first:]:
        if piece.kind is PieceKind.PARAGRAPH:
            break
        if piece.kind is not PieceKind.LIST_ITEM or not _is_point(piece):
            return []
        found.append(piece)
    length = sum(len(piece.text) for piece in found)
    return found if found and length > _SHORTEST_SENTENCE * len(found) else []


def _is_point(piece: Piece) -> bool:
    """Whether a piece says something in a few words or more, and is no link elsewhere."""
    return (
        piece.kind in {PieceKind.LIST_ITEM, PieceKind.PARAGRAPH}
        and len(piece.text.split()) >= _SHORTEST_WORDS
        and not piece.is_linked
        and not is_furniture_line(piece.text)
    )
