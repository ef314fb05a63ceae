"""What small parts cost, and what compaction saves: bytes, query time and memory, side by side.

    python benchmarks/bench_dataset.py [--rows 20000] [--parts 1000] [--memory 10000,100000]

Rows are articles of invented words (5 KB of text). Compared are the parts as a crawl leaves them,
the same parts compacted, and one JSON line a row in gzip, which Python reads from end to end.
"""

import argparse
import gzip
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

import duckdb

from archive.article import Article, Author, Block, BlockKind, Image, to_json
from archive.dataset.compaction import compact
from archive.dataset.writer import write_part
from archive.digest import labelled_sha1
from archive.journal.parts import PublishedPart
from archive.journal.runs import Run
from archive.store import Store, open_for_writing

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 5, tzinfo=UTC)
SITES = 8
QUERIES = {
    "count by site": "SELECT site_domain, count(*) FROM {0} GROUP BY ALL",
    "top authors": "SELECT a.name, count(*) FROM (SELECT unnest(authors) AS a FROM {0}) "
    "GROUP BY ALL ORDER BY 2 DESC LIMIT 10",
    "latest version": "SELECT arg_max(headline, version) FROM {0} GROUP BY article_id",
    "one address": "SELECT headline FROM {0} WHERE url = 'https://site1.example/story-999/'",
    "words in text": "SELECT count(*) FROM {0} WHERE text ILIKE '%harbour%'",
}


@cache
def words() -> list[str]:
    """Return invented words, the short ones first."""
    dice = random.Random(1)
    parts = ("ha", "rbo", "ur", "lin", "ster", "mo", "ken", "tra", "vel", "ing", "o", "der", "sh")
    made = {"".join(dice.choices(parts, k=dice.randint(1, 4))) for _ in range(40_000)}
    return sorted(made, key=len)


def articles(numbers: Iterable[int]) -> Iterator[Article]:
    """Yield invented articles; each number is one, and the same every time."""
    known = words()
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(known))))
    for number in numbers:
        dice = random.Random(number)
        texts = [" ".join(dice.choices(known, cum_weights=weights, k=60)) for _ in range(14)]
        yield Article(
            article_id=f"{number:032x}",
            version=1,
            url=f"https://site{number % SITES}.example/story-{number}/",
            url_surtkey=f"example,site{number % SITES})/story-{number}",
            site_domain=f"site{number % SITES}.example",
            headline=" ".join(dice.choices(known, k=9)),
            dek=" ".join(dice.choices(known, k=20)),
            blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts),
            text="\n\n".join(texts),
            images=(Image(url=f"https://x.example/{number}.jpg", role="lead", credit="Harbour"),),
            authors=(Author(name=f"Author {dice.randrange(60)}"),),
            published_at=JUNE + timedelta(minutes=number % 40_000),
            fetch_time=JUNE + timedelta(minutes=number % 40_000, seconds=30),
            fetch_status=200,
            word_count=840,
            content_digest=labelled_sha1(str(number).encode()),
            run_id="bench",
            extractor="newsreel/0.1.0",
        )


def fill(store: Store, rows: int, parts: int) -> None:
    """Publish rows in so many parts, as runs of a crawl leave them."""
    with store.journal.transaction():
        store.journal.runs.begin(Run(id="bench", plan="{}", started_at=JUNE))
    size = rows // parts
    for serial in range(parts):
        site = serial % SITES
        first = serial // SITES * size * SITES + site
        records = list(articles(range(first, first + size * SITES, SITES)))
        part = write_part(
            store.layout,
            "articles",
            site=f"site{site}",
            month=JUNE,
            part_id=f"{serial:05d}",
            records=records,
            footer={"newsreel.run_id": "bench"},
        )
        with store.journal.transaction():
            named = PublishedPart(
                dataset=part.dataset,
                path=part.path,
                rows=part.rows,
                size_bytes=part.bytes,
                sha256=part.sha256,
                schema_version=part.schema_version,
                run_id="bench",
            )
            store.journal.parts.add(named, at=JUNE)


def seconds(work: Callable[[], object], *, best_of: int = 3) -> float:
    """Return the shortest time of some runs."""
    taken = []
    for _ in range(best_of):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def size_of(folder: Path) -> tuple[int, int]:
    """Return how many parts there are, and their bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*.parquet")]
    return len(sizes), sum(sizes)


def compare(root: Path, rows: int, parts: int) -> None:
    """Print bytes and query times of the three forms."""
    with open_for_writing(root, now=JUNE) as store:
        fill(store, rows, parts)
    with open_for_writing(root, now=JULY) as store:
        compact(store, now=JULY)
    small, large = root / "snapshots/000001/articles", root / "articles"
    lines = root / "articles.jsonl.gz"
    with gzip.open(lines, "wt", compresslevel=6) as file:
        for article in articles(range(rows)):
            file.write(to_json(article) + "\n")

    for name, (files, size) in (("as written", size_of(small)), ("compacted", size_of(large))):
        print(f"{name:12} {files:6,} files  {size:13,} bytes  {size / rows:8,.0f} a row")
    print(f"{'JSONL.gz':12} {1:6,} files  {lines.stat().st_size:13,} bytes")
    saved = 1 - size_of(large)[1] / size_of(small)[1]
    print(f"compaction saves {saved:.0%}")

    def scan() -> int:
        with gzip.open(lines, "rt") as file:
            return sum(json.loads(line)["word_count"] for line in file)

    plain = seconds(scan, best_of=1)
    for name, query in QUERIES.items():
        with duckdb.connect() as connection:
            times = [
                seconds(
                    lambda q=query, f=folder: connection.sql(
                        q.format(f"read_parquet('{f}/**/*.parquet')")
                    ).fetchall()
                )
                for folder in (small, large)
            ]
        print(
            f"{name:16} as written {times[0]:7.3f} s  compacted {times[1]:7.3f} s  "
            f"{times[0] / times[1]:5.1f} times  ({plain / times[1]:,.0f} times a scan of JSONL.gz)"
        )


def measure_memory(rows: int) -> None:
    """Fill and compact in this process, and say the peak of each: run it in one of its own."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "store"
        with open_for_writing(root, now=JUNE) as store:
            fill(store, rows, max(8, rows // 500))
        written = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with open_for_writing(root, now=JULY) as store:
            compact(store, now=JULY)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"{rows:9,} rows  writing {written / 1024:6.0f} MB  compacting {peak / 1024:6.0f} MB")


def main() -> None:
    """Compare, then measure memory in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--parts", type=int, default=1_000)
    parser.add_argument("--memory", default="10000,100000")
    parser.add_argument("--measure-memory", type=int)
    options = parser.parse_args()
    if options.measure_memory:
        measure_memory(options.measure_memory)
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder) / "store", options.rows, options.parts)
    for rows in filter(None, options.memory.split(",")):
        subprocess.run([sys.executable, __file__, "--measure-memory", rows], check=True)


if __name__ == "__main__":
    main()
