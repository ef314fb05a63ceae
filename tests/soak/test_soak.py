"""A crawl of very many pages, of which one in ten goes wrong, and which is killed again and again.

`make soak SOAK_PAGES=2000` makes it short.
"""

import json
import os
import random
import signal
import statistics
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import pytest

from archive import open_store
from archive.recorder import BATCH_ENTRIES
from tests.e2e.command import NEWSREEL
from tests.soak.chaotic_web import ChaoticWeb, fate_of, is_lasting, least_requests, url_of
from tests.soak.watched_process import Sample, watched

pytestmark = pytest.mark.soak

PAGES: Final = int(os.environ.get("NEWSREEL_SOAK_PAGES", "50000"))
KILLS: Final = 20
WARM: Final = 5_000
"""Pages of a life after which its memory has to stay as it is."""
MOST_MIB_A_1000_PAGES: Final = 1.0
MOST_MORE_DESCRIPTORS: Final = 5
PATIENCE_S: Final = 7_200
"""For one life of the crawl."""


@dataclass(slots=True, kw_only=True)
class Soaked:
    """A crawl that is over, and what was seen while it ran."""

    store: Path
    web: ChaoticWeb
    codes: list[int] = field(default_factory=list)
    """How each life ended."""
    lives: list[list[Sample]] = field(default_factory=list)
    """What was seen in each."""

    @property
    def longest(self) -> Sequence[Sample]:
        """The life that read the most pages."""
        return max(self.lives, key=lambda life: life[-1].pages - life[0].pages if life else 0)


def lives(pages: int, kills: int) -> Iterator[int]:
    """Yield how many pages each life is allowed; 0: as many as there are.

    A fifth of the pages goes to the first half of the lives, three fifths to one in the middle.
    """
    chance, share = random.Random(7), max(2, pages // 50)
    for number in range(kills):
        middle = 3 * pages // 5 if number == kills // 2 else 0
        yield middle + chance.randrange(share // 2, 3 * share // 2)
    yield 0


def soak(folder: Path, pages: int, kills: int) -> Soaked:
    """Crawl everything, killed so many times on the way."""
    folder.mkdir(exist_ok=True)
    with ChaoticWeb(pages=pages) as web:
        soaked = Soaked(store=folder / "store", web=web)
        for allowed in lives(pages, kills):
            live(soaked, allowed)
    (folder / "samples.json").write_text(
        json.dumps([[asdict(each) for each in life] for life in soaked.lives])
    )
    return soaked


def live(soaked: Soaked, allowed: int) -> None:
    """Crawl until as many pages as are allowed were asked for, or to the end."""
    web = soaked.web
    command = [*NEWSREEL, "crawl", *web.homes, "--proxy", web.proxy, "--store", str(soaked.store)]
    crawling = subprocess.Popen([*command, "--delay", "0"], stdout=subprocess.DEVNULL)
    asked = 0

    def count() -> None:
        nonlocal asked
        asked += 1
        if asked == allowed:
            crawling.send_signal(signal.SIGKILL)

    web.on_page = count
    with watched(crawling.pid, lambda: asked) as samples:
        soaked.codes.append(crawling.wait(PATIENCE_S))
    soaked.lives.append(samples)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Soaked:
    return soak(tmp_path_factory.mktemp("killed"), PAGES, KILLS)


@pytest.fixture(scope="module")
def reachable() -> frozenset[str]:
    """Return the pages that come when they are asked for often enough."""
    return frozenset(url_of(each) for each in range(PAGES) if not is_lasting(each))


def test_every_life_but_the_last_was_killed(killed: Soaked) -> None:
    assert set(killed.codes[:-1]) == {-signal.SIGKILL}
    assert len(killed.codes) == KILLS + 1
    # Of these sites some pages failed for good: that needs a look.
    assert killed.codes[-1] == 3


def test_every_reachable_page_is_captured_once(killed: Soaked, reachable: frozenset[str]) -> None:
    whole = open_store(killed.store).sql(
        "SELECT url, count(*) AS times FROM captures "
        "WHERE fetch_status = 200 AND fetch_failure IS NULL AND url LIKE '%-lanterns/' GROUP BY url"
    )

    assert {row["url"]: row["times"] for row in whole.to_pylist()} == dict.fromkeys(reachable, 1)


def test_every_reachable_page_has_one_row(killed: Soaked, reachable: frozenset[str]) -> None:
    rows = open_store(killed.store).sql("SELECT url, version FROM articles").to_pylist()

    assert Counter(row["url"] for row in rows) == Counter(reachable)
    assert {row["version"] for row in rows} == {1}


def test_every_page_has_the_fate_that_the_rule_says(killed: Soaked) -> None:
    ledger = open_store(killed.store).sql("SELECT url, fate, reason FROM coverage").to_pylist()

    said = {row["url"]: (row["fate"], row["reason"]) for row in ledger}
    assert {url_of(each): said.get(url_of(each)) for each in range(PAGES)} == {
        url_of(each): fate_of(each) for each in range(PAGES)
    }


def test_a_kill_costs_what_was_under_way(killed: Soaked) -> None:
    asked, needed = killed.web.asked.total(), sum(map(least_requests, range(PAGES)))

    assert asked - needed <= KILLS * 2 * BATCH_ENTRIES


def test_the_soaked_store_verifies(killed: Soaked) -> None:
    verifying = subprocess.run(
        [*NEWSREEL, "verify", "--store", str(killed.store)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )

    assert verifying.returncode == 0, verifying.stdout


def test_a_long_life_keeps_its_memory_descriptors_and_threads(killed: Soaked) -> None:
    life = [each for each in killed.longest if each.pages > WARM]
    if len(life) < 2:
        pytest.skip(f"no life of this crawl reads more than {WARM:,} pages")

    slope = statistics.linear_regression(
        [each.pages / 1000 for each in life], [each.rss_mib for each in life]
    ).slope
    half = life[: len(life) // 2], life[len(life) // 2 :]
    descriptors = [max(each.descriptors for each in part) for part in half]
    threads = [max(each.threads for each in part) for part in half]

    assert slope < MOST_MIB_A_1000_PAGES
    assert descriptors[1] <= descriptors[0] + MOST_MORE_DESCRIPTORS
    assert threads[1] <= threads[0]


def test_ten_times_as_many_pages_take_as_much_memory(tmp_path: Path) -> None:
    few, many = (soak(tmp_path / str(pages), pages, 0) for pages in (PAGES // 10, PAGES))

    assert many.longest[-1].peak_mib <= 1.1 * few.longest[-1].peak_mib
