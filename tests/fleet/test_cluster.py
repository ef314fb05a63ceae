"""The workers of a Dask cluster take the same turns, and one that is lost is replaced."""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import open_published
from archive.bucket import Bucket
from archive.errors import ConfigError
from crawler.fleet.cluster import cluster_client
from tests.e2e.command import NEWSREEL
from tests.fleet.many_sites import many_sites

pytestmark = pytest.mark.services

SITES = 6
PATIENCE_S = 300.0


@pytest.fixture(scope="module")
def scheduler(object_store: str) -> Iterator[str]:
    """Give the address of a cluster whose workers find the object store."""
    from distributed import LocalCluster  # noqa: PLC0415 - only where the extra is tested

    assert object_store
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_ships_every_site_though_one_worker_is_killed(
    scheduler: str, bucket: Bucket, tmp_path: Path
) -> None:
    with many_sites(SITES) as sites:
        command = [*NEWSREEL, "work", *sites.words, "--to", bucket.url, "--scheduler", scheduler]
        command += ["--store", str(tmp_path / "w"), "--proxy", sites.proxy, "--delay", "0"]
        command += ["--lease", "6", "--once", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as driver:
            sites.wait_until(lambda: len(sites.asked) > 5, patience_s=PATIENCE_S)
            with cluster_client(scheduler) as client:
                os.kill(min(client.run(os.getpid).values()), signal.SIGKILL)
            answer, _ = driver.communicate(timeout=PATIENCE_S)

        assert driver.returncode == 0, answer
        news = open_published(bucket.url)
        rows = Counter(row["url"] for row in news.sql("SELECT url FROM articles").to_pylist())
        assert rows == dict.fromkeys(sites.stories, 1)


def test_a_scheduler_that_does_not_answer_is_told_in_a_sentence() -> None:
    with (
        pytest.raises(ConfigError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        cluster_client("tcp://127.0.0.1:9", patience_s=1.0),
    ):
        pass
