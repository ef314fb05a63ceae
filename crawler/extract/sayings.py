"""Who said it, and to whom: speakers of block quotes, and outlets named as the source."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from archive.article import Attribution, Quote
from crawler.extract.address import absolute
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.tree import Node, raw_text
from crawler.extract.wording import letters, tidy

_VERBS: Final = (
    r"(?:told|said|says|tells|shared|explained|revealed|added|wrote|writes|recalled|stated|noted"
    r"|admitted|confessed|continued|replied|responded|tweeted|posted|joked|confirmed|claimed|opined"
    r"|remarked|mentioned|exclaimed|expressed|commented|announced|penned)"
)
_NAME: Final = (
    r"(?:[A-Z][\w.'’-]*)(?:\s+(?:[A-Z][\w.'’-]*|de|van|von|la|del|of|the))*"  # Vale, Ida van Marsh
)
_TOLD: Final = re.compile(
    rf"(?P<speaker>{_NAME})\s+(?:\w+ly\s+)?(?:told|tells|said\s+to|spoke\s+(?:to|with))\s+"
    rf"(?P<source>(?:the\s+)?{_NAME})"
)
_SAID: Final = re.compile(
    rf"(?P<speaker>{_NAME})\s+(?:\w+ly\s+|also\s+|further\s+|then\s+)?{_VERBS}\b"
)
_PRONOUNS: Final = frozenset(
    {"He", "She", "They", "It", "I", "We", "You", "The", "This", "That", "In", "And", "But"}
    | {"When", "While", "As", "Her", "His"}
)
_LAST_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")
_VIA: Final = re.compile(
    r"[(\[]\s*(?:via|source|h/t|per|hat tip)\s*:?\s+(?P<name>[^()\[\]]{2,60}?)\s*[)\]]",
    re.IGNORECASE,
)
_SOURCE_LINE: Final = re.compile(
    r"\W*(?:source|via|h/t|hat tip)s?\s*:\s*(?P<name>.{2,120}?)\W*", re.IGNORECASE
)
_LONGEST_SOURCE_LINE: Final = 160
_MOST_WORDS: Final = 6
"""Below the body more is another article's title."""


def read_quotes(pieces: Iterable[Piece]) -> tuple[Quote, ...]:
    """Return the block quotes; speaker and source as far as markup or the line before says."""
    quotes: list[Quote] = []
    before = ""
    for piece in pieces:
        if piece.kind is PieceKind.QUOTE:
            speaker, source = (piece.cite, None) if piece.cite else named_speaker(before)
            quotes.append(Quote(text=_unquoted(piece.text), speaker=speaker, source=source))
        elif piece.kind is PieceKind.PARAGRAPH:
            before = piece.text
    return tuple(quotes)


def named_speaker(lead_in: str) -> tuple[str | None, str | None]:
    """Return who is about to speak, and to whom, by the last sentence of a paragraph.

    Only a sentence that ends in a colon announces a quote.
    """
    if not lead_in.rstrip().endswith(":"):
        return None, None
    sentence = _LAST_SENTENCE.split(lead_in.rstrip(": "))[-1]
    told = list(_TOLD.finditer(sentence))
    source = re.sub(r"^the\s+", "", told[-1]["source"]) if told else None
    said = [*_SAID.finditer(sentence), *told[-1:]]
    named = [name for found in said if (name := _name_in(found["speaker"]))]
    return (named[-1] if named else None), source


def _name_in(words: str) -> str | None:
    """Return a name without capitalised words before it, or None when only such words are there."""
    names = words.split()
    while names and names[0] in _PRONOUNS:
        del names[0]
    return " ".join(names) or None


def read_attributions(
    pieces: Sequence[Piece], after: Sequence[Piece], url: str
) -> tuple[Attribution, ...]:
    """Return the outlets that the text, or a line below it, names as its source, each once."""
    found: dict[str, Attribution] = {}
    told = {id(piece) for piece in pieces}
    for piece in (*pieces, *(piece for piece in after if id(piece) not in told)):
        matches = list(_VIA.finditer(piece.text)) if id(piece) in told else []
        line = _SOURCE_LINE.fullmatch(piece.text[: _LONGEST_SOURCE_LINE + 1])
        if line and (id(piece) in told or len(line["name"].split()) <= _MOST_WORDS):
            matches.append(line)
        for match in matches:
            name = tidy(match["name"])
            address = _address(name, piece.links, url)
            found.setdefault(letters(name), Attribution(name=name, url=address))
    return tuple(found.values())


def _address(name: str, links: tuple[Node, ...], url: str) -> str | None:
    """Return where an outlet's name links to."""
    for link in links:
        if letters(raw_text(link)) == letters(name):
            return absolute(url, link.get("href"))
    return None


def _unquoted(text: str) -> str:
    """Return a quote without marks around the whole of it."""
    inner = text[1:-1]
    if len(text) > 1 and text[0] in '“"' and text[-1] in '”"' and not set(inner) & set('“”"'):
        return inner.strip()
    return text
