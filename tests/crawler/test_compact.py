"""`newsreel compact` says what it did, what it would do, and which snapshots are kept."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from archive.store import open_for_writing
from crawler.cli import app
from tests.dataset.conftest import make_article
from tests.dataset.small_parts import JUNE, add_part, begin_run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a store with three parts of a month that is over."""
    begin_run(tmp_path)
    with open_for_writing(tmp_path, now=JUNE) as store:
        for serial in range(3):
            month = JUNE.replace(year=2020)
            rows = [make_article(serial)]
            add_part(store, "articles", rows, part_id=f"{serial}", month=month)
    return tmp_path


def said(root: Path, *arguments: str) -> str:
    answer = CliRunner().invoke(app, ["compact", "--store", str(root), *arguments])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_a_rehearsal_tells_and_writes_nothing(root: Path) -> None:
    before = sorted(root.rglob("*.parquet"))

    told = json.loads(said(root, "--dry-run", "--json"))

    (heap,) = told["compacted"]
    assert (heap["site"], heap["month"], heap["parts"], heap["rows"]) == ("x", "2020-06", 3, 3)
    assert [each["closed_at"] for each in told["snapshots"]] == [None]
    assert sorted(root.rglob("*.parquet")) == before


def test_it_tells_what_it_did_and_what_is_kept(root: Path) -> None:
    lines = said(root).splitlines()

    assert lines[0].startswith("3 parts became 1: ")
    assert [line.split()[:2] for line in lines[1:]] == [["snapshot", "1"], ["snapshot", "2"]]
    assert said(root).startswith("nothing to compact")


def test_a_query_sees_the_store_as_it_was(root: Path) -> None:
    said(root)

    query = ["sql", "SELECT count(*) AS n FROM articles", "--format", "json", "--store", str(root)]
    now, then = (CliRunner().invoke(app, [*query, *at]) for at in ([], ["--at", "1"]))

    assert json.loads(now.stdout) == json.loads(then.stdout) == [{"n": 3}]
