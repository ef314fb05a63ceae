"""What changed from one version of an article to the next: columns, and words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final

from archive.columns import plain

# What makes a version (archive/article.py), as words a reader sees; `text` stands for the blocks.
_WORDED: Final = ("headline", "kicker", "dek", "key_points", "text")
_LISTED: Final = ("quotes", "images", "authors")
# White space is a word of its own: put together again, the words are the text.
_WORD: Final = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Some words, and what became of them."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One column that is not as it was."""

    column: str
    spans: tuple[Span, ...] = ()
    """The whole column, word by word; empty for lists of records."""
    removed: tuple[Mapping[str, Any], ...] = ()
    """Records that are not there any more."""
    added: tuple[Mapping[str, Any], ...] = ()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what differs between two rows of `articles`, in the order of the columns."""
    return (*_worded(before, after), *_listed(before, after))


def _worded(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for column in _WORDED:
        old, new = _words_of(before[column]), _words_of(after[column])
        if old != new:
            yield Difference(column=column, spans=tuple(word_spans(old, new)))


def _words_of(value: str | Sequence[str] | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else "\n".join(value)


def word_spans(old: str, new: str) -> Iterator[Span]:
    """Yield all words of both texts in order; an unchanged paragraph is not taken apart."""
    paragraphs = [text.splitlines(keepends=True) for text in (old, new)]
    for tag, a, b in _opcodes(*paragraphs):
        if tag == "equal":
            yield Span(change=Change.KEPT, text="".join(a))
            continue
        words = [_WORD.findall("".join(lines)) for lines in (a, b)]
        for inner, gone, come in _opcodes(*words):
            if inner == "equal":
                yield Span(change=Change.KEPT, text="".join(gone))
                continue
            if gone:
                yield Span(change=Change.REMOVED, text="".join(gone))
            if come:
                yield Span(change=Change.ADDED, text="".join(come))


def _opcodes(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield tag, old[a:b], new[c:d]


def _listed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for column in _LISTED:
        old, new = plain(before[column]), plain(after[column])
        removed = tuple(record for record in old if record not in new)
        added = tuple(record for record in new if record not in old)
        if removed or added:
            yield Difference(column=column, removed=removed, added=added)
