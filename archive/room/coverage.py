"""The ledger: every address that sites advertised, and what became of it."""

import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from archive.coverage import Fate
from archive.room import tallies
from archive.room.asked import Asked
from archive.room.room import Room
from archive.room.wording import literal, question
from archive.search.entries import MISSED

_DAYS: Final = 30
_PAGE: Final = 40
_SHOWN: Final = ("missed", "all", *Fate)


def coverage(room: Room, asked: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the ledger: by day, by fate, and address by address."""
    del names
    site, fate = asked.word("site"), asked.word("fate") or "missed"
    fate = fate if fate in _SHOWN else "missed"
    before = asked.word("before")
    days = tallies.days_until(room.clock(), _DAYS)
    with room.index.reading() as db:
        by_day = tallies.coverage_days(db, days)
        fates = _fates(db, site)
        rows = _page(db, site, fate, before)
    shown = rows[:_PAGE]
    return {
        "title": "Coverage",
        "state": {"site": site, "fate": fate},
        "fates": fates,
        "known_fates": _SHOWN,
        "sites": sorted(each.site for each in room.standing()),
        "days": days.dates,
        "by_day": by_day,
        "rows": shown,
        "following": _place(shown[-1]) if len(rows) > _PAGE else None,
        "is_first": not before,
        "sql": _sql(site, fate),
    }


def _fates(db: sqlite3.Connection, site: str) -> dict[str, int]:
    where = "WHERE site = ? " if site else ""
    rows = db.execute(
        f"SELECT fate, sum(addresses) FROM seen {where}GROUP BY fate ORDER BY 2 DESC",  # noqa: S608 - values are bound
        (site,) if site else (),
    )
    return {fate: count for fate, count in rows if count}


def _page(db: sqlite3.Connection, site: str, fate: str, before: str) -> list[dict[str, Any]]:
    conditions: list[str] = []
    values: list[str | int] = []
    if site:
        conditions.append("site = ?")
        values.append(site)
    if fate == "missed":
        conditions.append("is_missed = 1")
    elif fate != "all":
        conditions.append("fate = ?")
        values.append(fate)
    seen_at, _, last = before.partition("-")
    if seen_at.isdecimal() and last.isdecimal():
        conditions.append("(first_seen_at, id) < (?, ?)")
        values += [min(int(seen_at), 1 << 62), min(int(last), 1 << 62)]
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    rows = db.execute(
        f"SELECT * FROM ledger {where}ORDER BY first_seen_at DESC, id DESC LIMIT ?",  # noqa: S608 - values are bound
        (*values, _PAGE + 1),
    )
    return [dict(row) for row in rows]


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['first_seen_at']}-{row['id']}"


def _sql(site: str, fate: str) -> str:
    conditions = [f"site = {literal(site)}"] if site else []
    if fate == "missed":
        conditions.append(f"fate in ({', '.join(repr(str(each)) for each in MISSED)})")
    elif fate != "all":
        conditions.append(f"fate = '{fate}'")
    columns = "url, fate, reason, first_seen_at"
    return question(columns, "coverage", where=conditions, order="first_seen_at desc", limit=_PAGE)
