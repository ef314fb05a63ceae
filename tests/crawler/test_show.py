"""`newsreel show` shows an article as it was at a moment."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from archive.store import open_for_writing
from crawler.cli import app
from tests.dataset.conftest import make_article
from tests.dataset.small_parts import JUNE, add_part, begin_run

URL = "https://x.example/story-1/"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with an article that was edited a week later."""
    root: Path = tmp_path_factory.mktemp("show")
    begin_run(root)
    with open_for_writing(root, now=JUNE) as store:
        for version, headline in enumerate(["It opens", "It opened"], start=1):
            row = make_article(1, version=version, headline=headline)
            at = JUNE + timedelta(days=7 * version)
            add_part(store, "articles", [row], part_id=f"{version}", at=at)
    return root


MOMENTS = {"now": ((), "It opened"), "before_the_edit": (("--at", "2026-06-10"), "It opens")}


@pytest.mark.parametrize(("at", "headline"), MOMENTS.values(), ids=MOMENTS.keys())
def test_an_article_is_shown_as_it_was(root: Path, at: tuple[str, ...], headline: str) -> None:
    answer = CliRunner().invoke(app, ["show", URL, "--store", str(root), *at])

    assert answer.exit_code == 0, answer.output
    assert answer.stdout.splitlines()[0] == headline


def test_nothing_is_shown_of_a_time_before_the_first_part(root: Path) -> None:
    where = ["--store", str(root), "--at", "2026-06-02"]

    answer = CliRunner().invoke(app, ["show", URL, *where])

    assert answer.exit_code != 0
    assert answer.stdout == ""
