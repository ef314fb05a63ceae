"""What every page of the reading room is made from: the store, its index, a clock, and the words.

How Newsreel tells how it stands is said in one place, for terminal, page and log; that place lies
above this package, so whoever opens the room hands its words in.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from archive.journal.journal import Journal
from archive.journal.standing import SiteStanding, standing
from archive.layout import Layout
from archive.search.index import SearchIndex

_KEPT_S: Final = 10.0
"""How long the standing of the sites is told again; longer where counting it takes long."""
_SHARE: Final = 20
"""At most one part in so many of the time goes into counting it anew."""


class Sentence(Protocol):
    """Tells in one sentence how sites stand."""

    def __call__(self, sites: Sequence[SiteStanding], *, troubled: Collection[str] = ()) -> str:
        """Return the sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """The words that terminal and page share."""

    sentence: Sentence
    state: Callable[[SiteStanding], str]
    """A mark and two or three words: how one site stands."""
    promised: Callable[[str], Mapping[str, float]]
    """By a site's name: the least share of its articles, 0 to 1, that hold each field promised."""


@dataclass(slots=True)
class _Kept:
    """The last answer to a question that costs a look at every address."""

    sites: tuple[SiteStanding, ...] = ()
    until: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One store, as pages see it."""

    layout: Layout
    index: SearchIndex
    teller: Teller
    clock: Callable[[], datetime]
    replay_origin: str
    """Where captures are shown: an origin of its own. Empty where there is no replay."""
    _kept: _Kept = field(default_factory=_Kept)
    _refreshing: threading.Lock = field(default_factory=threading.Lock)

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
        """Return how every site stands; what was counted some seconds ago is told again."""
        with self._kept.lock:
            began = time.monotonic()
            if began >= self._kept.until:
                with self.journal() as journal:
                    self._kept.sites = standing(journal)
                ended = time.monotonic()
                self._kept.until = ended + max(_KEPT_S, _SHARE * (ended - began))
            return self._kept.sites

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
