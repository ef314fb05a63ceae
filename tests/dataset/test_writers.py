"""Four writers at once: one at a time has the store, the others try again, and no row is lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

from archive.dataset.compaction import compact
from archive.errors import StoreInUseError
from archive.store import open_for_writing
from tests.dataset.small_parts import JULY, JUNE, add_part, at_once, begin_run

Make = Callable[..., Any]
WRITERS, PARTS = 4, 2


def test_four_writers_and_their_compactions_lose_and_double_no_row(
    tmp_path: Path, record: Make
) -> None:
    begin_run(tmp_path)

    start, pause = threading.Barrier(WRITERS), threading.Event()

    def write(number: int) -> None:
        start.wait()
        for serial in range(PARTS):
            while True:
                try:
                    with open_for_writing(tmp_path, now=JUNE) as store:
                        row = record("captures", number * PARTS + serial)
                        add_part(store, "captures", [row], part_id=f"{number}-{serial}")
                        compact(store, pause=at_once, now=JULY)
                    break
                except StoreInUseError:
                    pause.wait(0.02)

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, range(WRITERS)))

    urls = pd.read_parquet(tmp_path / "captures", columns=["url"])["url"]
    assert (len(urls), urls.nunique()) == (WRITERS * PARTS, WRITERS * PARTS)
