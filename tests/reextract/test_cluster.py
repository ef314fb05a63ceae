"""The same tasks by the workers of a Dask cluster."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.errors import ConfigError
from crawler.reextract.cluster import cluster_crew
from tests.e2e.command import newsreel
from tests.reextract.dying import Dying
from tests.reextract.older_rows import articles, digests, read_by_another
from tests.reextract.test_crew import ground_of, part_of

pytestmark = pytest.mark.dask


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    from distributed import LocalCluster  # noqa: PLC0415 - only where the extra is tested

    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_reads_a_store_again_as_one_machine_does(
    crawled: Path, store: Path, scheduler: str
) -> None:
    read_by_another(store, lambda _: True)

    ended = newsreel("reextract", "--store", store, "--scheduler", scheduler, "--json")

    told = ended.json()
    assert (ended.code, told["changed"]) == (0, told["rows"])
    assert articles(store) == articles(crawled)
    assert digests(store) == digests(crawled)
    assert not (store / "rereading").exists()
    assert newsreel("verify", "--store", store).code == 0


def test_a_rehearsal_by_a_cluster_leaves_nothing_behind(store: Path, scheduler: str) -> None:
    read_by_another(store, lambda _: True)

    ended = newsreel("reextract", "--store", store, "--scheduler", scheduler, "--dry-run", "--json")

    assert ended.json()["changed"] == ended.json()["rows"]
    assert not (store / "rereading").exists()


@pytest.mark.parametrize("whose", [os.getpid, os.getppid], ids=["process", "worker"])
def test_one_that_is_killed_within_a_part_costs_no_row_and_doubles_none(
    store: Path, tmp_path: Path, scheduler: str, whose: Callable[[], int]
) -> None:
    read_by_another(store, lambda _: True)
    task = Dying(part=part_of(store), died=tmp_path / "died", whose=whose)

    with cluster_crew(scheduler, ground_of(store)) as crew:
        ((_, output),) = crew.perform([task])

    assert task.died.exists()
    assert output.tally.changed == output.tally.rows == output.part.rows == len(output.versions)


def test_a_scheduler_that_does_not_answer_is_told_in_a_sentence(store: Path) -> None:
    with (
        pytest.raises(ConfigError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        cluster_crew("tcp://127.0.0.1:9", ground_of(store), patience_s=1.0),
    ):
        pass
