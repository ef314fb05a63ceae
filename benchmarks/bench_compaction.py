"""What compacting gives in other ways, and the memory that writing and compacting take.

    python -m benchmarks.bench_compaction --ways
    python -m benchmarks.bench_compaction --memory 10000,100000,1000000

Memory is the peak of a process that does one thing. A million rows take some ten minutes, so this
is no part of `make bench`.
"""

import argparse
import os
import subprocess
import tempfile
import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from archive.article import Article
from archive.dataset.compaction import compact
from archive.dataset.memory import give_back
from archive.dataset.rows import to_table
from archive.dataset.schema import DATASETS
from archive.dataset.writer import Effort, sorted_part
from benchmarks.invented_articles import JUNE, article, flushes
from benchmarks.invented_store import JULY, bench_store, put
from benchmarks.process_cost import ROOT, module, peak_mib
from benchmarks.tables import table

MEGABYTE = 1 << 20
WAYS = {
    "level 3, pages of 1 MB": Effort(level=3),
    "level 6": Effort(level=6),
    "level 9": Effort(level=9),
    "level 12, pages of 4 MB": Effort(level=12, page_bytes=4 * MEGABYTE),
    "level 15, pages of 4 MB": Effort(level=15, page_bytes=4 * MEGABYTE),
    "level 19, pages of 1 MB": Effort(level=19),
    "level 19, pages of 4 MB": Effort(level=19, page_bytes=4 * MEGABYTE),
    "level 19, pages of 8 MB": Effort(level=19, page_bytes=8 * MEGABYTE),
}


AS_NEWSREEL = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"}


def ways_compared(rows: int, parts: int) -> str:
    """Return what one site's part would take, written in other ways."""
    dataset = DATASETS["articles"]
    records = [row for site, _, each in flushes(rows, parts) if site == 1 for row in each]
    made = to_table(dataset.record_type, records)
    made = made.sort_by([(name, "ascending") for name in dataset.sorted_by])
    told = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.parquet"
        for name, effort in WAYS.items():
            begin = time.process_time()
            with sorted_part(path, dataset, rows=len(records), footer={}, effort=effort) as write:
                write(made)
            wrote, begin = time.process_time() - begin, time.process_time()
            pq.read_table(path)
            read = time.process_time() - begin
            each_ms = [f"{1000 * took / len(records):.2f} ms" for took in (wrote, read)]
            told.append((name, f"{path.stat().st_size:,}", *each_ms))
    return table(("way", "bytes", "written, a row", "read, a row"), told)


@cache
def _model(number: int) -> Article:
    return article(number)


def short_rows(count: int, first: int) -> list[Article]:
    """Return articles of one site, of a fifth of the usual text: a million take minutes."""
    made = []
    for number in range(first, first + count):
        model = _model(number % 40)
        blocks = model.blocks[number % 12 : number % 12 + 3]
        key = f"example,site0)/story-{number * 7919 % 1_000_003}"
        text = "\n\n".join(block.text for block in blocks)
        told: dict[str, Any] = {
            "article_id": f"{number:032x}",
            "url": f"https://site0.example/story-{number}/",
        }
        made.append(replace(model, url_surtkey=key, blocks=blocks, text=text, **told))
    return made


def measure_memory(deed: str, rows: int, root: Path) -> None:
    """Fill a store, or compact it, in this process alone, and say its peak."""
    begin = peak_mib()
    if deed == "writing":
        with bench_store(root, JUNE) as store:
            for serial in range(rows // 500):
                put(store, 0, serial, short_rows(500, serial * 500), "bench")
    else:
        with bench_store(root, JULY) as store:
            give_back()  # as `newsreel compact` does
            compact(store, now=JULY, pause=lambda _: None)
    print(f"{rows:9,} rows  {deed:10}  {peak_mib():4.0f} MiB, {begin:.0f} to begin with")


def main() -> None:
    """Compare ways, or measure memory in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--parts", type=int, default=1_000)
    parser.add_argument("--ways", action="store_true")
    parser.add_argument("--memory", type=_counts, default=(), metavar="ROWS,ROWS")
    parser.add_argument("--measure", nargs=3, metavar=("DEED", "ROWS", "STORE"))
    options = parser.parse_args()
    if options.measure:
        deed, rows, root = options.measure
        measure_memory(deed, int(rows), Path(root))
    if options.ways:
        print(ways_compared(options.rows, options.parts))
    for rows in options.memory:
        with tempfile.TemporaryDirectory() as folder:
            for deed in ("writing", "compacting"):
                command = module("bench_compaction", "--measure", deed, rows, f"{folder}/store")
                subprocess.run(command, check=True, cwd=ROOT, env=AS_NEWSREEL)


def _counts(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


if __name__ == "__main__":
    main()
