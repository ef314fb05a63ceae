"""Searching: what a reader typed, as a question to FTS5, answered a page at a time, newest first.

Every filter is a word of the index or a range of its ids, so a page costs what is on it, however
many articles there are: a count ends at `MOST_COUNTED`.
"""

import re
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from archive.instant import to_micros
from archive.search.entries import EDITED_WORD, SERIALS, site_word

MOST_COUNTED: Final = 100
_TYPED: Final = re.compile(r'"([^"]*)"|(\S+)')
_AROUND: Final = 90
"""Characters shown on each side of a hit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; everything empty is the newest of all."""

    words: str = ""
    """As typed: all of them must be there; "a phrase"; a beginning*."""
    site: str = ""
    author: str = ""
    credit: str = ""
    since: date | None = None
    until: date | None = None
    """By publication, or by capture when nobody said when; both days included."""
    is_edited: bool = False
    before: int | None = None
    """Only what comes behind this one in the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of what was found."""

    rows: tuple[dict[str, Any], ...]
    count: int
    """Of all pages; MOST_COUNTED + 1 when there are more than that."""
    following: int | None
    """What `before` has to be for the next page; None on the last."""


def find(db: sqlite3.Connection, wanted: Wanted, *, limit: int) -> Found:
    """Return a page of the articles that are wanted, newest first, each with the words around."""
    match = _match(wanted)
    source = "word CROSS JOIN article a ON a.id = word.rowid" if match else "article a"
    key = "word.rowid" if match else "a.id"
    conditions = ["word MATCH :match"] if match else []
    conditions += [f"{key} >= :first", f"{key} < :end"]
    values: dict[str, Any] = {"match": match, **_range(wanted)}
    where = " AND ".join(conditions)
    listing = f"SELECT {key} FROM {source} WHERE {where}"  # noqa: S608 - values are bound
    counted = [
        each
        for (each,) in db.execute(
            f"{listing} ORDER BY {key} DESC LIMIT :most", values | {"most": MOST_COUNTED + 1}
        )
    ]
    ids = counted[: limit + 1]
    if wanted.before is not None:
        ids = [
            each
            for (each,) in db.execute(
                f"{listing} AND {key} < :before ORDER BY {key} DESC LIMIT :limit",
                values | {"before": wanted.before, "limit": limit + 1},
            )
        ]
    page = [
        db.execute("SELECT * FROM article WHERE id = ?", (each,)).fetchone() for each in ids[:limit]
    ]
    terms = _terms(wanted.words)
    return Found(
        rows=tuple(_shown(row, terms) for row in page),
        count=len(counted),
        following=ids[limit - 1] if len(ids) > limit else None,
    )


def spans(text: str, words: str) -> list[tuple[str, bool]]:
    """Return a text in pieces, and of each whether it is what was looked for."""
    return _marked(text, _terms(words))


def _match(wanted: Wanted) -> str:
    asked = [f"{{headline text author credit}} : {_phrase(*term)}" for term in _terms(wanted.words)]
    for column in ("author", "credit"):
        value = getattr(wanted, column)
        if any(map(str.isalnum, value)):
            asked.append(f"{column} : {_phrase(value, is_prefix=False)}")
    if wanted.site:
        asked.append(f"facet : {site_word(wanted.site)}")
    if wanted.is_edited:
        asked.append(f"facet : {EDITED_WORD}")
    return " AND ".join(asked)


def _terms(words: str) -> list[tuple[str, bool]]:
    """Return the phrases that were typed, and of each whether it is only a beginning."""
    found = []
    for typed in _TYPED.finditer(words):
        phrase = typed[1] if typed[2] is None else typed[2].replace('"', "")
        if any(map(str.isalnum, phrase)):
            found.append((phrase, phrase.endswith("*")))
    return found


def _phrase(text: str, is_prefix: bool) -> str:  # noqa: FBT001 - the pair that _terms returns
    quoted = text.replace('"', '""').replace("\0", "")
    return f'"{quoted}"*' if is_prefix else f'"{quoted}"'


def _range(wanted: Wanted) -> dict[str, int]:
    until = None if wanted.until is None else wanted.until + timedelta(days=1)
    return {
        "first": -(1 << 62) if wanted.since is None else _id_at(wanted.since),
        "end": 1 << 62 if until is None else _id_at(until),
    }


def _id_at(day: date) -> int:
    return to_micros(datetime.combine(day, time(), UTC)) // 1_000_000 * SERIALS


def _shown(row: sqlite3.Row, terms: list[tuple[str, bool]]) -> dict[str, Any]:
    shown = dict(row)
    text = zlib.decompress(shown.pop("body")).decode("utf-8", "replace")
    shown["marked_headline"] = _marked(row["headline"], terms)
    shown["around"] = _around(text, terms)
    return shown


def _around(text: str, terms: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Return the first hit in a text and what stands around it; without one, the beginning."""
    hit = _pattern(terms).search(text) if terms else None
    start = max(0, hit.start() - _AROUND) if hit else 0
    end = min(len(text), (hit.end() if hit else start + _AROUND) + _AROUND)
    piece = " ".join(text[start:end].split())
    marked = _marked(piece, terms)
    before = [("… ", False)] if start else []
    after = [(" …", False)] if end < len(text) else []
    return [*before, *marked, *after]


def _marked(text: str, terms: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    return list(_pieces(text, terms)) if terms else [(text, False)]


def _pieces(text: str, terms: list[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    at = 0
    for hit in _pattern(terms).finditer(text):
        if hit.start() > at:
            yield text[at : hit.start()], False
        yield hit[0], True
        at = hit.end()
    if at < len(text):
        yield text[at:], False


def _pattern(terms: list[tuple[str, bool]]) -> re.Pattern[str]:
    """Return what finds the words as FTS5 does, but for marks above letters."""
    each = (
        r"\b"
        + r"\W+".join(re.escape(w) for w in re.findall(r"\w+", phrase))
        + (r"\w*" if is_prefix else r"\b")
        for phrase, is_prefix in terms
    )
    return re.compile("|".join(each), re.IGNORECASE)
