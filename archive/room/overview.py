"""The front page: whether all is well, and what is not."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from archive.dataset.revision import word_spans
from archive.journal.standing import SiteStanding
from archive.room import tallies
from archive.room.asked import Asked
from archive.room.room import Room
from archive.room.told import Trouble, troubles

_DAYS: Final = 30
_RETITLED: Final = 5


def overview(room: Room, asked: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what the front page says."""
    del asked, names
    sites, damages = room.standing(), room.shortfalls()
    now = room.clock()
    days = tallies.days_until(now, _DAYS)
    with room.journal() as journal:
        told = troubles(room.layout, journal)
        runs = journal.runs.newest(1)
    with room.index.reading() as db:
        daily = tallies.by_day(db, "published", "articles", days)
        edits = tallies.by_day(db, "published", "edits", days)
        archive_bytes = tallies.by_day(db, "fetched", "bytes", days)
        lags = tallies.lags(db, "archived", days)
        edited = tallies.lags(db, "edited", days)
        totals = tallies.totals(db)
        retitled = tallies.retitled(db, _RETITLED)
    buckets = len(tallies.LAG_NAMES)
    all_lags = tallies.summed(lags.values(), buckets)
    return {
        "title": "Overview",
        "sentence": room.teller.sentence(
            sites, troubled={each.site for each in told}, damaged=len(damages)
        ),
        "damages": damages,
        "counted_at": room.counted_at(),
        "troubles": told,
        "advertised": sum(site.advertised for site in sites),
        "archived": sum(site.archived for site in sites),
        "lag_median": tallies.quantile(all_lags, 0.5),
        "lag_most": tallies.quantile(all_lags, 0.95),
        "totals": totals,
        "last_run": runs[0] if runs else None,
        "days": days.dates,
        "articles_a_day": tallies.summed(daily.values(), days.count),
        "edits_a_day": tallies.summed(edits.values(), days.count),
        "bytes_a_day": tallies.summed(archive_bytes.values(), days.count),
        "lag_names": tallies.LAG_NAMES,
        "lag": all_lags,
        "edited_after": tallies.summed(edited.values(), buckets),
        "sites": site_rows(room, sites, told, daily, lags),
        "retitled": [
            {**row, "spans": list(word_spans(row["before"], row["after"]))} for row in retitled
        ],
    }


def site_rows(
    room: Room,
    sites: Sequence[SiteStanding],
    told: Sequence[Trouble],
    daily: Mapping[str, list[int]],
    lags: Mapping[str, list[int]],
) -> list[dict[str, Any]]:
    """Return a row a site, those that need a look first."""
    troubled = {each.site: each for each in reversed(told)}
    rows = [
        {
            "site": site.site,
            "state": state_of(room, site, troubled.get(site.site)),
            "advertised": site.advertised,
            "archived": site.archived,
            "coverage": site.coverage,
            "pending": site.pending,
            "failed": site.failed,
            "blocked": site.blocked,
            "last_request_at": site.last_request_at,
            "daily": daily.get(site.site, []),
            "lag": tallies.quantile(lags[site.site], 0.5) if site.site in lags else None,
        }
        for site in sites
    ]
    return sorted(rows, key=lambda row: row["state"]["mark"] not in {"stop", "warn"})


_MARKS: Final = {"✓": "good", "…": "wait", "!": "warn"}


def state_of(room: Room, site: SiteStanding, trouble: Trouble | None) -> dict[str, str]:
    """Return how a site stands in a few words, and which mark goes before them."""
    refused = 4  # docs/reference/exit-codes.md
    if trouble is not None and trouble.exit_code == refused:
        return {"mark": "stop", "words": "refuses us"}
    if trouble is not None:
        return {"mark": "warn", "words": "needs a look"}
    said = room.teller.state(site)
    mark, _, words = said.partition(" ")
    return {"mark": _MARKS.get(mark, "none"), "words": words or said}
