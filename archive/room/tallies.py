"""Figures by site and day, out of the index: each is one grouped question, whatever the site."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from archive.search.entries import FIELDS, LAGS, MISSED, day_of

_EPOCH: Final = date(1970, 1, 1)
_LAG_NAMES: Final = tuple(
    f"{minutes} min" if minutes < 60 else f"{minutes // 60} h" if minutes < 2880 else f"{days} d"  # noqa: PLR2004 - an hour, two days
    for lag in LAGS
    for minutes, days in [(int(lag.total_seconds() // 60), lag.days)]
)
LAG_NAMES: Final = (*(f"≤ {name}" for name in _LAG_NAMES), f"> {_LAG_NAMES[-1]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Some days in a row, the last of them today."""

    last: int
    count: int

    @property
    def first(self) -> int:
        """The first, in days since 1970."""
        return self.last - self.count + 1

    @property
    def dates(self) -> tuple[date, ...]:
        """Every one of them."""
        return tuple(_EPOCH + timedelta(days=day) for day in range(self.first, self.last + 1))

    def row(self, values: Mapping[int, int]) -> list[int]:
        """Return a value a day; 0 where there is none."""
        return [values.get(day, 0) for day in range(self.first, self.last + 1)]


def days_until(now: datetime, count: int) -> Days:
    """Return the days that end with a moment's."""
    return Days(last=day_of(now), count=count)


def totals(db: sqlite3.Connection) -> dict[str, int]:
    """Return how much there is of everything."""
    articles = db.execute(
        "SELECT coalesce(sum(articles), 0) AS articles, coalesce(sum(edits), 0) AS edits "
        "FROM published"
    ).fetchone()
    captures = db.execute(
        "SELECT coalesce(sum(captures), 0) AS captures, coalesce(sum(bytes), 0) AS bytes "
        "FROM fetched"
    ).fetchone()
    return {**dict(articles), **dict(captures)}


def by_day(db: sqlite3.Connection, table: str, column: str, days: Days) -> dict[str, list[int]]:
    """Return a column of a tally, a value a day, of every site that has one."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for site, day, value in db.execute(
        f"SELECT site, day, sum({column}) FROM {table} WHERE day BETWEEN ? AND ? "  # noqa: S608 - names of our own
        "GROUP BY site, day",
        (days.first, days.last),
    ):
        found[site][day] = value
    return {site: days.row(values) for site, values in found.items()}


def of_sites(db: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Return what the archive holds of each site."""
    found: dict[str, dict[str, int]] = defaultdict(
        lambda: {"articles": 0, "edits": 0, "captures": 0, "bytes": 0}
    )
    for query in (
        "SELECT site, sum(articles) AS articles, sum(edits) AS edits FROM published GROUP BY site",
        "SELECT site, sum(captures) AS captures, sum(bytes) AS bytes FROM fetched GROUP BY site",
    ):
        for row in db.execute(query):
            values = dict(row)
            found[values.pop("site")].update(values)
    return dict(found)


def summed(rows: Iterable[Sequence[int]], count: int) -> list[int]:
    """Return the sum of all sites, so many values in a row."""
    kept = list(rows)
    return [sum(column) for column in zip(*kept, strict=True)] if kept else [0] * count


def fill_rates(
    db: sqlite3.Connection, days: Days, *, step: int, site: str | None = None
) -> dict[str, dict[str, list[float | None]]]:
    """Return site, then field, then how often it was filled, 0 to 1, a value every `step` days.

    None where there were no rows.
    """
    where = "day BETWEEN ? AND ?" + (" AND site = ?" if site else "")
    values = (days.first, days.last, *([site] if site else []))
    buckets = range(-(-days.count // step))
    rows: dict[tuple[str, int], int] = defaultdict(int)
    for name, day, count in db.execute(
        f"SELECT site, day, articles + edits FROM published WHERE {where}",  # noqa: S608 - values are bound
        values,
    ):
        rows[name, (day - days.first) // step] += count
    filled: dict[tuple[str, str, int], int] = defaultdict(int)
    for name, day, column, count in db.execute(
        f"SELECT site, day, field, rows FROM filled WHERE {where}",  # noqa: S608 - same
        values,
    ):
        filled[name, column, (day - days.first) // step] += count
    return {
        name: {
            column: [
                filled[name, column, bucket] / total if (total := rows[name, bucket]) else None
                for bucket in buckets
            ]
            for column in FIELDS
        }
        for name in sorted({name for name, _ in rows})
    }


def lags(
    db: sqlite3.Connection, kind: str, days: Days, *, site: str | None = None
) -> dict[str, list[int]]:
    """Return of each site how many rows came how long after publication, by bucket."""
    found: dict[str, list[int]] = defaultdict(lambda: [0] * (len(LAGS) + 1))
    where = " AND site = ?" if site else ""
    for name, bucket, count in db.execute(
        "SELECT site, bucket, sum(rows) FROM lag WHERE kind = ? AND day BETWEEN ? AND ?"  # noqa: S608 - values are bound
        f"{where} GROUP BY site, bucket",
        (kind, days.first, days.last, *([site] if site else [])),
    ):
        found[name][bucket] = count
    return dict(found)


def quantile(counts: Sequence[int], share: float) -> str | None:
    """Return the bucket under which a share of the rows lies; None without rows.

    >>> quantile([1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0.5)
    '≤ 5 min'
    """
    total, so_far = sum(counts), 0
    for name, count in zip(LAG_NAMES, counts, strict=True):
        so_far += count
        if total and so_far >= share * total:
            return name
    return None


def coverage_days(
    db: sqlite3.Connection, days: Days, *, site: str | None = None
) -> dict[str, list[tuple[int, int]]]:
    """Return of each site, a pair a day: articles it advertised that may be had, and those we have.

    By the day of first sight.
    """
    had = ("archived", "unchanged")
    counted = (*had, *(fate for fate in MISSED if fate not in {"gone", "refused"}))
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    where = " AND site = ?" if site else ""
    for name, day, fate, count in db.execute(
        f"SELECT site, day, fate, addresses FROM seen WHERE day BETWEEN ? AND ?{where}",  # noqa: S608 - values are bound
        (days.first, days.last, *([site] if site else [])),
    ):
        if fate in counted:
            found[name][day][0] += count
            found[name][day][1] += count if fate in had else 0
    return {
        name: [
            (each[day][0], each[day][1]) if day in each else (0, 0)
            for day in range(days.first, days.last + 1)
        ]
        for name, each in found.items()
    }


def retitled(db: sqlite3.Connection, limit: int) -> list[dict[str, Any]]:
    """Return the newest headlines that were changed after publication."""
    rows = db.execute("SELECT * FROM retitled ORDER BY fetched_at DESC, id DESC LIMIT ?", (limit,))
    return [dict(row) for row in rows]
