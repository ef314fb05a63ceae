"""How each site of a store stands: what it advertised, and how much of that is archived."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.counted import counted
from archive.coverage import Fate
from archive.instant import from_micros
from archive.journal.addresses import REQUISITE
from archive.journal.journal import Journal
from archive.journal.naming import OPERATOR

_NO_ARTICLES: Final = (Fate.NOT_ARTICLE, Fate.REDIRECTED, Fate.GONE, Fate.REFUSED)
"""Pages that are accounted for and were never articles to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStanding:
    """One site, by the newest word on each of its pages."""

    site: str
    advertised: int
    """Pages that may hold an article: those known to be none, gone or refused are left out."""
    archived: int
    """Of these, how many hold an archived article."""
    pending: int
    failed: int
    blocked: int
    unreachable: int
    """Addresses not asked for, because robots.txt could not be had."""
    missing: int
    """Pages that the operator named for the last run, and that are gone."""
    last_request_at: datetime | None
    """UTC; None when none was made yet."""

    @property
    def coverage(self) -> float | None:
        """Archived of advertised, 0 to 1; None while nothing is advertised."""
        return self.archived / self.advertised if self.advertised else None

    @property
    def needs_a_look(self) -> bool:
        """Whether something was asked for in vain when it was last asked for."""
        return bool(self.failed or self.blocked or self.unreachable or self.missing)

    @property
    def trouble(self) -> str:
        """What a person should look at; empty when nothing is wrong."""
        found = (
            (self.failed, "failed"),
            (self.blocked, "blocked"),
            (self.missing, "that you named gone"),
            (self.unreachable, "not asked for, since robots.txt could not be had"),
        )
        pages = ", ".join(counted(count, "address", behind=what) for count, what in found if count)
        return f"{pages}; what was answered is archived" if pages else ""


def standing(journal: Journal) -> tuple[SiteStanding, ...]:
    """Return how every site stands, those that need a look first."""
    rows = journal.query(
        "SELECT a.site, "
        "sum(a.kind = 'page' AND coalesce(a.fate, '') NOT IN (?, ?, ?, ?)) AS advertised, "
        "count(*) FILTER (WHERE a.kind = 'page' AND a.fate IN ('archived', 'unchanged')) "
        "AS archived, "
        "sum(a.state != 'settled') AS pending, "
        "sum(a.fate IN ('failed', 'unreadable')) AS failed, sum(a.fate = 'blocked') AS blocked, "
        "sum(a.fate = 'refused' AND a.reason = 'robots_unreachable') AS unreachable, "
        "count(*) FILTER (WHERE a.kind = 'page' AND a.fate = 'gone' AND EXISTS (SELECT 1 "
        "FROM advertisement d WHERE d.run_id = a.run_id AND d.address_id = a.id "
        "AND d.by_address_id = ?) AND a.run_id = (SELECT id FROM run ORDER BY started_at DESC, "
        "rowid DESC LIMIT 1)) AS missing, "
        "max(c.fetched_at) AS last_at "
        "FROM address a LEFT JOIN capture c ON c.id = a.capture_id WHERE a.kind != ? "
        "GROUP BY a.site",
        (*_NO_ARTICLES, OPERATOR, REQUISITE),
    )
    sites = (
        SiteStanding(
            site=row["site"],
            advertised=row["advertised"],
            archived=row["archived"],
            pending=row["pending"],
            failed=row["failed"] or 0,
            blocked=row["blocked"] or 0,
            unreachable=row["unreachable"] or 0,
            missing=row["missing"],
            last_request_at=None if row["last_at"] is None else from_micros(row["last_at"]),
        )
        for row in rows
    )
    return tuple(sorted(sites, key=lambda site: (not site.needs_a_look, site.site)))
