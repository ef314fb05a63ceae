"""What Scrapy may say of single pages: nothing, the journal says it already."""

from typing import Any

from scrapy import logformatter
from typing_extensions import override


class QuietLogFormatter(logformatter.LogFormatter):
    """Leaves out the lines Scrapy logs for every page; errors stay."""

    @override
    def crawled(self, *_: Any, **__: Any) -> Any:
        """Say nothing of a fetched page."""
        return None

    @override
    def scraped(self, *_: Any, **__: Any) -> Any:
        """Say nothing of a kept article."""
        return None

    @override
    def dropped(self, *_: Any, **__: Any) -> Any:
        """Say nothing of an article that is kept already."""
        return None
