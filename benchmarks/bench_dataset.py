"""What small parts cost and what compaction saves: bytes and query time, side by side.

    python -m benchmarks.bench_dataset [--rows 20000] [--parts 1000] [--rounds 15]

Compared are parts as a crawl leaves them, the same parts compacted, one JSON line a row in gzip,
and a WARC of pages; Python reads the last two from end to end. What compacting gives in other ways,
and the memory that it takes, is in bench_compaction.py.
"""

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from archive.article import Article, to_json
from archive.dataset.compaction import compact
from archive.dataset.rows import to_table
from archive.dataset.schema import DATASETS
from archive.dataset.writer import DESCRIBED_ROWS, sorted_part
from archive.warc.reader import walk
from archive.warc.records import Provenance, make_record, warcinfo_record, written_date
from archive.warc.writer import WarcWriter
from benchmarks.invented_articles import JUNE, SITES, flushes, prose_page
from benchmarks.invented_store import JULY, bench_store, put
from benchmarks.rounds import Compared, in_turn
from benchmarks.tables import spread, table

SMALL = "parts as a crawl writes them"
LARGE = "compacted"
DESCRIBED = "as written, with all descriptions"
LINES = "JSONL.gz, gzip level 6"
ROWS = 20_000
PARTS = 1_000
ROUNDS = 7
WARC_PAGES = 500
QUERIES = {
    "count by site": "SELECT site_domain, count(*) FROM {0} GROUP BY ALL",
    "top authors": "SELECT a.name, count(*) FROM (SELECT unnest(authors) AS a FROM {0}) "
    "GROUP BY ALL ORDER BY 2 DESC LIMIT 10",
    "latest version": "SELECT arg_max(headline, version) FROM {0} GROUP BY article_id",
    "one address": "SELECT headline FROM {0} WHERE url_surtkey = 'example,site1)/nothing'",
    "words in text": "SELECT count(*) FROM {0} WHERE text ILIKE '%harbour%'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one question took of small parts and of large ones, round by round."""

    wall_s: Compared
    cpu_s: Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What the forms of a dataset take, and what questions take of them."""

    rows: int
    files: Mapping[str, int]
    """Of every form."""
    size_bytes: Mapping[str, int]
    compacting_s: float
    """CPU seconds."""
    questions: Mapping[str, Asked]
    lines_s: float
    """That a look at one field of each JSON line takes."""
    warc_s: float
    """That a look for a word in each page of a WARC would take, as far as some were looked at."""

    def row_bytes(self, form: str) -> float:
        """Return what a row takes in a form."""
        return self.size_bytes[form] / self.rows

    def markdown(self) -> str:
        """Return both tables."""
        rounds = len(next(iter(self.questions.values())).wall_s.taken[LARGE])
        return (
            f"{self.rows:,} articles of invented words of {SITES} sites; compacting takes "
            f"{1000 * self.compacting_s / self.rows:.1f} ms of CPU a row; {rounds} rounds, each "
            f"asking both sides by a connection that has asked nothing before.\n\n"
            f"{self._forms()}\n\n{self._questions()}"
        )

    def _forms(self) -> str:
        rows = [
            (
                form,
                f"{self.files[form]:,}",
                f"{self.row_bytes(form):,.0f}",
                f"{size / self.size_bytes[SMALL]:.2f}",
            )
            for form, size in self.size_bytes.items()
        ]
        return table(("form", "files", "bytes a row", "of parts as written"), rows)

    def _questions(self) -> str:
        rows = [
            (
                name,
                f"{asked.wall_s.middle(SMALL):.3f} s",
                f"{(large_s := asked.wall_s.middle(LARGE)):.3f} s",
                spread(asked.wall_s.ratios(SMALL)),
                spread(asked.cpu_s.ratios(SMALL)),
                f"{self.lines_s / large_s:,.0f}",
                f"{self.warc_s / large_s:,.0f}",
            )
            for name, asked in self.questions.items()
        ]
        ways = ("as written", "compacted", "times as fast", "by CPU")
        scans = ("a scan of JSONL.gz, times compacted", "of a WARC")
        return table(("DuckDB", *ways, *scans), rows)


def described_bytes(records: Sequence[Article], scratch: Path) -> int:
    """Return what the rows take as a part with all descriptions."""
    dataset = DATASETS["articles"]
    made = to_table(dataset.record_type, records)
    keys = [(name, "ascending") for name in dataset.sorted_by]
    with sorted_part(scratch, dataset, rows=DESCRIBED_ROWS, footer={}) as write:
        write(made.sort_by(keys))
    return scratch.stat().st_size


def seconds(work: Callable[[], object], *, best_of: int = 3) -> float:
    """Return the shortest time of some runs."""
    taken = []
    for _ in range(best_of):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def ask(query: str, folder: Path) -> tuple[float, float]:
    """Return what an answer took of the clock and of the processor, of one who just came."""
    with duckdb.connect() as connection:
        begin = time.perf_counter(), time.process_time()
        connection.sql(query.format(f"read_parquet('{folder}/**/*.parquet')")).to_arrow_table()
        return time.perf_counter() - begin[0], time.process_time() - begin[1]


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


def asked(small: Path, large: Path, rounds: int) -> dict[str, Asked]:
    """Return what every question takes of both folders."""
    found = {}
    for name, query in QUERIES.items():
        sides = {SMALL: partial(ask, query, small), LARGE: partial(ask, query, large)}
        taken = in_turn(sides, rounds)
        wall, processor = (
            Compared(
                base=LARGE, taken={form: [each[clock] for each in taken[form]] for form in sides}
            )
            for clock in (0, 1)
        )
        found[name] = Asked(wall_s=wall, cpu_s=processor)
    return found


def measure(*, rows: int = ROWS, parts: int = PARTS, rounds: int = ROUNDS) -> Dataset:
    """Write the forms, and ask them."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "bench"
        lines, pages, described = fill(root, rows, parts)
        begin = time.process_time()
        with bench_store(root / "store", JULY) as store:
            compact(store, now=JULY, pause=lambda _: None)
        taken = time.process_time() - begin
        small, large = root / "store/snapshots/000001/articles", root / "store/articles"
        (many, before), (few, after) = size_of(small), size_of(large)
        return Dataset(
            rows=rows,
            files={SMALL: many, DESCRIBED: many, LARGE: few, LINES: 1},
            size_bytes={
                SMALL: before,
                DESCRIBED: described,
                LARGE: after,
                LINES: lines.stat().st_size,
            },
            compacting_s=taken,
            questions=asked(small, large, rounds),
            lines_s=scanned_lines(lines),
            warc_s=scanned_pages(pages) / min(WARC_PAGES, rows) * rows,
        )


def scanned_lines(path: Path) -> float:
    """Return the seconds that a look at one field of each JSON line takes."""

    def scan() -> int:
        with gzip.open(path, "rt") as file:
            return sum(json.loads(line)["word_count"] for line in file)

    return seconds(scan, best_of=1)


def scanned_pages(path: Path) -> float:
    """Return the seconds that a look for a word in each page of a WARC takes."""
    return seconds(lambda: sum(b"harbour" in record.block for _, record in walk(path)))


def main() -> None:
    """Compare, as large as is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--parts", type=int, default=PARTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    told = measure(rows=options.rows, parts=options.parts, rounds=options.rounds)
    print(told.markdown())


if __name__ == "__main__":
    main()
