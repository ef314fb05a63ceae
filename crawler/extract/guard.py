"""The last resort when the page's own elements and trafilatura do not tell the same story."""

from collections.abc import Mapping, Sequence
from typing import Final

from archive.article import Block, BlockKind, Image
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
_LEAST_SHARE: Final = 0.5
_SHORTEST_DOUBTED: Final = 2_000
"""Letters; of a short page a caption more or less is a half."""
_SHORTEST: Final = 200
"""Letters; less text than this is not worth a second look."""


def is_misaligned(flow: Sequence[Piece], kept: Kept) -> bool:
    """Whether so little of what trafilatura keeps was found in the page that text would be lost."""
    found = sum(len(piece.key) for piece in flow if piece.kept)
    return len(kept.letters) > _SHORTEST and found < _LEAST_ALIGNED * len(kept.letters)


def is_told_by_captions(images: Sequence[Image], kept: Kept) -> bool:
    """Whether what trafilatura keeps is, for the most part, captions: a gallery's only text."""
    shown = sum(len(letters(image.caption or "")) for image in images)
    return shown >= _LEAST_ALIGNED * len(kept.letters)


def blocks_with_captions(
    flow: Sequence[Piece], told: Mapping[int, Block], images: Sequence[Image]
) -> tuple[Block, ...]:
    """Return the body with each caption as a paragraph at its place.

    `told` are the blocks found already, by the identity of their piece.
    """
    waiting = {image.caption for image in images if image.caption}
    blocks: list[Block] = []
    for piece in flow:
        caption = piece.figure.caption if piece.figure else None
        if id(piece) in told:
            blocks.append(told[id(piece)])
        elif caption in waiting:
            waiting.remove(caption)
            blocks.append(Block(kind=BlockKind.PARAGRAPH, text=caption))
    return tuple(blocks)


def disagreement(blocks: Sequence[Block], kept: Kept) -> tuple[str, ...]:
    """Return a warning when the body and what trafilatura keeps are not of one size.

    The body is published as it is: on pages where the two differ this much, trafilatura had kept
    comments or a feed of other stories, or nothing of a gallery.
    """
    ours, theirs = sum(len(letters(block.text)) for block in blocks), len(kept.letters)
    if max(ours, theirs) < _SHORTEST_DOUBTED:
        return ()
    if ours < _LEAST_SHARE * theirs:
        return ("much_shorter_than_trafilatura",)
    return ("much_longer_than_trafilatura",) if theirs < _LEAST_SHARE * ours else ()


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
