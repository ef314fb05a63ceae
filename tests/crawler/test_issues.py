"""Issues: each cause is told once a run, under an id that is the same every day."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from crawler.issues import Issues


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a run's issues go; its folder is not there yet."""
    return tmp_path / "runs" / "r" / "issues.jsonl"


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_nothing_is_written_while_nothing_is_wrong(path: Path) -> None:
    Issues(path)

    assert not path.exists()


def test_an_issue_is_a_row_and_a_warning(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Issues(path).warn("listing_html", site="x", url="https://x.example/feed")

    (row,) = rows(path)
    assert (row["kind"], row["site"], row["url"]) == (
        "listing_html",
        "x",
        "https://x.example/feed",
    )
    assert len(row["id"]) == 12
    assert "kind=listing_html site=x url=https://x.example/feed" in caplog.text


def test_the_same_cause_is_told_once(path: Path) -> None:
    issues = Issues(path)
    for _ in range(3):
        issues.warn("listing_html", site="x", url="a")
    issues.warn("listing_html", site="x", url="b")
    issues.warn("listing_html", site="y", url="a")

    assert len({row["id"] for row in rows(path)}) == len(rows(path)) == 3


def test_the_id_is_the_same_in_every_run_whatever_the_order_of_the_details(tmp_path: Path) -> None:
    one, other = tmp_path / "1.jsonl", tmp_path / "2.jsonl"

    Issues(one).warn("thin", site="x", field="dek", rate=0.5)
    Issues(other).warn("thin", site="x", rate=0.5, field="dek")

    assert rows(one)[0]["id"] == rows(other)[0]["id"]


def test_a_resumed_run_does_not_tell_again_what_it_told(path: Path) -> None:
    Issues(path).warn("thin", site="x", rate=None)

    Issues(path).warn("thin", site="x", rate=None)

    assert len(rows(path)) == 1


def test_a_line_cut_off_anywhere_is_told_again_whole(path: Path) -> None:
    Issues(path).warn("first", site="x")
    kept = path.read_bytes()
    Issues(path).warn("second", site="ü")
    whole = path.read_bytes()

    for length in range(len(kept), len(whole)):
        path.write_bytes(whole[:length])
        Issues(path).warn("second", site="ü")
        assert path.read_bytes() == whole
