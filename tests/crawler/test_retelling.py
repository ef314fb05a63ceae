"""A run that is told again refuses what the crawl had refused, for the same reasons."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.coverage import Fate
from archive.journal.journal import Journal
from archive.journal.runs import RobotsAnswer, Run
from archive.layout import Layout
from archive.repair.telling import FileTold
from archive.warc.crawl_log import RunEnd
from archive.withdrawn import withdrawals
from crawler.discover.site_queue import MOST_SITEMAPS
from crawler.extract.pool import ReadingPool
from crawler.rebuild.ahead import ReadAhead
from crawler.rebuild.at_once import AtOnce
from crawler.rebuild.retelling import Bench, Retelling
from crawler.registry import known_sites
from tests.archive.store_samples import NOON, RUN, advertised

ORIGIN = "https://x.example"
FILE = FileTold(
    filename="a.warc.gz",
    run_id=RUN,
    plan=f'{{"targets": ["{ORIGIN}/"]}}',
    run_began=NOON,
    opened_at=NOON,
    length=0,
    is_sealed=True,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Return what a rebuild has before it takes up a capture; the run has begun."""
    layout = Layout(tmp_path / "store")
    journal = Journal.open(layout.journal)
    with journal.transaction():
        journal.runs.begin(Run(id=RUN, plan=FILE.plan, started_at=NOON))
        journal.runs.keep_robots(RobotsAnswer(origin=ORIGIN, fetched_at=NOON, status=404, body=b""))
    reader = Journal.read(layout.journal)
    pool = ReadingPool(workers=1)
    yield Bench(
        layout=layout,
        journal=journal,
        changes=AtOnce(journal),
        reader=reader,
        sites=known_sites(),
        ahead=ReadAhead(pool),
        withdrawn=withdrawals(layout),
    )
    pool.close()
    reader.close()
    journal.close()


@pytest.mark.parametrize(
    ("asked", "told"),
    [(MOST_SITEMAPS, (Fate.REFUSED, "max_sitemaps")), (MOST_SITEMAPS - 1, (None, None))],
    ids=["all_that_are_read", "one_less"],
)
def test_sitemaps_beyond_those_that_are_read_are_refused_again(
    bench: Bench, asked: int, told: tuple[Fate | None, str | None]
) -> None:
    retelling = Retelling(bench=bench, file=FILE, ends=(), now=NOON)
    named = [advertised(f"{ORIGIN}/{number}.xml", kind="sitemap") for number in range(asked + 1)]
    with bench.journal.transaction():
        bench.journal.addresses.advertise(RUN, named, now=NOON)
        for sitemap in named[:-1]:
            address = bench.journal.addresses.find(sitemap.url)
            assert address is not None
            bench.journal.addresses.mark_fetched(address.id, 1)
            bench.journal.addresses.settle(address.id, Fate.READ)

    retelling.end(RunEnd(run_id=RUN, outcome="finished", ended_at=NOON))

    (row,) = bench.reader.query("SELECT fate, reason FROM address WHERE url = ?", (named[-1].url,))
    assert (row["fate"], row["reason"]) == told
