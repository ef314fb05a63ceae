"""Ctrl-C and SIGTERM, from the first moment of the process to the last step of a crawl.

An exception that a signal raises lands anywhere. In the midst of an import it shows a traceback of
other people's code, or is swallowed: a weak reference's callback only prints it. In a crawl that is
about to begin, Scrapy forgets what it is told before its engine runs. So loading is ended at once,
when nothing has begun yet, and a crawl is told when it can listen.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

BY_SIGNAL: Final = 128
"""The exit code when a signal ends a verb is its number and this much more."""
INTERRUPTED: Final = BY_SIGNAL + signal.SIGINT
"""The exit code when Ctrl-C ends a verb."""

_LOADER: Final = "<frozen importlib"


def main() -> None:
    """Run `newsreel`; Ctrl-C while modules are loaded ends it without a word."""
    # Whoever started it with the signal ignored, as `nohup` may, goes on ignoring it.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    from crawler.cli import main as run  # noqa: PLC0415 - it loads typer and rich

    run()


def _interrupt(signum: int, frame: FrameType | None) -> None:
    if _is_loading(frame):
        os._exit(INTERRUPTED)
    signal.default_int_handler(signum, frame)


def _is_loading(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(_LOADER):
            return True
        frame = frame.f_back
    return False


class Stopping:
    """Which signal asked a crawl to end, and whom to tell."""

    def __init__(self) -> None:
        self.signum = 0
        """The first that came; 0 while none did."""
        self.tell: Callable[[int, FrameType | None], None] | None = None
        """What ends the crawl; None while nobody is there who could listen."""

    def heed(self, signum: int, frame: FrameType | None) -> None:
        """Note a signal; one that comes again before anybody listens ends all of it at once."""
        is_first, self.signum = not self.signum, self.signum or signum
        if self.tell is not None:
            self.tell(signum, frame)
        elif not is_first:
            raise KeyboardInterrupt


@contextmanager
def heeding() -> Iterator[Stopping]:
    """Note in the block what would have raised: a crawl's steps are finished, not broken off."""
    stopping = Stopping()
    if threading.current_thread() is not threading.main_thread():
        yield stopping  # no signal reaches this thread
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.signal(each, stopping.heed) for each in signals}
    try:
        yield stopping
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
