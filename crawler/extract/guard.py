"""The last resort when the page's own elements and trafilatura do not tell the same story."""

from collections.abc import Sequence
from typing import Final

from archive.article import Block, BlockKind
from crawler.extract.claims import Claims
from crawler.extract.furniture import is_furniture_line
from crawler.extract.kept import Kept
from crawler.extract.pieces import Piece
from crawler.extract.wording import letters, tidy

_KINDS: Final = {
    "head": BlockKind.HEADING,
    "item": BlockKind.LIST_ITEM,
    "quote": BlockKind.QUOTE,
    "code": BlockKind.CODE,
    "cell": BlockKind.TABLE,
}
_LEAST_ALIGNED: Final = 0.4
_SHORTEST: Final = 200
"""Letters; less text than this is not worth a second look."""


def is_misaligned(flow: Sequence[Piece], kept: Kept) -> bool:
    """Whether so little of what trafilatura keeps was found in the page that text would be lost."""
    found = sum(len(piece.key) for piece in flow if piece.kept)
    return len(kept.letters) > _SHORTEST and found < _LEAST_ALIGNED * len(kept.letters)


def blocks_of_trafilatura(kept: Kept, known: frozenset[str]) -> tuple[Block, ...]:
    """Return trafilatura's own blocks; `known` are the letters of what stands elsewhere already."""
    return tuple(
        Block(
            kind=(kind := _KINDS.get(tag, BlockKind.PARAGRAPH)),
            level=2 if kind is BlockKind.HEADING else None,
            text=text,
        )
        for tag, text in kept.blocks
        if not is_furniture_line(text) and letters(text) not in known
    )


def blocks_of_claims(claims: Claims) -> tuple[Block, ...]:
    """Return the body that JSON-LD carries, as paragraphs; empty when it carries none."""
    body = claims.article.get("articleBody")
    if not isinstance(body, str) or len(letters(body)) < _SHORTEST:
        return ()
    return tuple(
        Block(kind=BlockKind.PARAGRAPH, text=text)
        for line in body.replace("\r", "\n").split("\n")
        if (text := tidy(line))
    )
