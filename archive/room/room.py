"""What every page of the reading room is made from: the store, its index, a clock, and the words.

How Newsreel tells how it stands is said in one place, for terminal, page and log; that place lies
above this package, so whoever opens the room hands its words in.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from archive.journal.journal import Journal
from archive.journal.standing import SiteStanding, standing
from archive.layout import Layout
from archive.room.kept import Kept
from archive.search.index import SearchIndex
from archive.shortfall import Shortfall, shortfalls


class Sentence(Protocol):
    """Tells in one sentence how sites stand."""

    def __call__(
        self, sites: Sequence[SiteStanding], *, troubled: Collection[str] = (), damaged: int = 0
    ) -> str:
        """Return the sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """The words that terminal and page share."""

    sentence: Sentence
    state: Callable[[SiteStanding], str]
    """A mark and two or three words: how one site stands."""
    promised: Callable[[str], Mapping[str, float]]
    """By a site's name: the least share of its articles, 0 to 1, that hold each field promised."""


@dataclass(slots=True, kw_only=True)
class Room:
    """One store, as pages see it."""

    layout: Layout
    index: SearchIndex
    teller: Teller
    clock: Callable[[], datetime]
    replay_origin: str
    """Where captures are shown: an origin of its own. Empty where there is no replay."""
    _standing: Kept[tuple[SiteStanding, ...]] = field(init=False)
    _shortfalls: Kept[tuple[Shortfall, ...]] = field(init=False)
    _refreshing: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Keep what takes long."""
        self._standing = Kept(self._count, mark=self._journal_mark, clock=self.clock)
        # A file's size may change and the journal stay as it is: each mark is another.
        self._shortfalls = Kept(lambda: shortfalls(self.layout), mark=object, clock=self.clock)

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """Open the journal for the questions of one page, which all see one moment."""
        journal = Journal.read(self.layout.journal)
        try:
            with journal.snapshot():
                yield journal
        finally:
            journal.close()

    def standing(self) -> tuple[SiteStanding, ...]:
        """Return how every site stood at `counted_at`."""
        return self._standing.get().found

    def counted_at(self) -> datetime:
        """Return the moment that `standing` speaks of: now, unless a large store is changing."""
        return self._standing.get().at

    def shortfalls(self) -> tuple[Shortfall, ...]:
        """Return the files that are not as long as was committed, as they were some seconds ago."""
        return self._shortfalls.get().found

    def _count(self) -> tuple[SiteStanding, ...]:
        with self.journal() as journal:
            return standing(journal)

    def _journal_mark(self) -> tuple[tuple[int, int], ...]:
        """Return what is another once something was committed (SQLite, "WAL-mode File Format")."""
        path = self.layout.journal
        found = (
            each.stat() for each in (path, path.with_name(f"{path.name}-wal")) if each.exists()
        )
        return tuple((each.st_mtime_ns, each.st_size) for each in found)

    def catch_up(self) -> None:
        """Let a thread take new parts into the index; pages go on with what is in it."""
        if not self._refreshing.acquire(blocking=False):
            return
        with ExitStack() as undo:
            undo.callback(self._refreshing.release)
            if not self.index.is_current():
                threading.Thread(target=self._refresh, daemon=True).start()
                undo.pop_all()

    def _refresh(self) -> None:
        try:
            self.index.refresh()
        finally:
            self._refreshing.release()
