"""What small parts cost and what compaction saves: bytes, query time and memory, side by side.

    python benchmarks/bench_dataset.py [--rows 20000] [--parts 1000] [--memory 10000,100000]
    python benchmarks/bench_dataset.py --ways    # and what other ways of compacting would give

Compared are parts as a crawl leaves them, the same parts compacted, one JSON line a row in gzip,
and a WARC of pages; Python reads the last two from end to end.
"""

import argparse
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from invented_articles import JUNE, SITES, article, flushes, prose_page

from archive.article import Article, to_json
from archive.dataset.compaction import compact
from archive.dataset.rows import to_table
from archive.dataset.schema import DATASETS
from archive.dataset.writer import DESCRIBED_ROWS, Effort, sorted_part, write_part
from archive.journal.parts import PublishedPart
from archive.journal.runs import Run
from archive.store import Store, open_for_writing
from archive.warc.reader import walk
from archive.warc.records import Provenance, make_record, warcinfo_record, written_date
from archive.warc.writer import WarcWriter

JULY = datetime(2026, 7, 5, tzinfo=UTC)
WARC_PAGES = 500
QUERIES = {
    "count by site": "SELECT site_domain, count(*) FROM {0} GROUP BY ALL",
    "top authors": "SELECT a.name, count(*) FROM (SELECT unnest(authors) AS a FROM {0}) "
    "GROUP BY ALL ORDER BY 2 DESC LIMIT 10",
    "latest version": "SELECT arg_max(headline, version) FROM {0} GROUP BY article_id",
    "one address": "SELECT headline FROM {0} WHERE url_surtkey = 'example,site1)/nothing'",
    "words in text": "SELECT count(*) FROM {0} WHERE text ILIKE '%harbour%'",
}
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


def put(store: Store, site: int, serial: int, records: Sequence[Article], run: str) -> None:
    """Publish rows as one part, as a crawl does."""
    part = write_part(
        store.layout,
        "articles",
        site=f"site{site}",
        month=JUNE,
        part_id=f"{run}-{serial:05d}",
        records=records,
        footer={"newsreel.run_id": run},
    )
    named = PublishedPart(
        dataset=part.dataset,
        path=part.path,
        rows=part.rows,
        size_bytes=part.bytes,
        sha256=part.sha256,
        schema_version=part.schema_version,
        run_id="bench",
    )
    with store.journal.transaction():
        store.journal.parts.add(named, at=JUNE)


@contextmanager
def bench_store(root: Path, now: datetime) -> Iterator[Store]:
    """Open a store that has a run."""
    with open_for_writing(root, now=now) as store:
        if not store.journal.runs.newest(1):
            with store.journal.transaction():
                store.journal.runs.begin(Run(id="bench", plan="{}", started_at=JUNE))
        yield store


def described_bytes(records: Sequence[Article], scratch: Path) -> int:
    """Return what the rows take as a part with all descriptions."""
    dataset = DATASETS["articles"]
    table = to_table(dataset.record_type, records)
    keys = [(name, "ascending") for name in dataset.sorted_by]
    with sorted_part(scratch, dataset, rows=DESCRIBED_ROWS, footer={}) as write:
        write(table.sort_by(keys))
    return scratch.stat().st_size


def seconds(work: Callable[[], object], *, best_of: int = 3) -> float:
    """Return the shortest time of some runs."""
    taken = []
    for _ in range(best_of):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return min(taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """What two ways took, each in every round."""

    slow: Sequence[float]
    fast: Sequence[float]

    def __str__(self) -> str:
        """Tell the medians, and the median and quartiles of how often one goes into the other."""
        ratios = [one / other for one, other in zip(self.slow, self.fast, strict=True)]
        least, middle, most = statistics.quantiles(ratios)
        slow, fast = statistics.median(self.slow), statistics.median(self.fast)
        return f"{slow:.4f} and {fast:.4f} s, {middle:.1f} times ({least:.1f} to {most:.1f})"


def ask(query: str, folder: Path) -> tuple[float, float]:
    """Return what an answer took of the clock and of the processor, of one who just came."""
    with duckdb.connect() as connection:
        begin = time.perf_counter(), time.process_time()
        connection.sql(query.format(f"read_parquet('{folder}/**/*.parquet')")).to_arrow_table()
        return time.perf_counter() - begin[0], time.process_time() - begin[1]


def in_turn(query: str, slow: Path, fast: Path, rounds: int) -> tuple[Duel, Duel]:
    """Return what both folders took of the clock, and of the processor.

    Each round asks both, in an order that is thrown: what else the machine does meets both alike.
    """
    dice = random.Random(rounds)
    taken: dict[Path, list[tuple[float, float]]] = {slow: [], fast: []}
    for _ in range(rounds):
        for folder in dice.sample((slow, fast), 2):
            taken[folder].append(ask(query, folder))
    wall, processor = (
        Duel(slow=[each[clock] for each in taken[slow]], fast=[each[clock] for each in taken[fast]])
        for clock in (0, 1)
    )
    return wall, processor


def size_of(folder: Path) -> tuple[int, int]:
    """Return how many parts there are, and their bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*.parquet")]
    return len(sizes), sum(sizes)


def fill(root: Path, rows: int, parts: int) -> tuple[Path, Path, int]:
    """Publish rows as parts, and write them as JSON lines, and some as pages of a WARC.

    Returns both files, and the bytes that parts with all descriptions would have.
    """
    root.mkdir()
    lines, pages, described, left = root / "a.jsonl.gz", root / "a.warc.gz", 0, WARC_PAGES
    made_by = Provenance(software="bench", run_id="bench")
    first = warcinfo_record(pages.name, provenance=made_by, record_id="<urn:uuid:0>", date=JUNE)
    warc = WarcWriter(pages, warcinfo=first)
    with (
        bench_store(root / "store", JUNE) as store,
        gzip.open(lines, "wt", compresslevel=6) as file,
    ):
        for serial, (site, run, records) in enumerate(flushes(rows, parts)):
            put(store, site, serial, records, run)
            described += described_bytes(records, root / "described.parquet")
            for row in records:
                file.write(to_json(row) + "\n")
                if left > 0:
                    named = (
                        ("WARC-Record-ID", row.warc_record_id),
                        ("WARC-Date", written_date(JUNE)),
                        ("WARC-Target-URI", row.url),
                    )
                    warc.append(make_record("response", named, "text/html", prose_page(row)))
                    left -= 1
    warc.close()
    return lines, pages, described


def compare(root: Path, rows: int, parts: int, rounds: int) -> None:
    """Print bytes and query times of the forms."""
    lines, pages, described = fill(root, rows, parts)
    begin = time.process_time()
    with bench_store(root / "store", JULY) as store:
        compact(store, now=JULY, pause=lambda _: None)
    taken = time.process_time() - begin
    small, large = root / "store/snapshots/000001/articles", root / "store/articles"
    (many, before), (few, after) = size_of(small), size_of(large)
    for name, files, size in (
        ("as written", many, before),
        ("with all descriptions", many, described),
        ("compacted", few, after),
        ("JSONL.gz", 1, lines.stat().st_size),
    ):
        print(f"{name:22} {files:6,} files  {size:13,} bytes  {size / rows:8,.0f} a row")
    print(
        f"compaction saves {1 - after / before:.1%} of parts as written, "
        f"{1 - after / described:.1%} of parts with all descriptions; "
        f"{taken / rows * 1000:.1f} ms CPU a row"
    )
    plain = scanned_lines(lines)
    archived = scanned_pages(pages) / WARC_PAGES * rows
    for name, query in QUERIES.items():
        wall, processor = in_turn(query, small, large, rounds)
        fast = statistics.median(wall.fast)
        print(f"{name:16} as written and compacted {wall}")
        print(f"{'':16} of the processor {processor}")
        print(f"{'':16} JSONL.gz {plain / fast:,.0f} times, WARC {archived / fast:,.0f} as long")


def scanned_lines(path: Path) -> float:
    """Return the seconds that a look at one field of each JSON line takes."""

    def scan() -> int:
        with gzip.open(path, "rt") as file:
            return sum(json.loads(line)["word_count"] for line in file)

    return seconds(scan, best_of=1)


def scanned_pages(path: Path) -> float:
    """Return the seconds that a look for a word in each page of a WARC takes."""
    return seconds(lambda: sum(b"harbour" in record.block for _, record in walk(path)))


def compare_ways(rows: int, parts: int) -> None:
    """Print what one site's part would take, written in other ways."""
    dataset = DATASETS["articles"]
    records = [row for site, _, each in flushes(rows, parts) if site == 1 for row in each]
    table = to_table(dataset.record_type, records)
    table = table.sort_by([(name, "ascending") for name in dataset.sorted_by])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.parquet"
        for name, effort in WAYS.items():
            begin = time.process_time()
            with sorted_part(path, dataset, rows=len(records), footer={}, effort=effort) as write:
                write(table)
            wrote, begin = time.process_time() - begin, time.process_time()
            pq.read_table(path)
            read = time.process_time() - begin
            print(
                f"{name:24} {path.stat().st_size:12,} bytes  "
                f"written in {wrote / len(records) * 1000:5.2f} ms a row, "
                f"read in {read / len(records) * 1000:.2f}"
            )


def peak_megabytes() -> float:
    """Return the most memory that this process has had (VmHWM), in MiB."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


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
        told = {"article_id": f"{number:032x}", "url": f"https://site0.example/story-{number}/"}
        made.append(replace(model, url_surtkey=key, blocks=blocks, text=text, **told))
    return made


def measure_memory(deed: str, rows: int, root: Path) -> None:
    """Fill a store, or compact it, in this process alone, and say its peak."""
    begin = peak_megabytes()
    if deed == "writing":
        with bench_store(root, JUNE) as store:
            for serial in range(rows // 500):
                put(store, 0, serial, short_rows(500, serial * 500), "bench")
    else:
        with bench_store(root, JULY) as store:
            compact(store, now=JULY, pause=lambda _: None)
    print(f"{rows:9,} rows  {deed:10}  {peak_megabytes():4.0f} MiB, {begin:.0f} to begin with")


def main() -> None:
    """Compare, then measure memory in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--parts", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--ways", action="store_true")
    parser.add_argument("--memory", default="10000,100000")
    parser.add_argument("--measure", nargs=3, metavar=("DEED", "ROWS", "STORE"))
    options = parser.parse_args()
    if options.measure:
        deed, rows, root = options.measure
        measure_memory(deed, int(rows), Path(root))
        return
    if options.parts:
        with tempfile.TemporaryDirectory() as folder:
            compare(Path(folder) / "bench", options.rows, options.parts, options.rounds)
    if options.ways:
        compare_ways(options.rows, options.parts or SITES)
    for rows in filter(None, options.memory.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            for deed in ("writing", "compacting"):
                command = [sys.executable, __file__, "--measure", deed, rows, f"{folder}/store"]
                subprocess.run(command, check=True, env=AS_NEWSREEL)


if __name__ == "__main__":
    main()
