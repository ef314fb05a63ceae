"""Stage 100, validate: an article that cannot be right is kept out of the dataset."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, Self

from archive.article import Article
from pipelines.quarantine import Quarantine
from pipelines.submission import Submission

_CLOCK_SKEW: Final = timedelta(days=1)
"""Sites announce articles, and set clocks, a little into the future; not by more than this."""


class ValidateStage:
    """Refuses what no reader could have seen; takes back dates that cannot be."""

    def __init__(self, quarantine: Quarantine) -> None:
        self._quarantine = quarantine

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Use the run's quarantine."""
        return cls(crawler.spider.run.quarantine)

    def process_item(self, item: Submission) -> Submission:
        """Return the submission as it may be kept; DropItem when it may not."""
        if reason := refusal(item.article):
            from scrapy.exceptions import DropItem  # noqa: PLC0415 - re-extraction does without it

            self._quarantine.keep(item, reason)
            raise DropItem(reason)
        return replace(item, article=without_future_dates(item.article))


def refusal(article: Article) -> str | None:
    """Return why an article cannot be kept, in a stable word; None when it can."""
    if not article.headline.strip():
        return "no_headline"
    if not article.text.strip():
        return "no_text"
    return None


def without_future_dates(article: Article) -> Article:
    """Return the article with dates taken back that lie after its own capture."""
    if article.fetch_time is None:
        return article
    latest = article.fetch_time + _CLOCK_SKEW
    changes: dict[str, Any] = {
        name: None
        for name in ("published_at", "modified_at")
        if (moment := getattr(article, name)) is not None and moment > latest
    }
    if not changes:
        return article
    warnings = (*article.extraction_warnings, *(f"future_{name}" for name in changes))
    if "published_at" in changes:
        changes["published_source"] = None  # nothing rests on it any more; the text it gave stays
    return replace(article, **changes, extraction_warnings=warnings)
