"""A small store of two runs, made by the code that makes real ones, and ways to damage it."""

import gzip
import itertools
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from archive.article import Article, article_id, version_digest
from archive.capture import Capture
from archive.coverage import Fate
from archive.exchange import Exchange
from archive.journal.addresses import Advertised
from archive.journal.journal import Journal
from archive.journal.parts import Version
from archive.journal.runs import Run
from archive.recorder import Recorder
from archive.rows import PendingRow, RowSink
from archive.store import Store, open_for_writing
from archive.warc.records import Provenance
from archive.warcs import WarcSeries

BEGIN: Final = datetime(2026, 5, 18, 7, 12, 0, 123456, tzinfo=UTC)
FIRST_RUN: Final = "20260518T071200Z-0001"
SECOND_RUN: Final = "20260518T081200Z-0002"
FIRST_WARC: Final = f"newsreel-{FIRST_RUN}-00001.warc.gz"
SECOND_WARC: Final = f"newsreel-{SECOND_RUN}-00001.warc.gz"
SITE: Final = "x-example"
HOST: Final = "https://x.example"
EARLY_HINTS: Final = b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n"
NOT_MODIFIED: Final = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'
CHUNKED: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"6\r\n<p>One\r\n6\r\n</p>\r\n\r\n0\r\n\r\n"
)


def answer(body: bytes, *, status: str = "200 OK", coding: str | None = None) -> bytes:
    """Return an answer; with gzip as its coding the body is encoded."""
    encoded = gzip.compress(body, mtime=0) if coding == "gzip" else body
    named = f"Content-Encoding: {coding}\r\n" if coding else ""
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n{named}"
        f"Content-Length: {len(encoded)}\r\n\r\n"
    )
    return head.encode() + encoded


@dataclass(slots=True)
class Crawl:
    """One run on a store, an exchange at a time."""

    store: Store
    reader: Journal
    recorder: Recorder
    rows: RowSink
    run_id: str
    clock: Callable[[], datetime]
    serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def fetch(self, path: str, response: bytes, **changes: Any) -> "Future[Capture]":
        """Archive an exchange with an address of the site; the address is advertised first."""
        url, number = HOST + path, next(self.serial)
        found = Advertised(url=url, site=SITE, kind="page", advertised_in="sitemap")
        now = self.clock()
        self.recorder.write(
            lambda journal: journal.addresses.advertise(self.run_id, [found], now=now)
        ).result()
        address = self.reader.addresses.find(url)
        assert address is not None
        told: dict[str, Any] = {
            "url": url,
            "started_at": now,
            "request": f"GET {path} HTTP/1.1\r\nHost: x.example\r\n\r\n".encode(),
            "response": response,
            "record_id": _record_id(self.run_id, number, 1),
            "request_record_id": _record_id(self.run_id, number, 2),
        }
        capture = self.recorder.keep(Exchange(**(told | changes)), address.id)
        capture.result()
        return capture

    def settle(self, capture: "Future[Capture]", fate: Fate, reason: str | None = None) -> None:
        """Say what became of an address; its capture is read with that."""
        record_id, url = str(capture.result().warc_record_id), capture.result().url
        self._keep_validators(record_id, url)

        def change(journal: Journal) -> None:
            address = journal.addresses.find(url)
            assert address is not None
            journal.captures.mark_read(record_id)
            journal.addresses.settle(address.id, fate, reason)

        self.recorder.write(change).result()

    def keep_article(
        self, capture: "Future[Capture]", headline: str, number: int = 1, **changes: Any
    ) -> None:
        """Make an answer a row of articles, as the pipelines would; further columns by keyword."""
        seen = capture.result()
        self._keep_validators(str(seen.warc_record_id), seen.url)
        payload = self.reader.captures.payload(str(seen.warc_record_id))
        address = self.reader.addresses.find(seen.url)
        assert payload is not None
        assert address is not None
        article = Article(
            article_id=article_id("x.example", seen.url),
            version=number,
            url=seen.url,
            url_surtkey=seen.url_surtkey,
            headline=headline,
            text=headline,
            fetch_time=seen.fetch_time,
            fetch_status=seen.fetch_status,
            warc_filename=payload.location.warc_filename,
            warc_record_offset=payload.location.offset,
            warc_record_length=payload.location.length,
            warc_record_id=payload.record_id,
            content_digest=payload.digest,
            run_id=self.run_id,
            extractor="newsreel/0.1.0",
        )
        article = replace(article, **changes)
        version = Version(
            article_id=str(article.article_id), number=number, digest=version_digest(article)
        )
        self.rows.claim(version)
        self.rows.append(
            PendingRow(
                article=article,
                site=SITE,
                capture_record_id=str(seen.warc_record_id),
                address_id=address.id,
                version=version,
            )
        )

    def _keep_validators(self, record_id: str, url: str) -> None:
        def change(journal: Journal) -> None:
            address, payload = journal.addresses.find(url), journal.captures.answer(record_id)
            if address is not None and payload is not None:
                journal.addresses.keep_validators(
                    address.id, etag='"a"', last_modified=None, payload_id=payload.capture_id
                )

        self.recorder.write(change).result()

    def finish(self, outcome: str = "finished") -> None:
        """Publish what waits and end the run, as crawler/run.py does."""
        self.rows.close(is_finished=outcome == "finished")
        at = self.clock()
        self.recorder.write(
            lambda journal: journal.runs.end(self.run_id, outcome=outcome, at=at)
        ).result()
        self.recorder.close(is_finished=True)


@contextmanager
def crawling(root: Path, run_id: str, begin: datetime = BEGIN) -> Iterator[Crawl]:
    """Begin a run on a store, or take it up; it is left open when the block does not finish it."""
    ticks = itertools.count()

    def clock() -> datetime:
        return begin + timedelta(milliseconds=next(ticks))

    with open_for_writing(root, now=begin) as store:
        with store.journal.transaction():
            left = store.journal.runs.unfinished("{}")
            if left is not None and left.id == run_id:
                store.journal.runs.resume(run_id)
            else:
                store.journal.runs.begin(Run(id=run_id, plan="{}", started_at=clock()))
        series = WarcSeries(
            store.layout,
            run_id=run_id,
            provenance=Provenance(software="Newsreel/0.1.0", run_id=run_id),
            clock=clock,
            known=store.journal.runs.warcs(),
        )
        reader = Journal.read(store.layout.journal)
        recorder = Recorder(store, series, run_id=run_id)
        rows = RowSink(store.layout, reader, recorder, run_id=run_id, clock=clock)
        try:
            yield Crawl(store, reader, recorder, rows, run_id, clock)
        finally:
            recorder.close()
            reader.close()


def make_store(root: Path) -> None:
    """Make a store with every kind of capture; what is damaged lies behind what articles name."""
    with crawling(root, FIRST_RUN) as crawl:
        crawl.settle(crawl.fetch("/robots.txt", answer(b"", status="404 No")), Fate.READ)
        crawl.keep_article(crawl.fetch("/a", answer(b"<p>A", coding="gzip")), "A story")
        crawl.keep_article(crawl.fetch("/b", answer(b"<p>B")), "Another story")
        crawl.settle(crawl.fetch("/copy-of-b", answer(b"<p>B")), Fate.NOT_ARTICLE, "other")
        crawl.settle(crawl.fetch("/hinted", EARLY_HINTS + answer(b"<p>H")), Fate.NOT_ARTICLE)
        refused = crawl.fetch("/refused", b"", request=b"", failure="refused")
        crawl.settle(refused, Fate.FAILED, "refused")
        silent = crawl.fetch("/silent", b"", failure="timeout")
        crawl.settle(silent, Fate.FAILED, "timeout")
        hinted = crawl.fetch("/cut", answer(b"<p>C")[:-2], failure="cut_off", truncated="time")
        crawl.settle(hinted, Fate.FAILED, "cut_off")
        crawl.settle(crawl.fetch("/chunked", CHUNKED), Fate.NOT_ARTICLE)
        crawl.settle(crawl.fetch("/last", answer(b"<p>Last", coding="gzip")), Fate.NOT_ARTICLE)
        crawl.finish()
    with crawling(root, SECOND_RUN, BEGIN + timedelta(hours=1)) as crawl:
        crawl.keep_article(crawl.fetch("/b", answer(b"<p>B, edited")), "Another story, edited", 2)
        crawl.settle(crawl.fetch("/a", NOT_MODIFIED), Fate.UNCHANGED)
        crawl.settle(crawl.fetch("/last", answer(b"<p>Last", coding="gzip")), Fate.UNCHANGED)
        crawl.finish()


def change_journal(root: Path, statement: str, *values: object) -> None:
    """Change the journal behind Newsreel's back."""
    with closing(sqlite3.connect(root / "journal.db", isolation_level=None)) as db:
        db.execute(statement, values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A record's member in its file."""

    offset: int
    length: int
    content: bytes
    """Decompressed."""

    @property
    def record_id(self) -> str:
        """The record's id; empty when it has none."""
        found = re.search(rb"\r\nWARC-Record-ID: ([^\r]*)", self.content)
        return found[1].decode() if found else ""


def places(path: Path) -> list[Place]:
    """Return the members of a file."""
    found, offset, data = [], 0, path.read_bytes()
    while offset < len(data):
        stream = zlib.decompressobj(31)
        content = stream.decompress(data[offset:])
        length = len(data) - offset - len(stream.unused_data)
        found.append(Place(offset=offset, length=length, content=content))
        offset += length
    return found


def find(path: Path, kind: str, url_end: str = "") -> int:
    """Return which member of a file is the record of a type and an address."""
    for number, place in enumerate(places(path)):
        head = place.content.partition(b"\r\n\r\n")[0]
        target = re.search(rb"\r\nWARC-Target-URI: ([^\r]*)", head)
        is_kind = f"WARC-Type: {kind}\r\n".encode() in head + b"\r\n"
        if is_kind and (target[1] if target else b"").endswith(url_end.encode()):
            return number
    raise LookupError(f"{path} has no {kind} of {url_end}")


def rewrite(root: Path, members: list[bytes], filename: str = FIRST_WARC) -> None:
    """Write a WARC anew and tell the journal where each record lies now: only the content is odd.

    The rows of captures would tell the old places, so they go: as if they were still to come.
    """
    for part in (root / "captures").rglob("*.parquet"):
        part.unlink()
    change_journal(root, "UPDATE capture SET part_id = NULL")
    change_journal(root, "DELETE FROM part WHERE dataset = 'captures'")
    path = root / "warc" / filename
    path.write_bytes(b"".join(members))
    offset = 0
    for member in members:
        record_id = _id_in(member)
        change_journal(
            root,
            "UPDATE capture SET warc_offset = ?, warc_length = ? WHERE record_id = ?",
            offset,
            len(member),
            record_id,
        )
        offset += len(member)
    change_journal(
        root, "UPDATE warc SET committed_length = ? WHERE filename = ?", offset, filename
    )


def raw_members(root: Path, filename: str = FIRST_WARC) -> list[bytes]:
    """Return the compressed members of a WARC."""
    path = root / "warc" / filename
    data = path.read_bytes()
    return [data[place.offset : place.offset + place.length] for place in places(path)]


def edit_record(
    root: Path,
    change: Callable[[bytes], bytes],
    *,
    kind: str = "response",
    url_end: str = "/last",
    filename: str = FIRST_WARC,
) -> int:
    """Change a record's bytes, pressed anew, with the journal told of its length; return where."""
    path = root / "warc" / filename
    number = find(path, kind, url_end)
    place = places(path)[number]
    members = raw_members(root, filename)
    changed = change(place.content)
    assert changed != place.content, "the damage changes nothing"
    members[number] = gzip.compress(changed, mtime=0)
    rewrite(root, members, filename)
    change_journal(
        root,
        "UPDATE capture SET warc_offset = ?, warc_length = ? WHERE record_id = ?",
        place.offset,
        len(members[number]),
        place.record_id,
    )
    return place.offset


def _id_in(member: bytes) -> str:
    content = zlib.decompressobj(31).decompress(member)
    return replace(Place(offset=0, length=0, content=content)).record_id


def _record_id(run_id: str, number: int, kind: int) -> str:
    return f"<urn:uuid:{run_id[-4:]:0>8}-0000-4000-8000-{kind:04}{number:08}>"
