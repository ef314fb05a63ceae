"""The coverage ledger: one row an advertised address and run, with what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.columns import column


class Fate(StrEnum):
    """What became of an address; every advertised address has exactly one a run."""

    ARCHIVED = "archived"
    """Fetched, and a row of `articles` stands for it: a new article or a new version."""
    UNCHANGED = "unchanged"
    """Looked at again: the same bytes (304 or equal digest), or the same article."""
    NOT_ARTICLE = "not_article"
    """Fetched and archived; it is no article. The reason is its page kind."""
    UNREADABLE = "unreadable"
    """Fetched and archived; extraction failed. The reason says how."""
    REDIRECTED = "redirected"
    """It leads to another address, which has a fate of its own."""
    GONE = "gone"
    """404 or 410."""
    BLOCKED = "blocked"
    """401, 403, 429 to the end, or a challenge page."""
    FAILED = "failed"
    """No answer, or 5xx, after the last attempt."""
    REFUSED = "refused"
    """We did not ask: robots.txt, address guard, scheme, budget or trap; the reason says which."""
    READ = "read"
    """A sitemap, feed, front page or robots.txt that was fetched and read for addresses."""
    PENDING = "pending"
    """The run ended before its turn; the next run takes it up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One advertised address in one run."""

    run_id: str = column("The crawl run.", example="20261122T120000Z-9c41")
    url: str = column("The address as advertised.", example="https://x.example/2026/a-story/")
    url_surtkey: str = column("The address in SURT form.", example="example,x)/2026/a-story")
    site_domain: str = column("Registrable domain of the address.", example="x.example")
    advertised_by: tuple[str, ...] = column(
        "The addresses of the feeds, sitemaps and pages that named it in this run, or `operator`; "
        "its own when it had come to its time.",
        example="['https://x.example/news-sitemap.xml']",
        default=(),
    )
    advertised_in: tuple[str, ...] = column(
        "The kinds of those: sitemap, feed, front, link, redirect, requisite, operator; `revisit`: "
        "it had come to its time under `--due`.",
        example="['sitemap']",
        default=(),
    )
    advertised_at: datetime | None = column(
        "UTC; the earliest date a feed or sitemap gave it; null when none did.",
        example="2026-05-18T07:02:41Z",
        default=None,
    )
    advertised_title: str | None = column(
        "What a feed or sitemap calls it; null when none does.",
        example="Brook Returns to the Stage",
        default=None,
    )
    lastmod: datetime | None = column(
        "UTC; the newest date of change that a feed or sitemap gave it in this run, a bare date as "
        "its midnight; null when none did.",
        example="2026-05-18T09:00:00Z",
        default=None,
    )
    first_seen_at: datetime = column(
        "UTC; when Newsreel first knew of it: when what named it was fetched.",
        example="2026-05-18T07:10:00Z",
    )
    fate: Fate = column("What became of it.", example="archived")
    reason: str | None = column(
        "Why, in a stable word: a page kind, robots, an HTTP status, a failure; null when the "
        "fate says it all.",
        example="robots",
        default=None,
    )
    fetch_time: datetime | None = column(
        "UTC; the capture that decided it; null when there was none.",
        example="2026-05-18T07:12:00Z",
        default=None,
    )
    fetch_status: int | None = column("Its HTTP status.", example=200, width=32, default=None)
    attempts: int = column("Requests sent for it in this run.", example=1, width=32, default=0)
    warc_record_id: str | None = column(
        "The record of that capture.", example="<urn:uuid:6f1c...>", default=None
    )
    article_id: str | None = column(
        "The article it holds; null when it holds none.", example="b3f1c2d4...", default=None
    )
