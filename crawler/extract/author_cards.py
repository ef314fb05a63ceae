"""What author cards say: the bio, and how many articles there are."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from archive.article import Author
from crawler.extract.furniture import is_furniture_line
from crawler.extract.marks import Mark
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.region import Region
from crawler.extract.wording import letters

_COUNT: Final = re.compile(
    r"(?:articles?|posts?|stories)\s+(?:published|written)\s*:?\s*([\d,]+)"
    r"|([\d,]+)\s+(?:articles?|posts?|stories)\s+(?:published|written)",
    re.IGNORECASE,
)
_DESCRIBES: Final = re.compile(
    r"\b\W{0,3}(?:is\s+(?:an?|the|based|currently|(?:[\w’'-]+\s+){0,3}(?:editor|writer|reporter|critic"
    r"|journalist|correspondent|producer|columnist|contributor|author))|was\s+an?"
    r"|has\s+(?:been|worked|written)|covers|writes|joined\s+\w+\s+in|reports\s+on|works\s+(?:as|for)|specializes)\b"
)
_MORE: Final = re.compile(
    r"\s*(?:\b(?:read|see|view|learn|find) )?\b(?:more|all(?: posts)?)"
    r" (?:about|by|from)\b[^.]{2,60}$",
    re.IGNORECASE,
)
"""The link that ends a card."""
_TEXT: Final = frozenset({PieceKind.PARAGRAPH, PieceKind.LIST_ITEM})
_FEWEST_WORDS: Final = 8
_LONGEST: Final = 2500
_FEWEST_PARAGRAPHS: Final = 3
_LONGEST_COUNT: Final = 80


def with_cards(
    authors: Sequence[Author], flow: list[Piece], region: Region, bio: Piece | None
) -> tuple[Author, ...]:
    """Return the authors with what their cards say; `bio` is a paragraph known to be one."""
    introductions = [
        piece.text
        for piece in flow
        if _is_card_text(piece, region, Mark.AUTHOR)
        and any(_introduces(piece, author) for author in authors)
    ]
    bios = [*([bio.text] if bio else []), *_bios(flow, region), *introductions]
    bios = [_MORE.sub("", text) for text in bios]
    if len(authors) != 1:
        return tuple(replace(author, bio=_about(author, bios) or author.bio) for author in authors)
    (author,) = authors
    found = _about(author, bios) or (bios[0] if bios else None) or author.bio
    return (replace(author, bio=found, articles_published=_article_count(flow)),)


def closing_bio(pieces: Sequence[Piece], authors: Sequence[Author]) -> Piece | None:
    """Return the last paragraph of the body when it introduces the author, else None."""
    prose = [piece for piece in pieces if piece.kind is PieceKind.PARAGRAPH]
    if len(prose) < _FEWEST_PARAGRAPHS:
        return None
    return prose[-1] if any(_introduces(prose[-1], author) for author in authors) else None


def _introduces(piece: Piece, author: Author) -> bool:
    """Whether a piece begins with an author's name and goes on to say who that is."""
    first, *_, last = author.name.split() * 2
    names = (author.name, first, last)
    # One pattern for all names: to compile one a page takes longer than to read the page's cards.
    return any(
        piece.text.startswith(name) and _DESCRIBES.match(piece.text, len(name)) for name in names
    )


def _bios(flow: list[Piece], region: Region) -> list[str]:
    """Return the texts of author cards, the paragraphs of one card joined."""
    cards: dict[int, list[str]] = {}
    for piece in flow:
        if _is_card_text(piece, region, Mark.BIO):
            named = [node for node, marks in piece.context.roots if marks & Mark.BIO]
            cards.setdefault(id(named[-1] if named else piece.node), []).append(piece.text)
    return list(dict.fromkeys(map(" ".join, cards.values())))


def _is_card_text(piece: Piece, region: Region, mark: int) -> bool:
    """Whether a piece is a sentence or more in an element with a mark."""
    return (
        piece.kind in _TEXT
        and bool(region.marks(piece) & mark)
        and not piece.is_linked
        and len(piece.text) <= _LONGEST
        and len(piece.text.split()) >= _FEWEST_WORDS
        and not is_furniture_line(piece.text)
    )


def _about(author: Author, bios: list[str]) -> str | None:
    """Return the bio that names an author."""
    for name in (author.name, author.name.split()[0]):
        for bio in bios:
            if letters(name) in letters(bio[:300]):
                return bio
    return None


def _article_count(flow: list[Piece]) -> int | None:
    """Return how many articles a card counts, or None when none does."""
    for piece in flow:
        text = piece.text
        if (
            len(text) < _LONGEST_COUNT
            and any(map(str.isdigit, text))
            and (found := _COUNT.search(text))
        ):
            return int((found[1] or found[2]).replace(",", "") or 0)
    return None
