"""`newsreel diff` shows what changed in words a terminal can read, and as JSON."""

import json
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
    """Return a store with an article in three versions and one in one."""
    root: Path = tmp_path_factory.mktemp("diff")
    begin_run(root)
    texts = ["The film opens in June.", "The film opens in July.", "The film opens in August."]
    rows = [make_article(1, version=n, text=text) for n, text in enumerate(texts, start=1)]
    with open_for_writing(root, now=JUNE) as store:
        add_part(store, "articles", [*rows, make_article(2)], part_id="1")
    return root


def said(root: Path, *arguments: str, code: int = 0) -> str:
    answer = CliRunner().invoke(app, ["diff", "--store", str(root), *arguments])
    assert answer.exit_code == code, answer.output
    return answer.stdout


def test_each_version_is_compared_with_the_next(root: Path) -> None:
    shown = said(root, URL)

    assert "version 1 of 2026-06-01 00:01 UTC to version 2" in shown
    assert "The film opens in [-June.-]{+July.+}" in shown
    assert "The film opens in [-July.-]{+August.+}" in shown


def test_two_versions_are_compared_when_named(root: Path) -> None:
    assert "[-June.-]{+August.+}" in said(root, URL, "--versions", "1", "3")


def test_programs_get_every_word(root: Path) -> None:
    first, _ = json.loads(said(root, URL, "--json"))

    assert first["versions"] == [1, 2]
    (text,) = first["differences"]
    assert text["column"] == "text"
    assert text["words"][1:] == [
        {"change": "removed", "text": "June."},
        {"change": "added", "text": "July."},
    ]


def test_an_article_that_never_changed_says_so(root: Path) -> None:
    assert "nothing changed since" in said(root, "https://x.example/story-2/")


@pytest.mark.parametrize(
    "arguments",
    [["https://x.example/none/"], [URL, "--versions", "1", "9"]],
    ids=["url", "version"],
)
def test_what_is_not_there_is_refused(root: Path, arguments: list[str]) -> None:
    answer = CliRunner().invoke(app, ["diff", "--store", str(root), *arguments])

    assert "there is no version 9" in str(answer.exception) or "no article in" in str(
        answer.exception
    )
