"""Submissions, and stand-ins for what the stages hand them to."""

import itertools
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.article import Article
from archive.capture import Capture
from archive.journal.addresses import Advertised
from archive.journal.journal import Journal
from archive.journal.parts import Version
from archive.journal.runs import Run
from archive.rows import PendingRow
from pipelines.submission import Submission

NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
RUN = "20260518T120000Z-9c41"


@dataclass(slots=True)
class FakeRecorder:
    """Applies each change at once, in a transaction of its own."""

    journal: Journal
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def write(self, change: Callable[[Journal], Any]) -> "Future[Any]":
        """Apply a change."""
        done: Future[Any] = Future()
        with self.journal.transaction():
            done.set_result(change(self.journal))
        return done

    def capture(self, url: str) -> tuple[int, Capture]:
        """Return a committed, unread capture of an address, and the address's id."""
        number = next(self.numbers)
        with self.journal.transaction():
            item = Advertised(url=url, site="x", kind="page", advertised_in="feed")
            self.journal.addresses.advertise(RUN, [item], now=NOON)
        address = self.journal.addresses.find(url)
        assert address is not None
        capture = capture_of(url, number)
        with self.journal.transaction():
            capture_id = self.journal.captures.add(
                capture, address_id=address.id, payload_id=None, site="x"
            )
            self.journal.addresses.mark_fetched(address.id, capture_id)
        return address.id, capture


@dataclass(slots=True)
class FakeRows:
    """Keeps what it is given."""

    kept: list[PendingRow] = field(default_factory=list)
    newest: dict[str, Version] = field(default_factory=dict)

    def append(self, row: PendingRow) -> None:
        """Take a row."""
        self.kept.append(row)

    def claim(self, version: Version) -> None:
        """Note a version."""
        self.newest[version.article_id] = version

    def newest_version(self, article_id: str) -> Version | None:
        """Return an article's newest version."""
        return self.newest.get(article_id)


def opened(root: Path) -> Journal:
    """Return a journal with one run begun."""
    journal = Journal.open(root / "journal.db")
    with journal.transaction():
        journal.runs.begin(Run(id=RUN, plan="{}", started_at=NOON))
    return journal


def capture_of(url: str, number: int = 1) -> Capture:
    """Return the capture of a page."""
    return Capture(
        url_surtkey=url,
        url=url,
        url_host_registered_domain="x.example",
        fetch_time=NOON,
        fetch_status=200,
        content_digest="sha1:OWN",
        record_type="response",
        warc_filename="own.warc.gz",
        warc_record_offset=10 * number,
        warc_record_length=5,
        warc_record_id=f"<urn:uuid:00000000-{number:04}-4000-8000-000000000001>",
        run_id=RUN,
    )


def submitted(
    *, address_id: int = 1, capture: "Future[Capture] | Capture | None" = None, **changes: Any
) -> Submission:
    """Return an article that asks to be kept."""
    told: dict[str, Any] = {
        "url": "https://x.example/1",
        "site_domain": "x.example",
        "headline": "A Story",
        "text": "The film opens in June.",
        "fetch_time": NOON,
    }
    article = Article(**(told | changes))
    future = capture if isinstance(capture, Future) else Future()
    if not isinstance(capture, Future):
        future.set_result(capture or capture_of(article.url))
    return Submission(article=article, site="x", address_id=address_id, capture=future)
