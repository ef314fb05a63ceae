"""A hundred calls at once make one crawl."""

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from crawler.newsroom.server import Newsroom
from tests.e2e.command import NEWSREEL
from tests.e2e.virtual import BEGAN

pytestmark = pytest.mark.soak

CALLS = 100


def test_a_hundred_calls_at_once_make_one_crawl(tmp_path: Path) -> None:
    with Newsroom(now=BEGAN) as newsroom:
        site = newsroom.sites[0]
        command = [*NEWSREEL, "crawl", "--due", f"http://{site.host}/", "--proxy", site.base_url]
        command += ["--delay", "0", "--store", str(tmp_path / "store")]
        calls = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for _ in range(CALLS)
        ]
        said = [call.communicate()[0] for call in calls]
        asked = Counter(each.path for each in newsroom.requests)

    assert {call.returncode for call in calls} == {0}
    crawled = [each for each in said if "new rows" in each]
    beside = [each for each in said if "is being crawled already" in each or "is due" in each]
    assert (len(crawled), len(beside)) == (1, CALLS - 1)
    assert {len(each.splitlines()) for each in beside} == {1}
    assert set(asked.values()) == {1}
