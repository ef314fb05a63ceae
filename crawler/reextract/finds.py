"""Pages that were no articles to the reader of their day, and are to today's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from archive.article import Article, PageKind, version_digest
from archive.journal.journal import Journal
from archive.journal.parts import Version
from crawler.announcing import with_announced
from crawler.reextract.rereading import Designs, Kept, Rereader
from pipelines.validate import refusal, without_future_dates
from pipelines.version import identify
from pipelines.warc import provenance

# Whole answers of pages that made no row, or what they were rendered to. One that is known as an
# article made none because it was the same as before, and stays so.
_NO_ROW = """
SELECT c.record_id, c.address_id, a.site FROM capture c JOIN address a ON a.id = c.address_id
WHERE a.kind = 'page' AND c.status = 200 AND c.record_type IN ('response', 'conversion')
AND c.state = 'read' AND c.truncated IS NULL
AND coalesce(c.page_kind, '') NOT IN ({kinds}) AND a.article_id IS NULL
AND NOT EXISTS (SELECT 1 FROM version v WHERE v.capture_id = c.id)
AND c.id NOT IN (
    SELECT payload_id FROM capture WHERE record_type = 'conversion' AND payload_id IS NOT NULL
)
ORDER BY a.site, c.fetched_at
"""
_KINDS = ", ".join(f"'{kind}'" for kind in PageKind if kind.is_article)


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """An article that the store has no row of."""

    site: str
    kept: Kept
    article: Article
    """Complete, with its version."""

    @property
    def fetched_at(self) -> datetime:
        """When its page was fetched."""
        assert self.article.fetch_time is not None
        return self.article.fetch_time

    @property
    def version(self) -> Version:
        """The version by its digest."""
        return Version(
            article_id=str(self.article.article_id),
            number=int(self.article.version or 0),
            digest=version_digest(self.article),
        )


def pages_without_row(journal: Journal) -> dict[str, list[Kept]]:
    """Return the captures to look into again, by site, in the order they were fetched."""
    found: dict[str, list[Kept]] = {}
    for row in journal.query(_NO_ROW.format(kinds=_KINDS)):
        kept = Kept(record_id=row["record_id"], address_id=row["address_id"])
        found.setdefault(row["site"], []).append(kept)
    return found


def finds(
    rereader: Rereader, site: str, captures: Iterable[Kept], designs: Designs
) -> Iterator[Find]:
    """Yield the articles among a site's pages, each changed content as a version.

    An article that has a row already gets none here: which captures are its versions was decided
    when they came.
    """
    newest: dict[str, Version] = {}
    for kept, outcome in rereader.read(tuple(captures), designs):
        if isinstance(outcome, str) or outcome.article is None:
            continue
        article = _completed(rereader.journal, kept, outcome.article)
        identity = identify(article)
        before = newest.get(identity)
        is_known = rereader.journal.parts.newest_version(identity) is not None
        if is_known or refusal(article) or (before and before.digest == version_digest(article)):
            continue
        number = before.number + 1 if before else 1
        find = Find(
            site=site, kept=kept, article=replace(article, article_id=identity, version=number)
        )
        newest[identity] = find.version
        yield find


def _completed(journal: Journal, kept: Kept, article: Article) -> Article:
    """Return the article with what its crawl knew of it, and where its bytes are."""
    capture, payload = (
        journal.captures.get(kept.record_id),
        journal.captures.payload(kept.record_id),
    )
    assert capture is not None
    assert payload is not None
    address = journal.addresses.get(kept.address_id)
    return without_future_dates(
        replace(
            with_announced(article, journal.addresses.announced(kept.address_id)),
            **provenance(capture, payload),
            first_seen_at=address.first_seen_at,
            rights=replace(article.rights, robots="allowed"),
        )
    )
