"""What rows become in `search.db`: articles to be found, tallies, the newest ledger."""

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from archive.coverage import Fate
from archive.instant import to_micros

SERIALS: Final = 1 << 20
"""Articles that may share a second."""
DAY: Final = 86_400_000_000
LAGS: Final = tuple(
    timedelta(minutes=minutes)
    for minutes in (5, 15, 30, 60, 180, 360, 720, 1440, 2880, 10080, 43200)
)
"""The upper ends of the buckets of `lag`; one more bucket holds what lies beyond."""
MISSED: Final = (Fate.FAILED, Fate.BLOCKED, Fate.GONE, Fate.UNREADABLE, Fate.REFUSED, Fate.PENDING)
"""Fates of addresses that nothing is archived of, or nothing could be read from."""

_Row = Mapping[str, Any]
# The fields of an article whose filling is counted, by what makes each of them filled.
FIELDS: Final[Mapping[str, Callable[[_Row], object]]] = {
    "dek": lambda row: row["dek"],
    "kicker": lambda row: row["kicker"],
    "key_points": lambda row: row["key_points"],
    "authors": lambda row: row["authors"],
    "author_bio": lambda row: any(author["bio"] for author in row["authors"]),
    "published_at": lambda row: row["published_at"],
    "images": lambda row: row["images"],
    "credits": lambda row: any(image["credit"] for image in row["images"]),
    "quotes": lambda row: row["quotes"],
    "tags": lambda row: row["tags"],
    "section": lambda row: row["section"],
}
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "articles": (
        *("article_id", "version", "url", "headline", "kicker", "dek", "key_points", "text"),
        *("authors.list.element.name", "authors.list.element.bio"),
        *("images.list.element.caption", "images.list.element.credit"),
        *("quotes.list.element.speaker", "tags", "section"),
        *("published_at", "fetch_time", "word_count", "run_id"),
    ),
    "captures": (*("fetch_time", "fetch_status", "fetch_failure", "warc_record_length", "run_id"),),
    "coverage": (
        *("url", "fate", "reason", "first_seen_at", "fetch_time", "fetch_status", "attempts"),
        *("advertised_in", "article_id", "run_id"),
    ),
}
_REFUSALS: Final = frozenset({401, 403, 429, 451})
_TALLIES: Final[Mapping[str, tuple[int, int]]] = {
    # table: how many columns are its key, and how many are counted
    "published": (2, 3),
    "filled": (3, 1),
    "lag": (4, 1),
    "fetched": (2, 4),
    "run_site": (2, 4),
    "fate": (4, 1),
    "seen": (3, 1),
}


def site_word(site: str) -> str:
    """Return the word by which a site is found in `facet`: one token, whatever its name."""
    return f"site{site.encode().hex()}"


EDITED_WORD: Final = "edited"


def day_of(moment: datetime) -> int:
    """Return the days since 1970, UTC."""
    return to_micros(moment) // DAY


def bucket_of(lag: timedelta) -> int:
    """Return which of LAGS a time falls under; len(LAGS) for what lies beyond.

    >>> bucket_of(timedelta(minutes=4)), bucket_of(timedelta(hours=2)), bucket_of(timedelta(99))
    (0, 4, 11)
    """
    return next((place for place, end in enumerate(LAGS) if lag <= end), len(LAGS))


class Entries:
    """Takes rows, and keeps the sums until they are written."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._sums: dict[str, dict[tuple[Any, ...], list[int]]] = {t: {} for t in _TALLIES}

    def add(self, dataset: str, site: str, rows: Iterable[_Row]) -> None:
        """Take rows of one dataset and site."""
        take = {"articles": self._article, "captures": self._capture, "coverage": self._address}
        for row in rows:
            take[dataset](site, row)

    def write(self) -> None:
        """Add what was counted to the tallies."""
        for table, (keys, counts) in _TALLIES.items():
            sums, self._sums[table] = self._sums[table], {}
            names = [row[1] for row in self._db.execute(f"PRAGMA table_info({table})")]
            marks = ", ".join("?" * (keys + counts))
            more = ", ".join(f"{name} = {name} + excluded.{name}" for name in names[keys:])
            self._db.executemany(
                f"INSERT INTO {table} VALUES ({marks}) "  # noqa: S608 - names of our own
                f"ON CONFLICT ({', '.join(names[:keys])}) DO UPDATE SET {more}",
                ((*key, *amounts) for key, amounts in sums.items()),
            )

    def _count(self, table: str, key: tuple[Any, ...], *amounts: int) -> None:
        sums = self._sums[table]
        known = sums.get(key)
        if known is None:
            sums[key] = list(amounts)
        else:
            for place, amount in enumerate(amounts):
                known[place] += amount

    def _article(self, site: str, row: _Row) -> None:
        at, published = row["fetch_time"], row["published_at"]
        if at is None or not row["article_id"]:
            return
        day, is_first = day_of(at), row["version"] == 1
        self._count("published", (site, day), is_first, not is_first, row["word_count"])
        self._count("run_site", (row["run_id"] or "", site), 0, 0, is_first, not is_first)
        for field, is_filled in FIELDS.items():
            if is_filled(row):
                self._count("filled", (site, day, field), 1)
        if published is not None and at >= published:
            kind = "archived" if is_first else "edited"
            self._count("lag", (kind, site, day, bucket_of(at - published)), 1)
        self._index(site, row)

    def _index(self, site: str, row: _Row) -> None:
        """Put an article's newest version where it is found."""
        known = self._db.execute(
            "SELECT id, version, headline FROM article WHERE article_id = ?", (row["article_id"],)
        ).fetchone()
        if known is not None:
            if known[1] >= row["version"]:
                return
            if known[2] != row["headline"]:
                self._retitle(site, row, before=known[2])
            self._db.execute("DELETE FROM article WHERE id = ?", (known[0],))
        published, fetched = row["published_at"], row["fetch_time"]
        new_id = self._free_id(published or fetched)
        authors = ", ".join(author["name"] for author in row["authors"])
        self._db.execute(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(new_id, row["article_id"], row["version"], site, row["url"], row["headline"]),
                *(row["dek"], authors, _micros(published), to_micros(fetched), row["word_count"]),
                zlib.compress(row["text"].encode("utf-8", "replace"), 1),
            ),
        )
        facets = [site_word(site), *([EDITED_WORD] if row["version"] > 1 else [])]
        self._db.execute(
            "INSERT INTO word (rowid, headline, text, author, credit, facet) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                *(new_id, row["headline"], "\n".join(_words_of(row)), authors),
                *("\n".join(filter(None, (i["credit"] for i in row["images"]))), " ".join(facets)),
            ),
        )

    def _free_id(self, moment: datetime) -> int:
        first = to_micros(moment) // 1_000_000 * SERIALS
        taken = self._db.execute("SELECT id FROM last_word WHERE second = ?", (first,)).fetchone()
        free: int = first if taken is None else taken[0] + 1
        self._db.execute("INSERT OR REPLACE INTO last_word VALUES (?, ?)", (first, free))
        return free

    def _retitle(self, site: str, row: _Row, *, before: str) -> None:
        self._db.execute(
            "INSERT INTO retitled (article_id, version, site, fetched_at, published_at, before, "
            "after) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(row["article_id"], row["version"], site, to_micros(row["fetch_time"])),
                *(_micros(row["published_at"]), before, row["headline"]),
            ),
        )

    def _capture(self, site: str, row: _Row) -> None:
        size = row["warc_record_length"] or 0
        failed = row["fetch_failure"] is not None
        blocked = row["fetch_status"] in _REFUSALS
        self._count("fetched", (site, day_of(row["fetch_time"])), 1, size, failed, blocked)
        self._count("run_site", (row["run_id"], site), 1, size, 0, 0)

    def _address(self, site: str, row: _Row) -> None:
        fate, reason = row["fate"], row["reason"]
        self._count("fate", (row["run_id"], site, fate, reason or ""), 1)
        known = self._db.execute(
            "SELECT id, run_id, site, fate, first_seen_at FROM ledger WHERE url = ?", (row["url"],)
        ).fetchone()
        first_seen = to_micros(row["first_seen_at"])
        if known is not None:
            if known[1] > row["run_id"]:  # ids of runs begin with their time
                return
            first_seen = min(first_seen, known[4])
            self._count("seen", (known[2], known[4] // DAY, known[3]), -1)
        self._count("seen", (site, first_seen // DAY, fate), 1)
        self._db.execute(
            "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(known[0] if known else None, row["url"], site, fate, reason, fate in MISSED),
                *(first_seen, _micros(row["fetch_time"]), row["fetch_status"], row["attempts"]),
                *(", ".join(row["advertised_in"]), row["article_id"], row["run_id"]),
            ),
        )


def _words_of(row: _Row) -> Iterator[str]:
    """Yield what of an article is searched beside headline, authors and credits."""
    yield from filter(None, (row["kicker"], row["dek"], *row["key_points"], row["text"]))
    yield from filter(None, (image["caption"] for image in row["images"]))
    yield from row["tags"]


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)
