"""How much of a page was read right: headline, body, authors and day, held against the truth.

Strings are compared by their letters and digits alone: quotes, dashes and spaces differ by taste.
A body is the set of its runs of four words, which sees what is missing, what is added and what
stands elsewhere, without asking where a paragraph ends.
"""

import json
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Final

_RUN: Final = 4
_ZONES: Final = timedelta(days=1)
"""A day is told in the page's zone or in UTC, which are a day apart at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of a page, or what stands on it."""

    headline: str | None = None
    body: str = ""
    authors: tuple[str, ...] = ()
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well many pages were read, each measure from 0 to 1."""

    headline: float
    """Of the pages that have one."""
    body: float
    """F1 of runs of words, the mean of all pages."""
    authors: float
    """F1 of all names of all pages."""
    day: float
    """Of the pages that say when they were published."""


def golden(folder: Path) -> Reading:
    """Return what a reader sees on a golden page."""
    seen = json.loads((folder / "expected.json").read_text("utf-8"))
    published = seen["published_at"]
    return Reading(
        headline=seen["headline"],
        body="\n".join(text for _, text in seen["blocks"]),
        authors=tuple(author["name"] for author in seen["authors"]),
        day=datetime.fromisoformat(published).date() if published else None,
    )


def score(readings: Sequence[Reading], truths: Sequence[Reading]) -> Score:
    """Return how well pages were read; one that nobody could read counts as empty."""
    pairs = list(zip(readings, truths, strict=True))
    return Score(
        headline=_share(
            _bare(read.headline) == _bare(true.headline) for read, true in pairs if true.headline
        ),
        body=mean(_f1(_runs(read.body), _runs(true.body)) for read, true in pairs),
        authors=_f1(_names(readings), _names(truths)),
        day=_share(_is_near(read.day, true.day) for read, true in pairs if true.day),
    )


def _share(hits: Iterable[bool]) -> float:
    found = list(hits)
    return sum(found) / len(found) if found else 1.0


def _bare(text: str | None) -> str:
    return "".join(filter(str.isalnum, (text or "").casefold()))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [bare for word in text.split() if (bare := _bare(word))]
    return {tuple(words[place : place + _RUN]) for place in range(max(len(words) - _RUN + 1, 1))}


def _names(readings: Sequence[Reading]) -> set[tuple[int, str]]:
    return {(page, _bare(name)) for page, each in enumerate(readings) for name in each.authors}


def _f1(read: AbstractSet[object], true: AbstractSet[object]) -> float:
    """Return the harmonic mean of what of it is right and what of the truth it has."""
    return 2 * len(read & true) / (len(read) + len(true)) if read or true else 1.0


def _is_near(read: date | None, true: date | None) -> bool:
    return read is not None and true is not None and abs(read - true) <= _ZONES
