"""Waiting for a store that a crawl writes to, when there is little left to do in it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from archive.errors import StoreInUseError
from archive.instant import now_utc
from archive.store import Store, open_for_writing

_PATIENCE_S: Final = 15 * 60
"""Longer than a crawl of what is due takes as a rule."""
_PAUSE_S: Final = 1.0


@contextmanager
def opened_when_free(root: Path, *, say: Callable[[str], None]) -> Iterator[Store]:
    """Open a store for writing once nobody else does, and hold it until the block ends.

    Raises StoreInUseError when it is not free after a quarter of an hour.
    """
    until = time.monotonic() + _PATIENCE_S
    with ExitStack() as stack:
        while True:
            try:
                store = stack.enter_context(open_for_writing(root, now=now_utc()))
            except StoreInUseError:
                if time.monotonic() > until:
                    raise
                say("waiting for the crawl that writes to the store")
                time.sleep(_PAUSE_S)
            else:
                break
        yield store
