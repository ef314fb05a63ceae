"""`newsreel demo` shows the whole job, ends well, and leaves a store to play with."""

import re
import shlex
from pathlib import Path

import pytest

from archive import open_store
from tests.e2e.command import Ended, newsreel

TUTORIAL = Path(__file__).parents[2] / "docs/tutorial/first-crawl.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "newsreel-demo"


@pytest.fixture(scope="module")
def demo(folder: Path) -> Ended:
    return newsreel("demo", folder)


def test_the_demo_ends_well(demo: Ended) -> None:
    assert demo.code == 0, demo.err
    assert "Traceback" not in demo.err


def test_the_demo_shows_each_command_before_it_runs_it(demo: Ended) -> None:
    shown = [
        shlex.split(line) for line in re.findall(r"^\$ newsreel (.+)$", demo.out, re.MULTILINE)
    ]

    assert [words[0] for words in shown] == ["crawl", "crawl", "show", "sql", "show", "verify"]


def test_the_demo_leaves_both_versions_of_what_was_edited(demo: Ended, folder: Path) -> None:
    assert demo.code == 0
    versions = [row["version"] for row in open_store(folder).articles.to_arrow().to_pylist()]

    assert versions.count(2) == 3


def test_what_the_demo_says_to_try_next_works(demo: Ended, folder: Path) -> None:
    tries = [shlex.split(line) for line in re.findall(r"^  newsreel (.+)$", demo.out, re.MULTILINE)]

    here = [words for words in tries if str(folder) in words]
    assert len(here) >= 3
    for words in here:
        assert newsreel(*words).code == 0, words


def test_what_the_tutorial_says_to_type_works_and_says_what_it_promises(
    demo: Ended, folder: Path
) -> None:
    page = TUTORIAL.read_text("utf-8")
    blocks = re.findall(r"^```(\w+)\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL)
    lines = [line for kind, block in blocks if kind == "sh" for line in block.splitlines()]
    typed = [shlex.split(line)[1:] for line in lines if "--store newsreel-demo" in line]

    ended = [
        newsreel(verb, *(str(folder) if word == "newsreel-demo" else word for word in words))
        for verb, *words in typed
        if verb not in {"serve", "verify"}  # the one goes on, the other the demo has shown
    ]

    assert [each.err for each in ended if each.code] == []
    assert len(ended) == 6  # as many as the page has
    (promised,) = (block for kind, block in blocks if kind == "text")
    assert promised in demo.out
