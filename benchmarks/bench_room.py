"""What a page of the reading room costs over 10,000 articles and over 1,000,000.

    python -m benchmarks.bench_room [--rows 10000,1000000] [--keep FOLDER] [--rounds 15]

The same sites, months and number of parts; words are invented, 160 an article. Each has a row of
the ledger and one of captures, in the dataset and in the journal; of ten captures six are pages,
two are pages that came unchanged, and two are pictures. Each store is served by a process of its
own, which has done nothing else: its peak of memory is that of the pages. The two are asked turn by
turn; the median of the rounds counts, and the ratio of each page's: the limit is 2.
"""

import argparse
import itertools
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa

from archive.article import Article, Author, Block, BlockKind, Image
from archive.capture import Capture
from archive.coverage import Coverage, Fate
from archive.dataset.rows import to_table
from archive.dataset.schema import DATASETS, SCHEMA_VERSION
from archive.dataset.writer import sha256_of, write_table
from archive.instant import to_micros
from archive.journal.parts import PublishedPart
from archive.journal.runs import Run
from archive.layout import Layout
from archive.room.room import Teller
from archive.room.serving import open_serving
from archive.search.index import open_index
from archive.store import Store, open_for_writing
from benchmarks.process_cost import ROOT, module, peak_mib
from crawler.registry import promised_rates
from crawler.telling import coverage_sentence, state_of

SITES = 20
MONTHS = 12
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 12, 30, 12, tzinfo=UTC)
RUN = "20260101T000000Z-b000"
DISTINCT = 500
"""Texts that differ; the words of each come again in the next block of rows."""
LIMIT = 2.0


def words() -> list[str]:
    """Return invented words."""
    dice = random.Random(1)
    parts = ("ha", "rbo", "ur", "lin", "ster", "mo", "ken", "tra", "vel", "ing", "o", "der", "sh")
    return sorted({"".join(dice.choices(parts, k=dice.randint(1, 4))) for _ in range(20_000)})


def texts() -> list[Article]:
    """Return articles of invented words; every one holds `common`, one of them `scarce`."""
    known, dice = words(), random.Random(2)
    made = []
    for number in range(DISTINCT):
        text = " ".join(["common", *dice.choices(known, k=158)])
        made.append(
            Article(
                url="",
                headline=" ".join(dice.choices(known, k=9)),
                dek=" ".join(dice.choices(known, k=12)) if number % 5 else None,
                text=text,
                blocks=(Block(kind=BlockKind.PARAGRAPH, text=text),),
                images=(Image(url="https://x.example/a.jpg", role="lead", credit="Harbour"),),
                authors=(Author(name=f"Author {number % 60}"),),
                word_count=159,
                fetch_status=200,
                extractor="newsreel/0.1.0",
            )
        )
    return made


def partitions(rows: int) -> Iterator[tuple[str, datetime, range]]:
    """Yield site, month and the numbers of the rows of each part."""
    size = rows // (SITES * MONTHS)
    places = itertools.product(range(SITES), range(1, MONTHS + 1))
    for serial, (site, month) in enumerate(places):
        yield (
            f"site{site:02d}",
            FIRST.replace(month=month),
            range(serial * size, serial * size + size),
        )


def fill(store: Store, rows: int) -> None:
    """Write all three datasets, and the journal that names them."""
    base = to_table(Article, texts())
    with store.journal.transaction():
        store.journal.runs.begin(Run(id=RUN, plan='{"targets": []}', started_at=FIRST))
        store.journal.runs.end(RUN, outcome="finished", at=FIRST + timedelta(hours=1))
    for site, month, numbers in partitions(rows):
        urls = [f"https://{site}.example/{number:09d}/" for number in numbers]
        step = timedelta(days=27) / len(numbers)
        times = [month + timedelta(hours=1) + step * place for place in range(len(numbers))]
        ids = [f"{number:032x}" for number in numbers]
        part_id = _publish(store, "articles", site, month, _articles(base, urls, times, ids))
        captures = [
            Capture(
                url=url,
                url_surtkey=url,
                url_host_registered_domain=f"{site}.example",
                fetch_time=at,
                fetch_status=200,
                warc_record_length=20_000,
                run_id=RUN,
            )
            for url, at in zip(urls, times, strict=True)
        ]
        _publish(store, "captures", site, month, to_table(Capture, captures))
        ledger = [
            Coverage(
                run_id=RUN,
                url=url,
                url_surtkey=url,
                site_domain=f"{site}.example",
                advertised_in=("sitemap",),
                first_seen_at=at,
                fate=Fate.GONE if place % 50 == 0 else Fate.ARCHIVED,
                article_id=article_id,
            )
            for place, (url, at, article_id) in enumerate(zip(urls, times, ids, strict=True))
        ]
        _publish(store, "coverage", site, month, to_table(Coverage, ledger))
        _journal(store, site, urls, times, ids, part_id)


def _articles(base: pa.Table, urls: list[str], times: list[datetime], ids: list[str]) -> pa.Table:
    table = base.take([place % DISTINCT for place in range(len(urls))])
    changed = {
        "url": urls,
        "url_surtkey": urls,
        "article_id": ids,
        "version": [1] * len(urls),
        "published_at": [at - timedelta(minutes=7) for at in times],
        "fetch_time": times,
        "run_id": [RUN] * len(urls),
    }
    for name, values in changed.items():
        place = table.schema.get_field_index(name)
        field = table.schema.field(place)
        table = table.set_column(place, field, pa.array(values, field.type))
    return table


def _publish(store: Store, dataset: str, site: str, month: datetime, table: pa.Table) -> int:
    path = store.layout.part(dataset, site, month, f"{site}-{month:%m}")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(path, DATASETS[dataset], table, {"newsreel.run_id": RUN})
    named = PublishedPart(
        dataset=dataset,
        path=path.relative_to(store.layout.root).as_posix(),
        rows=table.num_rows,
        size_bytes=path.stat().st_size,
        sha256=sha256_of(path),
        schema_version=SCHEMA_VERSION,
        run_id=RUN,
    )
    with store.journal.transaction():
        return store.journal.parts.add(named, at=FIRST)


def _journal(
    store: Store,
    site: str,
    urls: list[str],
    times: list[datetime],
    ids: list[str],
    part_id: int,
) -> None:
    """Name addresses and versions, as a crawl would have."""
    db = store.journal._db  # noqa: SLF001 - a million rows by the journal's own methods take an hour
    with store.journal.transaction():
        (first,) = db.execute("SELECT coalesce(max(id), 0) + 1 FROM address").fetchone()
        db.executemany(
            "INSERT INTO address (id, identity, url, site, kind, depth, hops, priority, "
            "first_seen_at, run_id, state, next_at, attempts, fate, article_id) "
            "VALUES (?, ?, ?, ?, 'page', 0, 0, 0, ?, ?, 'settled', 0, 1, 'archived', ?)",
            (
                (first + place, url, url, site, to_micros(at), RUN, article_id)
                for place, (url, at, article_id) in enumerate(zip(urls, times, ids, strict=True))
            ),
        )
        db.executemany(
            "INSERT INTO capture (id, record_id, run_id, address_id, url, method, fetched_at, "
            "status, elapsed_ms, waited_ms, payload_digest, media_type, payload_length, "
            "record_type, payload_id, warc_filename, warc_offset, warc_length, state, part_id) "
            "VALUES (?, ?, ?, ?, ?, 'GET', ?, ?, 90, 2000, ?, ?, 60000, ?, ?, 'a.warc.gz', 0, "
            "20000, 'read', 1)",
            (
                (
                    *(first + place, f"<urn:{url}>", RUN, first + place, url, to_micros(at)),
                    *_capture(first + place, url),
                )
                for place, (url, at) in enumerate(zip(urls, times, strict=True))
            ),
        )
        db.execute("UPDATE address SET capture_id = id WHERE id >= ?", (first,))
        db.executemany(
            "INSERT INTO version VALUES (?, 1, '', 0, ?)",
            ((article_id, part_id) for article_id in ids),
        )


def _capture(number: int, url: str) -> tuple[object, ...]:
    """Return status, digest, media type, record type and target of a capture."""
    digest = f"sha256:{url}"
    if number % 10 in {3, 7}:
        return (200, digest, "image/jpeg", "response", None)
    if number % 10 in {5, 8}:
        return (304, digest, "text/html", "revisit", number)
    return (200, digest, "text/html", "response", None)


def build(root: Path, rows: int) -> None:
    """Make a store and its index, and say what that took."""
    began = time.perf_counter()
    with open_for_writing(root, now=FIRST) as store:
        fill(store, rows)
    written = time.perf_counter()
    index = open_index(Layout(root))
    index.refresh()
    taken = time.perf_counter() - written
    parquet = sum(path.stat().st_size for path in (root / "snapshots").rglob("*.parquet"))
    size = Layout(root).search.stat().st_size
    print(
        f"{rows:9,} rows  written in {written - began:6.0f} s  {parquet / 1e6:7.0f} MB of Parquet  "
        f"indexed in {taken:6.0f} s ({taken / rows * 1e3:.2f} ms a row)  {size / 1e6:7.0f} MB",
        flush=True,
    )


def pages(rows: int) -> dict[str, str]:
    """Return what is asked for; the article is one in the middle."""
    return {
        "overview": "/",
        "articles": "/articles",
        "articles, common word": "/articles?q=common",
        "articles, word and site": "/articles?q=common&site=site03&author=Author+7",
        "articles, days": "/articles?q=common&since=2026-06-01&until=2026-06-03",
        "article": f"/articles/{rows // 2 // 240 * 240:032x}",
        "sites": "/sites",
        "site": "/sites/site07",
        "fields": "/fields",
        "coverage": "/coverage?fate=all",
        "coverage, missed of a site": "/coverage?site=site03",
        "runs": "/runs",
        "run": f"/runs/{RUN}",
        "captures": "/captures",
        "overview as JSON": "/overview.json",
    }


def serve(root: Path) -> None:
    """Serve a store until standard input ends; say where first, and the peak of memory last."""
    serving = open_serving(
        Layout(root),
        teller=Teller(sentence=coverage_sentence, state=state_of, promised=promised_rates),
        clock=lambda: NOW,
        port=0,
    )
    thread = threading.Thread(target=serving.run)
    thread.start()
    print(serving.room_origin, flush=True)
    sys.stdin.read()
    serving.server.should_exit = True
    thread.join()
    print(peak_mib())


@contextmanager
def served(root: Path, peaks: list[float]) -> Iterator[str]:
    """Serve a store in a process of its own; its peak of memory is told when it ends."""
    command = module("bench_room", "--serve", root.absolute())
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield process.stdout.readline().strip()
        process.stdin.close()
        peaks.append(float(process.stdout.readline()))


def _seconds(origin: str, path: str) -> float:
    place = urlsplit(origin)
    connection = HTTPConnection(str(place.hostname), place.port, timeout=600)
    begin = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    taken = time.perf_counter() - begin
    connection.close()
    assert answer.status == 200, (path, answer.status)
    return taken


def main() -> None:
    """Build the stores, serve each in a process of its own, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="10000,1000000")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--serve", type=Path)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    sizes = [int(size) // (SITES * MONTHS) * SITES * MONTHS for size in options.rows.split(",")]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        origins = []
        peaks: list[float] = []
        for rows in sizes:
            root = (options.keep or Path(folder)) / f"store-{rows}"
            if not root.exists():
                build(root, rows)
        for rows in reversed(sizes):  # closed in the order of their sizes
            root = (options.keep or Path(folder)) / f"store-{rows}"
            origins.insert(0, opened.enter_context(served(root, peaks)))
        compare(sizes, origins, options.rounds)
        opened.close()
        ratio = peaks[-1] / peaks[0]
        print(f"{'memory, peak':28} {peaks[0]:7.0f} MB {peaks[-1]:7.0f} MB  {ratio:5.2f} times")


def compare(sizes: list[int], origins: list[str], rounds: int) -> None:
    """Ask for each page of the smallest and the largest store turn by turn, and print medians."""
    few_pages, many_pages = pages(sizes[0]), pages(sizes[-1])
    for name, path in few_pages.items():
        few, many = [], []
        for _ in range(rounds):
            few.append(_seconds(origins[0], path))
            many.append(_seconds(origins[-1], many_pages[name]))
        small, large = statistics.median(few), statistics.median(many)
        print(
            f"{name:28} {small * 1e3:7.1f} ms {large * 1e3:7.1f} ms  {large / small:5.2f} times"
            f"   (first {many[0] * 1e3:.0f} ms){'' if large / small <= LIMIT else '  ABOVE'}",
            flush=True,
        )


if __name__ == "__main__":
    main()
