"""How full each site's fields are in a run, against what its file promises."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from archive.article import Article
from archive.journal.alarms import ROWS
from crawler.extract.rules import Expect, filled_fields

_Z: Final = 1.96
"""95 % confidence: a field that fails on 3 of 7 rows is no news yet, on 300 of 700 it is."""
_FEWEST_ROWS: Final = 5
"""Below that the interval says more than anybody knows: one row that lacks a dek is no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPromise:
    """A field that is surely emptier than promised."""

    site: str
    field: str
    rate: float
    promised: float
    rows: int


class Promises:
    """Counts, row by row, which fields are filled."""

    def __init__(self) -> None:
        self._rows: Counter[str] = Counter()
        self._filled: Counter[tuple[str, str]] = Counter()

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many rows filled each field of each site; the rows themselves under ROWS."""
        rows = {(site, ROWS): count for site, count in self._rows.items()}
        return {**rows, **self._filled}

    def add(self, site: str, filled: Mapping[str, int]) -> None:
        """Count in what is known of rows already, as `counts` gives it."""
        self._rows[site] += filled.get(ROWS, 0)
        self._filled.update({(site, field): n for field, n in filled.items() if field != ROWS})

    def note(self, site: str, article: Article) -> None:
        """Count one article of a site."""
        self._rows[site] += 1
        self._filled.update((site, field) for field in filled_fields(article))

    def broken(self, expectations: Mapping[str, Expect]) -> Iterator[BrokenPromise]:
        """Yield each promise whose Wilson upper bound lies below what was promised."""
        for site, expect in expectations.items():
            rows = self._rows[site]
            for field, promised in expect.rates.items():
                filled = self._filled[site, field]
                if rows < _FEWEST_ROWS and promised < 1:
                    continue
                # A bound of 1 may come out a hair below it: what is always filled is kept.
                if filled < rows and wilson_upper_bound(filled, rows) < promised:
                    yield BrokenPromise(
                        site=site, field=field, rate=filled / rows, promised=promised, rows=rows
                    )


def wilson_upper_bound(successes: int, trials: int) -> float:
    """Return the upper end of the 95 % Wilson score interval of a rate.

    >>> round(wilson_upper_bound(3, 7), 2), round(wilson_upper_bound(300, 700), 2)
    (0.75, 0.47)
    """
    rate, z2 = successes / trials, _Z * _Z
    centre = rate + z2 / (2 * trials)
    spread = _Z * math.sqrt(rate * (1 - rate) / trials + z2 / (4 * trials * trials))
    return (centre + spread) / (1 + z2 / trials)
