"""The sites: how fresh, how complete and how well read each is, side by side and one by one."""

from collections.abc import Mapping
from typing import Any, Final

from archive.room import tallies
from archive.room.asked import Asked
from archive.room.overview import site_rows
from archive.room.room import Room
from archive.room.told import troubles
from archive.room.wording import literal, question
from archive.search.entries import FIELDS
from archive.search.finding import Wanted, find

_DAYS: Final = 30
_LONG: Final = 84
_WEEK: Final = 7
_STEP: Final = 3
_NEWEST: Final = 6


class UnknownError(LookupError):
    """Nothing in the store has that name."""


def sites(room: Room, asked: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """Return every site with its figures."""
    del asked, names
    days = tallies.days_until(room.clock(), _DAYS)
    with room.journal() as journal:
        told = troubles(room.layout, journal)
    with room.index.reading() as db:
        daily = tallies.by_day(db, "published", "articles", days)
        lags = tallies.lags(db, "archived", days)
        held = tallies.of_sites(db)
    rows = site_rows(room, room.standing(), told, daily, lags)
    nothing = {"articles": 0, "edits": 0, "captures": 0, "bytes": 0}
    return {
        "title": "Sites",
        "days": days.dates,
        "sites": [{**row, **(held.get(row["site"]) or nothing)} for row in rows],
        "sql": question(
            "site, count(*) filter (version = 1) as articles, count(*) filter (version > 1) as "
            "edits, max(fetch_time) as newest",
            "articles",
            group="site",
            order="site",
        ),
    }


def fields(room: Room, asked: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """Return how often each field is filled, site by site, over time."""
    del asked, names
    days = tallies.days_until(room.clock(), _DAYS)
    with room.index.reading() as db:
        rates = tallies.fill_rates(db, days, step=_STEP)
    return {
        "title": "Fields",
        "days": days.dates,
        "step": _STEP,
        "fields": list(FIELDS),
        "rates": rates,
        "promised": {name: room.teller.promised(name) for name in rates},
        "sql": question(
            "site, avg((dek is not null)::int) as dek, avg((len(key_points) > 0)::int) as "
            "key_points, avg((len(authors) > 0)::int) as authors",
            "articles",
            where=(f"fetch_time >= '{days.dates[0]}'",),
            group="site",
            order="site",
        ),
    }


def site(room: Room, asked: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """Return everything about one site; raises UnknownError when the store has none of it."""
    del asked
    name = names["site"]
    days = tallies.days_until(room.clock(), _LONG)
    standing = [each for each in room.standing() if each.site == name]
    with room.journal() as journal:
        told = [each for each in troubles(room.layout, journal) if each.site == name]
    with room.index.reading() as db:
        held = tallies.of_sites(db).get(name)
        if not standing and held is None:
            raise UnknownError(f"This store has nothing of {name}.")
        nothing = [0] * days.count
        articles = tallies.by_day(db, "published", "articles", days).get(name, nothing)
        edits = tallies.by_day(db, "published", "edits", days).get(name, nothing)
        archive_bytes = tallies.by_day(db, "fetched", "bytes", days).get(name, nothing)
        lag = tallies.lags(db, "archived", days, site=name)
        edited = tallies.lags(db, "edited", days, site=name)
        rates = tallies.fill_rates(db, days, step=_WEEK, site=name).get(name, {})
        coverage = tallies.coverage_days(db, days, site=name).get(name, [])
        newest = find(db, Wanted(site=name), limit=_NEWEST)
    no_lag = [0] * len(tallies.LAG_NAMES)
    return {
        "title": name,
        "site": name,
        "row": site_rows(room, standing, told, {name: articles}, lag)[0] if standing else None,
        "held": held or {"articles": 0, "edits": 0, "captures": 0, "bytes": 0},
        "troubles": told,
        "days": days.dates,
        "articles": articles,
        "edits": edits,
        "bytes": archive_bytes,
        "coverage": coverage,
        "lag_names": tallies.LAG_NAMES,
        "lag": lag.get(name, no_lag),
        "edited_after": edited.get(name, no_lag),
        "rates": rates,
        "promised": room.teller.promised(name),
        "newest": newest.rows,
        "sql": question(
            "headline, published_at, fetch_time",
            "articles",
            where=(f"site = {literal(name)}",),
            order="fetch_time desc",
            limit=20,
        ),
    }
