"""What a crawl shows on standard error: a live line on a terminal, events elsewhere."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.status import Status

from archive.counted import counted
from archive.instant import now_utc
from crawler.console import on_one_line
from crawler.run import CrawlRun
from crawler.telling import in_words

_HEARTBEAT_S: Final = 60.0
_REDRAW_S: Final = 0.25
_COUNT_S: Final = 5.0
"""Between two counts of what is left: a million addresses take some hundredths of a second."""
_WAY_OUT: Final = "Ctrl-C stops cleanly"
_LAST_WORDS: Final = "finishing what is under way; Ctrl-C again drops it"


class Progress:
    """Counts visits and says how it goes; without a terminal one line a minute."""

    def __init__(
        self,
        console: Console,
        *,
        is_quiet: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console
        self._monotonic = monotonic
        self._is_quiet = is_quiet
        self._status: Status | None = None
        self._counts: Counter[str] = Counter()
        self._began = self._last = monotonic()
        self._run_id = ""
        self._is_stopping = False
        self._run: CrawlRun | None = None
        self._waiting, self._counted_at = 0, monotonic()

    def begin(self, run: CrawlRun) -> None:
        """Say that a run begins."""
        self._run, self._run_id = run, run.id
        verb = "resume" if run.is_resumed else "start"
        targets = ",".join(on_one_line(word.strip()) for word in run.plan.words)
        if self._console.is_terminal and not self._is_quiet:
            self._status = self._console.status("Looking for what is new ...")
            self._status.start()
        else:
            self._say(f"{verb:7} run={run.id} targets={targets}")

    def warn(self, sentence: str) -> None:
        """Say what a person should know, also who asked for quiet: it is said once."""
        self._console.print(f"warning: {sentence}", soft_wrap=True)

    def note(self, event: str) -> None:
        """Count an event: visit, requisite, row."""
        self._counts[event] += 1
        now = self._monotonic()
        if self._status is not None and now - self._last >= _REDRAW_S:
            self._last = now
            self._status.update(self._line())
        elif self._status is None and now - self._last >= _HEARTBEAT_S:
            self._last = now
            self._say(f"beat    run={self._run_id} {self._fields()}")

    def tell_of_stopping(self) -> None:
        """Say that it was asked to end, which takes as long as the answers under way."""
        if self._status is not None:
            self._is_stopping = True
            self._status.update(self._line())

    def end(self, outcome: str) -> None:
        """Say that it is over."""
        if self._status is not None:
            self._status.stop()
        else:
            self._say(f"end     run={self._run_id} outcome={outcome} {self._fields()}")

    def _line(self) -> str:
        seconds = max(self._monotonic() - self._began, 0.001)
        done = self._counts["visit"]
        return (
            f"{counted(done, 'request')} ({done / seconds:.1f}/s), "
            f"{counted(self._counts['row'], 'new article')}"
            f"{self._besides()}{self._ahead()}; "
            f"{_LAST_WORDS if self._is_stopping else _WAY_OUT}"
        )

    def _fields(self) -> str:
        took = self._monotonic() - self._began
        requisites = self._counts["requisite"]
        return (
            f"requests={self._counts['visit']} new={self._counts['row']} "
            f"{f'requisites={requisites} ' if requisites else ''}took={took:.0f}s"
        )

    def _besides(self) -> str:
        requisites = self._counts["requisite"]
        return f", {counted(requisites, 'page requisite')}" if requisites else ""

    def _ahead(self) -> str:
        """Return what is still to be asked for, as far as it is known, and how long that takes."""
        now = self._monotonic()
        if self._run is not None and now - self._counted_at >= _COUNT_S:
            self._waiting = self._run.reader.addresses.waiting(self._run.id)
            self._counted_at = now
        asked = self._counts["visit"] + self._counts["requisite"]
        if not (self._waiting and asked):
            return ""
        return f"; {self._waiting:,} to go, {in_words(self._waiting * (now - self._began) / asked)}"

    def _say(self, text: str) -> None:
        if not self._is_quiet:
            self._console.print(f"{now_utc():%Y-%m-%dT%H:%M:%SZ} {text}", soft_wrap=True)
