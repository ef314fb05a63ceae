"""Three workers crawl dozens of sites with S3 and PostgreSQL; one is killed, nothing is missing."""

import json
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive import open_published
from archive.bucket import Bucket
from archive.shipping.catalog import read_catalog
from tests.e2e.command import NEWSREEL
from tests.fleet.many_sites import SILENT, STORIES, ManySites, many_sites
from tests.fleet.postgres_server import postgres_server, programs

pytestmark = pytest.mark.services

SITES = 36
PATIENCE_S = 600.0
HOME = "http://asleep.example/"


@pytest.fixture(scope="module")
def sites() -> Iterator[ManySites]:
    with many_sites(SITES) as sites:
        yield sites


@pytest.fixture(scope="module")
def ledger() -> Iterator[str]:
    if programs() is None:
        pytest.skip("no PostgreSQL here: `make test-services` installs it")
    with postgres_server() as url:
        yield url


def started(
    sites: ManySites, bucket: Bucket, ledger: str, folder: Path, *more: str
) -> "subprocess.Popen[str]":
    """Start a worker."""
    command = [*NEWSREEL, "work", *sites.words, "--to", bucket.url, "--ledger", ledger]
    command += ["--store", str(folder), "--name", folder.name, "--proxy", sites.proxy]
    command += ["--delay", "0", "--jobs", "2", "--lease", "6", "--once", "--json", *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_worker_that_is_killed_loses_and_doubles_nothing(
    sites: ManySites, bucket: Bucket, ledger: str, tmp_path: Path
) -> None:
    workers = [started(sites, bucket, ledger, tmp_path / name) for name in ("one", "two", "three")]
    sites.wait_until(lambda: _begun(sites) > SITES // 3, patience_s=PATIENCE_S)
    workers[1].kill()
    answers = [worker.communicate(timeout=PATIENCE_S) for worker in workers]

    assert [worker.returncode for worker in workers] == [0, -9, 0], answers
    news = open_published(bucket.url)
    ledger_rows = news.sql("SELECT url, fate, site FROM coverage").to_pylist()
    told = Counter(row["url"] for row in ledger_rows)
    assert {url: told[url] for url in sites.stories} == dict.fromkeys(sites.stories, 1)
    rows = Counter(row["url"] for row in news.sql("SELECT url FROM articles").to_pylist())
    assert rows == dict.fromkeys(sites.stories, 1)
    verified = said("verify", "--store", bucket.url, "--json")
    assert verified["is_sound"]
    assert len(verified["sites"]) == SITES
    assert _most_at_once(sites) <= 2  # what the killed one had under way, and who took over


def test_a_worker_that_slept_through_its_lease_ships_nothing(
    sites: ManySites, bucket: Bucket, ledger: str, tmp_path: Path
) -> None:
    one = ManySites(hosts=("asleep.example",), proxy=sites.proxy)
    asleep = started(one, bucket, ledger, tmp_path / "asleep", "--delay", "2")
    sites.wait_until(lambda: sites.times_asked(HOME) > 0, patience_s=PATIENCE_S)
    asleep.send_signal(signal.SIGSTOP)

    with started(one, bucket, ledger, tmp_path / "awake") as awake:
        awake.communicate(timeout=PATIENCE_S)
    before = read_catalog(bucket)
    asked = sites.times_asked(HOME)
    asleep.send_signal(signal.SIGCONT)
    answer, _ = asleep.communicate(timeout=PATIENCE_S)

    assert json.loads(answer)["turns"]["lost"] == 1
    assert read_catalog(bucket) == before
    assert sites.times_asked(HOME) == asked
    assert open_published(bucket.url).articles.scan().count_rows() == STORIES


def test_a_worker_that_is_started_again_goes_on_where_it_was_killed(
    sites: ManySites, bucket: Bucket, tmp_path: Path
) -> None:
    one = ManySites(hosts=("again.example",), proxy=sites.proxy)
    ledger = f"sqlite:///{tmp_path / 'ledger.db'}"
    first = f"{one.words[0]}2026/story-1/"
    killed = started(one, bucket, ledger, tmp_path / "one", "--delay", "1")
    sites.wait_until(lambda: sites.times_asked(f"{one.words[0]}2026/") > 1, patience_s=PATIENCE_S)
    killed.kill()
    killed.communicate()

    with started(one, bucket, ledger, tmp_path / "one", "--delay", "1") as again:
        again.communicate(timeout=PATIENCE_S)

    assert sites.times_asked(first) == 1
    assert open_published(bucket.url).articles.scan().count_rows() == STORIES
    assert said("verify", "--store", bucket.url, "--json")["is_sound"]


def test_what_needs_a_look_is_told_with_its_site(
    sites: ManySites, bucket: Bucket, tmp_path: Path
) -> None:
    one = ManySites(hosts=(SILENT,), proxy=sites.proxy)
    ledger = f"sqlite:///{tmp_path / 'ledger.db'}"

    with started(one, bucket, ledger, tmp_path / "one") as worker:
        answer, told = worker.communicate(timeout=PATIENCE_S)

    assert (worker.returncode, json.loads(answer)["exit_code"]) == (3, 3)
    assert "look     site=silent-example" in told


def test_a_worker_that_is_told_to_end_gives_its_sites_back(
    sites: ManySites, bucket: Bucket, tmp_path: Path
) -> None:
    one = ManySites(hosts=("ended.example",), proxy=sites.proxy)
    ledger = f"sqlite:///{tmp_path / 'ledger.db'}"
    worker = started(one, bucket, ledger, tmp_path / "one", "--delay", "1", "--lease", "600")
    sites.wait_until(lambda: sites.times_asked(one.words[0]) > 1, patience_s=PATIENCE_S)

    worker.send_signal(signal.SIGTERM)
    answer, _ = worker.communicate(timeout=PATIENCE_S)

    assert (worker.returncode, json.loads(answer)["turns"]["stopped"]) == (143, 1)
    (entry,) = said("fleet", "--ledger", ledger, "--json")
    assert (entry["site"], entry["holder"], entry["round"]) == ("ended-example", None, 0)


def _begun(sites: ManySites) -> int:
    """Return of how many sites a story was asked for."""
    return sum(sites.times_asked(f"{word}2026/") > 0 for word in sites.words)


def _most_at_once(sites: ManySites) -> int:
    """Return how often the page was asked for that was asked for most."""
    return max(Counter(each.url for each in sites.asked).values())


def test_the_next_turn_asks_with_conditions_whoever_takes_it(
    sites: ManySites, bucket: Bucket, tmp_path: Path
) -> None:
    few = ManySites(hosts=sites.hosts[:3], proxy=sites.proxy)
    ledger = f"sqlite:///{tmp_path / 'ledger.db'}"
    with started(few, bucket, ledger, tmp_path / "one", "--every", "0") as first:
        first.communicate(timeout=PATIENCE_S)
    asked = len(sites.asked)

    # The first one's ledger is lost; a new one learns from what was shipped that nothing is due.
    with started(few, bucket, f"{ledger}.new", tmp_path / "two") as second:
        answer, _ = second.communicate(timeout=PATIENCE_S)

    assert json.loads(answer)["turns"]["known"] == 3
    assert len(sites.asked) == asked


TROUBLE = {
    "no_ledger": (("--ledger", "postgresql+psycopg://me@127.0.0.1:1/x"), 75, "does not answer"),
    "no_bucket": (("--to", "s3://elsewhere/x"), 75, "s3://elsewhere/x"),
    "no_site": (("--ledger", "sqlite:///{}/other.db"), 2, "the ledger has no site yet"),
}


@pytest.mark.parametrize(("options", "code", "words"), TROUBLE.values(), ids=TROUBLE.keys())
def test_what_is_in_the_way_is_told_in_one_sentence(
    bucket: Bucket, tmp_path: Path, options: tuple[str, ...], code: int, words: str
) -> None:
    command = [*NEWSREEL, "work", "--to", bucket.url, "--store", str(tmp_path / "w"), "--once"]
    given = [option.format(tmp_path) for option in options]

    ended = subprocess.run([*command, *given], capture_output=True, text=True, check=False)

    assert (ended.returncode, words in ended.stderr) == (code, True), ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def said(*arguments: str) -> Any:
    ended = subprocess.run([*NEWSREEL, *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
