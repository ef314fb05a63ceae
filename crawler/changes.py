"""What a visit commits: small changes to the journal, put together and applied as one."""

from collections.abc import Callable, Iterable
from datetime import datetime

from archive.coverage import Fate
from archive.journal.journal import Journal
from crawler.discover.revisits import LISTINGS, next_interval
from crawler.page import Page

Change = Callable[[Journal], object]
"""Applied inside one transaction; the page's capture is committed before."""


def nothing(_: Journal) -> None:
    """Change nothing."""


def together(*changes: Change) -> Change:
    """Return the change that applies all of these, in order."""

    def change(journal: Journal) -> None:
        for each in changes:
            each(journal)

    return change


def settled(
    page: Page, fate: Fate, reason: str | None = None, *, page_kind: str | None = None
) -> Change:
    """Return the change that says what became of a page's address."""

    def change(journal: Journal) -> None:
        journal.captures.mark_read(record_id(page), page_kind)
        journal.addresses.settle(page.address.id, fate, reason)

    return change


def read(page: Page) -> Change:
    """Return the change that says that nothing more follows from a page's capture."""
    return lambda journal: journal.captures.mark_read(record_id(page))


def validated(page: Page) -> Change:
    """Return the change that keeps what the next conditional request will send."""
    etag, modified = page.header("ETag"), page.header("Last-Modified")

    def change(journal: Journal) -> None:
        payload = journal.captures.answer(record_id(page))
        if payload is not None:
            journal.addresses.keep_validators(
                page.address.id, etag=etag, last_modified=modified, payload_id=payload.capture_id
            )

    return change


def polled(page: Page, *, is_news: bool) -> Change:
    """Return the change that says when a listing is polled again; its address is settled before."""

    def change(journal: Journal) -> None:
        if page.address.kind in LISTINGS:
            before_s = journal.looks.interval_s(page.address.id)
            interval = next_interval(page.address.kind, before_s, is_news=is_news)
            journal.looks.keep_interval(page.address.id, interval)

    return change


def rested(page: Page, *, until: datetime) -> Change:
    """Return the change that lets a requisite stand as it is until then."""
    return lambda journal: journal.addresses.rest(page.address.id, until=until)


def readdressed(page: Page, url: str, *, at: datetime) -> Change:
    """Return the change that asks for a page where a redirect without its tracker leads."""
    return lambda journal: journal.addresses.readdress(page.address.id, url, at=at)


def refused(urls: Iterable[str], *, site: str, reason: str) -> Change:
    """Return the change that settles addresses of a site that are not to be asked for."""
    kept = tuple(urls)

    def change(journal: Journal) -> None:
        for url in kept:
            address = journal.addresses.find(url)
            if address is not None and address.site == site:
                journal.addresses.settle(address.id, Fate.REFUSED, reason)

    return change


def record_id(page: Page) -> str:
    """Return the id of a page's record, once it is committed."""
    return str(page.capture.result().warc_record_id)
