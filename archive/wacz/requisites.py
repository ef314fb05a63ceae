"""What the pages of a selection need to be seen, wherever and whenever it was archived.

A stylesheet that still stood was not asked for again, and one that two sites share was archived for
the first of them. Of each address a page names, the capture is taken that the replay would show.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Final

from archive.journal.addresses import REQUISITE
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.message import ContentError
from archive.replay.answer import TooLargeError, read_answer
from archive.replay.exhibit import SHEET, archived_text
from archive.replay.requisites import page_requisites, sheet_requisites
from archive.replay.timeline import Memento, Timeline

MOST_ADDRESSES: Final = 1_000
"""Looked for of one page or stylesheet: ten times what a crawl asks for."""
_HAS_REQUISITES: Final = "SELECT 1 FROM main.address WHERE kind = ? LIMIT 1"
# A page that came unchanged says no type of its own.
_PAGES: Final = """
SELECT c.id FROM temp.taken t JOIN main.capture c ON c.id = t.id
LEFT JOIN main.capture p ON p.id = c.payload_id
WHERE coalesce(p.media_type, c.media_type) IN ('text/html', 'application/xhtml+xml')
"""


def note_requisites(journal: Journal, layout: Layout, db: sqlite3.Connection) -> None:
    """Add to the table `taken` what the pages in it need; one page at a time is in memory.

    Raises CorruptArchiveError when a page's bytes are not what was captured.
    """
    if db.execute(_HAS_REQUISITES, (REQUISITE,)).fetchone() is None:
        return
    db.execute("CREATE TEMP TABLE needed (id INTEGER PRIMARY KEY)")
    following = _Following(journal, layout, db)
    for row in db.execute(_PAGES):
        following.follow(row["id"])
    db.execute("INSERT OR IGNORE INTO temp.taken SELECT id FROM temp.needed")


class _Following:
    """The way from pages to what they need, and from stylesheets on; each is gone once."""

    def __init__(self, journal: Journal, layout: Layout, db: sqlite3.Connection) -> None:
        self._timeline = Timeline(journal)
        self._layout = layout
        self._db = db

    def follow(self, page_id: int) -> None:
        """Note what a page needs, and what that needs."""
        page = self._timeline.of(page_id)
        waiting = self._named(page, page_requisites) if page else []
        while waiting:
            found = self._timeline.nearest(*waiting.pop())
            if found is None or not self._is_new(found):
                continue
            if found.redirect:
                waiting.append((found.redirect, found.captured_at))
            elif found.media_type == SHEET:
                waiting += self._named(found, sheet_requisites)

    def _is_new(self, found: Memento) -> bool:
        noted = self._db.execute(
            "INSERT OR IGNORE INTO temp.needed VALUES (?)", (found.capture_id,)
        )
        return bool(noted.rowcount)

    def _named(
        self, memento: Memento, read: Callable[[str, str], tuple[str, ...]]
    ) -> list[tuple[str, datetime]]:
        """Return the addresses that a page or stylesheet names, with the time to look at."""
        try:
            text = archived_text(read_answer(self._layout, memento))
        except (ContentError, TooLargeError):
            return []  # it cannot be shown itself
        urls = read(text, memento.url)[:MOST_ADDRESSES]
        return [(url, memento.captured_at) for url in urls]
