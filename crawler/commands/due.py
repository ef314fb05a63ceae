"""`newsreel crawl --due`: fetch what has come to its time, and nothing else; safe to repeat.

Any clock may call it, every five minutes or a hundred times at once: what is due stands in the
journal, so a call that was missed costs nothing and one too many ends at once. Until something is
due, nothing heavy is loaded.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from archive.durable import held
from archive.errors import ConfigError, NoStoreError, StoreInUseError
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.layout import Layout
from crawler.console import answer_console
from crawler.discover.revisits import LADDER, LONGEST_GAP
from crawler.telling import time_ahead

_IS_FIRST = (
    "nothing is crawled here yet: name the sites once, as in `newsreel crawl --due TARGET...`"
)


def crawl_due(
    root: Path,
    words: Sequence[str],
    crawl: Callable[[Sequence[str]], int],
    *,
    is_quiet: bool,
    clock: Callable[[], datetime] = now_utc,
) -> int:
    """Crawl the sites named, or all that the store has crawled, when anything of them is due.

    Returns 0 without a request when nothing is, and beside a crawl that goes on.
    """
    layout = Layout(root)
    if not layout.journal.is_file() and not words:
        raise NoStoreError(root)
    try:
        with _held(layout):
            now = clock()
            known, next_due = _asked_before(layout, words, now=now)
            is_new = bool(set(words) - set(known))
            if not is_new and (next_due is None or next_due > now):
                _say(_nothing_due(next_due, now), is_quiet=is_quiet)
                return 0
            if not (words or known):
                raise ConfigError(_IS_FIRST)
            return crawl(words or known)
    except StoreInUseError:
        _say(f"{root} is being crawled already; this call has nothing to do", is_quiet=is_quiet)
        return 0


@contextmanager
def _held(layout: Layout) -> Iterator[None]:
    """Hold the lock of `--due`; a call that made no store leaves nothing of it behind."""
    is_new_folder, is_new_lock = not layout.root.exists(), not layout.due_lock.exists()
    with held(layout.due_lock):
        try:
            yield
        finally:
            if is_new_lock and not layout.journal.exists():
                layout.due_lock.unlink(missing_ok=True)
                if is_new_folder:
                    with suppress(OSError):  # it holds something after all
                        layout.root.rmdir()


def _asked_before(
    layout: Layout, words: Sequence[str], *, now: datetime
) -> tuple[tuple[str, ...], datetime | None]:
    """Return the targets of all crawls of a store, and when something of those named is due."""
    if not layout.journal.is_file():
        return (), None
    journal = Journal.read(layout.journal)
    try:
        plans = journal.runs.plans()
        known = tuple(dict.fromkeys(word for plan in plans for word in _words(plan)))
        return known, _next_due(journal, words or known, now=now)
    finally:
        journal.close()


def _next_due(journal: Journal, words: Sequence[str], *, now: datetime) -> datetime | None:
    """Return when the next address is due; what the site files say is read when one seems to be."""
    if journal.captures.unread(after=0, limit=1):  # a call was killed before it had read them
        return now
    moment = _believed(journal.looks.next_due(LADDER), now)
    if moment is None or moment > now or not words:
        return moment
    from crawler.commands.awake import due_at  # noqa: PLC0415 - scrapy
    from crawler.registry import known_sites  # noqa: PLC0415 - scrapy

    return _believed(due_at(words, known_sites(), journal, now=now), now)


def _believed(moment: datetime | None, now: datetime) -> datetime | None:
    """Return a moment, or now for one so far ahead that a clock was set back: a crawl mends it."""
    return now if moment is not None and moment - now > LONGEST_GAP else moment


def _words(plan: str) -> Iterator[str]:
    yield from json.loads(plan).get("targets", ())


def _nothing_due(next_due: datetime | None, now: datetime) -> str:
    if next_due is None:
        return "nothing is due"
    return f"nothing is due; the next is due in {time_ahead(next_due, now)}"


def _say(sentence: str, *, is_quiet: bool) -> None:
    if not is_quiet:
        answer_console().print(sentence, soft_wrap=True)
