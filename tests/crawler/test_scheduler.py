"""The scheduler hands out what the frontier says, and ends the crawl when it cannot say it."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from crawler.scheduler import FrontierScheduler
from tests.crawler.crawl_samples import HOME, crawl_at


def test_a_fault_while_the_next_request_is_looked_for_ends_the_crawl_and_is_told(
    tmp_path: Path,
) -> None:
    stopped: list[bool] = []
    without_engine: Any = None
    with crawl_at(tmp_path, HOME) as run:
        run.threads.stop = lambda: stopped.append(True)
        run.frontier.add_site(run.plan.targets[0].site)
        run.reader.close()  # as when the file system below the journal went away

        with pytest.raises(sqlite3.ProgrammingError):
            FrontierScheduler(without_engine, run).next_request()

        assert [type(fault) for fault in run.faults] == [sqlite3.ProgrammingError]
        assert (run.outcome, stopped) == (["failed"], [True])
