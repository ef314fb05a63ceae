"""The plain notation that stories are written in, read as passages.

Passages stand apart by a blank line and are told by how they begin:

    ## Heading            ### Smaller heading      - list item, one a line
    > block quote         >> pull quote            !name-of-a-figure
    ~ spoiler or sourcing note                     @ address | words of a post
    % time | title of an entry of a live blog

A block quote may open with `[Speaker / Outlet]`, or `[= Speaker]` where the page prints the name
below the quote. Within a line, `*words*` are emphasised and `[words](address)` are a link; an
address of the form `story:slug` is a story of the same site.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class PassageKind(StrEnum):
    """What a passage is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST = "list"
    QUOTE = "quote"
    PULL_QUOTE = "pull_quote"
    EMBED = "embed"
    FIGURE = "figure"
    NOTE = "note"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One piece of a story's body, its text still with inline marks."""

    kind: PassageKind
    lines: tuple[str, ...]
    """One line for most kinds; the items of a list, the paragraphs of a quote."""
    level: int | None = None
    """2 to 6 for headings; 3 for the title of a live entry; None for everything else."""
    speaker: str | None = None
    source: str | None = None
    printed: bool = False
    """Whether the page prints the speaker below the quote."""
    label: str | None = None
    """The address of an embed, the time of a live entry; None for everything else."""

    @property
    def text(self) -> str:
        """The lines as a reader sees them, a blank line between them."""
        return "\n\n".join(plain_text(line) for line in self.lines)


def read_passages(body: str) -> tuple[Passage, ...]:
    """Return the passages of a body, in order."""
    chunks = (chunk.strip("\n") for chunk in re.split(r"\n\s*\n", body))
    return tuple(_read_passage(chunk) for chunk in chunks if chunk.strip())


_LINK: Final = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<address>[^)\s]+)\)")
_EMPHASIS: Final = re.compile(r"\*([^*]+)\*")


def plain_text(line: str) -> str:
    """Return a line without its inline marks.

    >>> plain_text("She is in *Ferrymen* (via [Lantern](https://lantern.example/)).")
    'She is in Ferrymen (via Lantern).'
    """
    return rewrite(line, link=lambda words, _: words, emphasis=lambda words: words)


def rewrite(line: str, *, link: Callable[[str, str], str], emphasis: Callable[[str], str]) -> str:
    """Return a line with its inline marks written by the functions given.

    `link` is called with the words and the address.
    """
    linked = _LINK.sub(lambda found: link(found["words"], found["address"]), line)
    return _EMPHASIS.sub(lambda found: emphasis(found[1]), linked)


def find_links(line: str) -> Iterator[tuple[str, str]]:
    """Yield the words and the address of each link in a line."""
    for link in _LINK.finditer(line):
        yield plain_text(link["words"]), link["address"]


_ATTRIBUTION: Final = re.compile(
    r"(?:\(via |^Source: )(?:\[(?P<linked>[^\]]+)\]\((?P<address>[^)\s]+)\)|(?P<name>[^)\[]+))"
)


def find_attributions(line: str) -> Iterator[tuple[str, str | None]]:
    """Yield each outlet that a line names as its source, with the address or None.

    >>> list(find_attributions("It had a seagull (via Quayside Post)."))
    [('Quayside Post', None)]
    """
    for found in _ATTRIBUTION.finditer(line):
        yield found["linked"] or found["name"], found["address"]


def _joined(chunk: str) -> str:
    return " ".join(chunk.split())


def _read_heading(chunk: str) -> Passage:
    marks, _, words = _joined(chunk).partition(" ")
    return Passage(kind=PassageKind.HEADING, lines=(words,), level=len(marks))


def _read_list(chunk: str) -> Passage:
    items = re.split(r"^- ", chunk, flags=re.MULTILINE)
    return Passage(kind=PassageKind.LIST, lines=tuple(_joined(i) for i in items if i.strip()))


_SPEAKER: Final = re.compile(
    r"\[(?P<printed>= )?(?P<speaker>[^/\]]+?)(?: / (?P<source>[^\]]+))?\]\n"
)


def _read_quote(chunk: str) -> Passage:
    said = re.sub(r"^> ?", "", chunk, flags=re.MULTILINE)
    by = _SPEAKER.match(said)
    paragraphs = re.split(r"\n\s*\n", said[by.end() :] if by else said)
    return Passage(
        kind=PassageKind.QUOTE,
        lines=tuple(_joined(paragraph) for paragraph in paragraphs),
        speaker=by["speaker"] if by else None,
        source=by["source"] if by else None,
        printed=bool(by and by["printed"]),
    )


def _read_line(kind: PassageKind, level: int | None = None) -> Callable[[str], Passage]:
    """Return a reader of a passage of one line behind a mark."""

    def read(chunk: str) -> Passage:
        words = _joined(chunk).lstrip("@%~!>").strip()
        label, bar, text = words.rpartition(" | ")
        if not bar:
            return Passage(kind=kind, lines=(words,), level=level)
        return Passage(kind=kind, lines=(text,), level=level, label=label)

    return read


# Tried in order; the first whose mark opens the chunk reads it.
_READERS: Final[tuple[tuple[str, Callable[[str], Passage]], ...]] = (
    ("#", _read_heading),
    ("- ", _read_list),
    (">>", _read_line(PassageKind.PULL_QUOTE)),
    (">", _read_quote),
    ("!", _read_line(PassageKind.FIGURE)),
    ("~", _read_line(PassageKind.NOTE)),
    ("@", _read_line(PassageKind.EMBED)),
    ("%", _read_line(PassageKind.ENTRY, level=3)),
)


def _read_passage(chunk: str) -> Passage:
    for mark, read in _READERS:
        if chunk.startswith(mark):
            return read(chunk)
    return Passage(kind=PassageKind.PARAGRAPH, lines=(_joined(chunk),))
