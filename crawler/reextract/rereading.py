"""Rows read again: the page behind each, from its record, by the reader that crawls use."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from archive.article import Article, version_digest
from archive.dataset.renewal import columns_that_differ
from archive.errors import CorruptArchiveError, ExtractError
from archive.journal.journal import Journal
from archive.journal.naming import Announced
from archive.journal.parts import Version
from archive.layout import Layout
from archive.message import ContentError
from crawler.announcing import with_announced
from crawler.extract.page import SourcePage
from crawler.extract.rules import Design, design_for
from crawler.stored import stored_page
from pipelines.validate import refusal, without_future_dates

if TYPE_CHECKING:
    from crawler.extract.reading import Reading

Row = Mapping[str, Any]
Designs = Mapping[str, tuple[Design, ...]]
"""How the pages of sites that have a file read, by the site's name."""
# What a page cannot tell: who asked for it, when, and where its bytes are.
_KEPT: Final = (
    "article_id",
    "version",
    "advertised_at",
    "first_seen_at",
    "fetch_time",
    "fetch_status",
    "warc_filename",
    "warc_record_offset",
    "warc_record_length",
    "warc_record_id",
    "content_digest",
    "run_id",
)
_SOURCE: Final = (
    "SELECT c.record_id, c.address_id FROM version v JOIN capture c ON c.id = v.capture_id "
    "WHERE v.article_id = ? AND v.version = ?"
)


class Reads(Protocol):
    """Whoever reads pages: worker processes (ReadingPool), or the process that asks (Here)."""

    def submit(self, page: SourcePage, rules: Design | None = None) -> "Future[Reading]":
        """Return the reading, done or to come; its failure is an ExtractError."""
        ...


@dataclass(slots=True)
class Tally:
    """What became of the rows of a site."""

    rows: int = 0
    changed: int = 0
    """Rows of which at least one column is not as it was."""
    columns: Counter[str] = field(default_factory=Counter)
    """In how many rows each column is not as it was."""
    kept: Counter[str] = field(default_factory=Counter)
    """Rows that stay as they were because today's reader gets no article there, by the reason."""

    def add(self, other: "Tally") -> None:
        """Count another tally in."""
        self.rows += other.rows
        self.changed += other.changed
        self.columns += other.columns
        self.kept += other.kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """A row, and what today's reader makes of its page."""

    before: Row
    after: Article | None = None
    """None when the row stays as it is."""
    columns: tuple[str, ...] = ()
    """In which the two differ."""
    kept: str | None = None
    """Why the row stays although it was not read the same; None when it was."""

    @property
    def version(self) -> Version:
        """The version by its digest of now."""
        assert self.after is not None
        return Version(
            article_id=str(self.before["article_id"]),
            number=int(self.before["version"]),
            digest=version_digest(self.after),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A capture in the store, by its keys in the journal."""

    record_id: str
    address_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereader:
    """Reads rows again, from what the store has of their pages."""

    layout: Layout
    journal: Journal
    """For reading."""
    reads: Reads
    ahead: int
    """How many pages are handed to it before the first is waited for."""

    def reread(self, rows: Sequence[Row], designs: Designs) -> Iterator[tuple[int, Reread]]:
        """Yield each row's place and what it reads like, in the order of the archive."""
        places = sorted(range(len(rows)), key=lambda each: _archived_at(rows[each]))
        sources = [self._source(rows[place]) for place in places]
        for place, (kept, outcome) in zip(places, self.read(sources, designs), strict=True):
            said = self.journal.addresses.announced(kept.address_id)
            yield place, _reread(rows[place], outcome, said)

    def _source(self, row: Row) -> Kept:
        """Return the capture that a row was read from."""
        found = self.journal.query(_SOURCE, (row["article_id"], row["version"]))
        if not found:
            raise CorruptArchiveError(self.layout.journal, 0, f"it does not know {row['url']}")
        return Kept(record_id=found[0]["record_id"], address_id=found[0]["address_id"])

    def read(
        self, captures: Sequence[Kept], designs: Designs
    ) -> Iterator[tuple[Kept, "Reading | str"]]:
        """Yield what each capture reads like, in order; a word where it cannot be read."""
        waiting: deque[tuple[Kept, Future[Reading] | str]] = deque()
        for kept in captures:
            waiting.append((kept, self._begin(kept, designs)))
            if len(waiting) > self.ahead:
                yield _outcome(*waiting.popleft())
        while waiting:
            yield _outcome(*waiting.popleft())

    def _begin(self, kept: Kept, designs: Designs) -> "Future[Reading] | str":
        """Have a captured page read; a word for what stands in the way."""
        capture = self.journal.captures.get(kept.record_id)
        assert capture is not None
        address = replace(self.journal.addresses.get(kept.address_id), url=capture.url)
        try:
            page = stored_page(self.layout, self.journal, address, capture)
            decoded = page.decoded()
        except ContentError as error:
            return error.reason
        except CorruptArchiveError:
            return "damaged_record"
        title = self.journal.addresses.announced(kept.address_id).title
        source = page.source(decoded.body, is_whole=decoded.is_whole, title=title)
        design = design_for(designs.get(address.site, ()), page.fetched_at)
        return self.reads.submit(source, design)


def _archived_at(row: Row) -> tuple[str, int]:
    return str(row["warc_filename"]), int(row["warc_record_offset"] or 0)


def _outcome(kept: Kept, begun: "Future[Reading] | str") -> tuple[Kept, "Reading | str"]:
    if isinstance(begun, str):
        return kept, begun
    try:
        return kept, begun.result()
    except ExtractError as error:
        return kept, error.reason


def _reread(row: Row, outcome: "Reading | str", said: Announced) -> Reread:
    if isinstance(outcome, str):
        return Reread(before=row, kept=outcome)
    if outcome.article is None:
        return Reread(before=row, kept=str(outcome.reason or outcome.kind))
    article = _completed(outcome.article, row, said)
    if why := refusal(article):
        return Reread(before=row, kept=why)
    columns = columns_that_differ(row, article)
    return Reread(before=row, after=article if columns else None, columns=columns)


def _completed(article: Article, row: Row, said: Announced) -> Article:
    """Return the article with what only its crawl knew; a listing may say more by now."""
    article = with_announced(article, replace(said, at=row["advertised_at"]))
    rights = replace(article.rights, robots=row["rights"]["robots"])
    kept = {name: row[name] for name in _KEPT}
    return without_future_dates(replace(article, **kept, rights=rights))
