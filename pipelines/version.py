"""Stage 200, version: tell a new article from an edited one, and an edited one from the same."""

from dataclasses import replace
from typing import Any, NoReturn, Self

from archive.address import identity_of, registrable_domain
from archive.article import Article, article_id, version_digest
from archive.coverage import Fate
from archive.journal.journal import Journal
from archive.journal.parts import Version
from archive.recorder import Recorder
from archive.rows import RowSink
from pipelines.submission import Submission


class VersionStage:
    """Numbers versions; what did not change is dropped, and the ledger says so."""

    def __init__(self, rows: RowSink, recorder: Recorder) -> None:
        self._rows = rows
        self._recorder = recorder

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Use the run's rows and recorder."""
        return cls(crawler.spider.run.rows, crawler.spider.run.recorder)

    def process_item(self, item: Submission) -> Submission:
        """Return the submission with its version; DropItem when it is the newest one again."""
        identity = identify(item.article)
        newest = self._rows.newest_version(identity)
        if newest is not None and newest.digest == version_digest(item.article):
            self.drop(item, identity)
        return self.number(item, identity, newest.number + 1 if newest else 1)

    def number(self, item: Submission, identity: str, number: int) -> Submission:
        """Return the submission as a version of an article."""
        version = Version(article_id=identity, number=number, digest=version_digest(item.article))
        self._rows.claim(version)
        article = replace(item.article, article_id=identity, version=number)
        return replace(item, article=article, version=version)

    def drop(self, item: Submission, identity: str) -> NoReturn:
        """Settle the submission as what is kept already; raises DropItem."""
        from scrapy.exceptions import DropItem  # noqa: PLC0415 - re-extraction does without it

        item.capture.add_done_callback(lambda done: self._settle(item, identity, done))
        raise DropItem("unchanged")

    def _settle(self, item: Submission, identity: str, done: Any) -> None:
        if done.exception():
            return  # the recorder failed, and the crawl is being stopped for it
        record_id = str(done.result().warc_record_id)

        def change(journal: Journal) -> None:
            journal.captures.mark_read(record_id, item.article.kind)
            journal.addresses.settle(
                item.address_id, Fate.UNCHANGED, "same_article", article_id=identity
            )

        self._recorder.write(change)


def identify(article: Article) -> str:
    """Return the article's id: by the address the page claims, else the one it was fetched at."""
    address = article.canonical_url or identity_of(article.url)
    return article_id(article.site_domain or registrable_domain(article.url), address)
