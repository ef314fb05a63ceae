"""What /robots.txt answers decides whether a page is asked for, in every case that servers make."""

import json
import subprocess
import sys

import pytest

from tests.e2e.command import ROOT
from tests.origin.robots import CASES, OTHERS


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Crawl one page beside each answer; return what each server was asked for."""
    store = tmp_path_factory.mktemp("robots") / "store"
    command = [sys.executable, "-m", "tests.e2e.stories", "robots", str(store)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    told: dict[str, list[str]] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("name", [*CASES, *OTHERS])
def test_a_page_is_asked_for_when_robots_allows_it(asked: dict[str, list[str]], name: str) -> None:
    case = (CASES | OTHERS)[name]

    assert asked[name][0] == "/robots.txt"
    assert ("/page" in asked[name]) == case.is_allowed


def test_there_are_sixteen_cases() -> None:
    assert len(CASES) == 16
