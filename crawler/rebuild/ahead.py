"""Pages read ahead of their turn: extraction is most of the work, and has no order of its own."""

from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING

from crawler.extract.page import SourcePage
from crawler.extract.pool import ReadingPool
from crawler.extract.rules import Design

if TYPE_CHECKING:  # trafilatura is loaded in the worker processes alone
    from crawler.extract.reading import Reading


class ReadAhead:
    """Stands before the worker processes: what was begun ahead is not begun again."""

    def __init__(self, pool: ReadingPool) -> None:
        self._pool = pool
        self._begun: dict[tuple[str, datetime | None], tuple[str | None, Future[Reading]]] = {}

    def begin(self, page: SourcePage, design: Design | None) -> None:
        """Have a page read that will probably be asked for."""
        reading = self._pool.submit(page, design)
        self._begun[page.url, page.captured_at] = page.advertised_title, reading

    def submit(self, page: SourcePage, rules: Design | None = None) -> "Future[Reading]":
        """Return the reading of a page, begun ahead or now.

        One that was begun before a listing gave the page a title is begun again.
        """
        begun = self._begun.pop((page.url, page.captured_at), None)
        if begun is not None and begun[0] == page.advertised_title:
            return begun[1]
        return self._pool.submit(page, rules)

    def forget(self, url: str, captured_at: datetime) -> None:
        """Drop a reading that nobody asked for."""
        self._begun.pop((url, captured_at), None)
