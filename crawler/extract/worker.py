"""What runs inside a worker process: its limits, and one page at a time.

The process that hands out the work imports this module too, so trafilatura is imported in the
functions, which only workers call.
"""

import resource
import signal
from typing import TYPE_CHECKING

from crawler.extract.page import SourcePage
from crawler.extract.rules import Design

if TYPE_CHECKING:
    from crawler.extract.reading import Reading


def begin(memory_bytes: int) -> None:
    """Bound this process's memory and load everything that the first page would wait for."""
    from crawler.extract.kept import warm_up  # noqa: PLC0415 - loads trafilatura

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, hard))
    warm_up()


def read(page: SourcePage, rules: Design | None, limit_s: float) -> "Reading":
    """Read one page; a page that takes more seconds of CPU ends the process with SIGPROF.

    The clock on the wall would let a busy machine decide which pages can be read, and a handler in
    Python would wait for lxml or a regular expression to return.
    """
    from crawler.extract.reading import read_page  # noqa: PLC0415 - loads trafilatura

    signal.setitimer(signal.ITIMER_PROF, limit_s)
    try:
        return read_page(page, rules)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
