"""How far a long command is, for whoever waits for it."""

import time
from typing import Final, Self

from rich.console import Console
from rich.status import Status

from archive.verify.report import Step
from crawler.telling import in_words

_PATIENCE_S: Final = 2.0
"""What is over by then needs no progress."""
_REDRAW_S: Final = 0.25
_HEARTBEAT_S: Final = 60.0


class LineProgress:
    """A live line on a terminal, once it takes a while; elsewhere a line a minute."""

    def __init__(self, console: Console, verb: str = "verify") -> None:
        self._console = console
        self._verb = verb
        self._status: Status | None = None
        self._began = self._last = time.monotonic()
        self._area: tuple[str, float] = ("", 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def show(self, step: Step) -> None:
        """Tell how far it is, when it is time to."""
        now, share = time.monotonic(), step.done / max(step.total, 1)
        if self._area[0] != step.area:
            self._area = (step.area, now)
        took = now - self._area[1]
        is_sure = share > 0 and took > _PATIENCE_S
        left = f", {in_words(took / share - took)} left" if is_sure else ""
        self.say(f"reading {step.area} {share:.0%}{left}")

    def say(self, line: str) -> None:
        """Show a line, when it is time to."""
        now = time.monotonic()
        is_terminal = self._console.is_terminal
        pause = _REDRAW_S if is_terminal else _HEARTBEAT_S
        if now - self._began < _PATIENCE_S or now - self._last < pause:
            return
        self._last = now
        if not is_terminal:
            self._console.print(
                f"{self._verb}  {line} took={now - self._began:.0f}s", soft_wrap=True
            )
        elif self._status is None:
            self._status = self._console.status(line)
            self._status.start()
        else:
            self._status.update(line)
