"""Iceberg and Hugging Face exports name the parts of a store once more, and rewrite nothing."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.table import Table, TableProperties
from typer.testing import CliRunner

from archive import open_store
from archive.dataset.compaction import KEPT_FOR, compact
from archive.dataset.schema import DATASETS
from archive.errors import NewsreelError
from archive.layout import Layout
from archive.store import open_for_writing
from crawler.cli import app
from tests.dataset.hub import load_with_datasets
from tests.dataset.small_parts import JULY, JUNE, add_part, at_once, begin_run

Make = Callable[..., Any]
SCANNER = Path(__file__).parents[2] / "build/duckdb/bin/python"
ICEBERG_COUNTS = Path(__file__).with_name("iceberg_counts.py")
# Both take the newest plan of a table; polars asks for a planner of its own that is on no index.
pytestmark = pytest.mark.filterwarnings("ignore::Warning")


@pytest.fixture
def root(tmp_path: Path, record: Make) -> Path:
    """Return a store of two sites with three parts each of articles, and one row of the others."""
    root = tmp_path / "store"
    begin_run(root)
    with open_for_writing(root, now=JUNE) as store:
        for serial in range(6):
            rows = [record("articles", serial * 2 + n) for n in range(2)]
            add_part(store, "articles", rows, part_id=f"{serial}", site="xy"[serial % 2])
        for name in ("captures", "coverage"):
            add_part(store, name, [record(name)], part_id="only")
    return root


def export(root: Path, kind: str, *options: str) -> dict[str, Any]:
    answer = CliRunner().invoke(app, ["export", kind, "--store", str(root), "--json", *options])
    assert answer.exit_code == 0, (answer.output, answer.exception)
    told: dict[str, Any] = json.loads(answer.stdout)
    return told


def table_of(out: Path, name: str) -> Table:
    catalog = SqlCatalog("newsreel", uri=f"sqlite:///{out}/catalog.db")
    return catalog.load_table(f"newsreel.{name}")


def test_every_dataset_is_a_table_whose_files_are_the_parts(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "tables"

    told = export(root, "iceberg", "--out", str(out))

    assert [table["rows"] for table in told["tables"]] == [12, 1, 1]
    assert table_of(out, "articles").scan().count() == 12
    inodes = {path.stat().st_ino for path in (root / "articles").rglob("*.parquet")}
    assert {path.stat().st_ino for path in (out / "data/articles").rglob("*.parquet")} == inodes


def test_the_tables_rows_are_those_of_the_plain_path(root: Path, tmp_path: Path) -> None:
    export(root, "iceberg", "--out", str(tmp_path / "tables"))

    plain = open_store(root).articles.to_arrow(DATASETS["articles"].schema.names)
    found = table_of(tmp_path / "tables", "articles").scan().to_arrow()

    by_url = [("url", "ascending")]
    assert found.sort_by(by_url).to_pylist() == plain.sort_by(by_url).to_pylist()


def test_a_second_export_is_a_second_snapshot_and_the_first_stays(
    root: Path, tmp_path: Path, record: Make
) -> None:
    out = tmp_path / "tables"
    export(root, "iceberg", "--out", str(out))
    with open_for_writing(root, now=JULY) as store:
        compact(store, pause=at_once, now=JULY)
        add_part(store, "articles", [record("articles", 50)], part_id="more", month=JULY)
        compact(store, pause=at_once, now=JULY + KEPT_FOR)  # the store's own first snapshot is gone

    told = export(root, "iceberg", "--out", str(out))

    assert (told["tables"][0]["added_files"], told["tables"][0]["removed_files"]) == (3, 6)
    table = table_of(out, "articles")
    snapshots = [snapshot.snapshot_id for snapshot in table.snapshots()]
    counts = [table.scan(snapshot_id=each).count() for each in snapshots]
    with_polars = [pl.scan_iceberg(table, snapshot_id=each).collect().height for each in snapshots]
    assert counts == with_polars == [12, 13]


def test_a_table_that_was_left_without_its_names_gets_them(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "tables"
    export(root, "iceberg", "--out", str(out))
    with table_of(out, "articles").transaction() as transaction:
        transaction.remove_properties(TableProperties.DEFAULT_NAME_MAPPING)

    export(root, "iceberg", "--out", str(out))

    assert None not in table_of(out, "articles").scan().to_arrow()["url"].to_pylist()
    assert TableProperties.DEFAULT_NAME_MAPPING in table_of(out, "articles").properties


def test_a_table_has_its_names_from_its_first_metadata_on(root: Path, tmp_path: Path) -> None:
    export(root, "iceberg", "--out", str(tmp_path / "tables"))

    first = min((tmp_path / "tables").rglob("articles/metadata/00000-*.metadata.json"))
    assert TableProperties.DEFAULT_NAME_MAPPING in json.loads(first.read_bytes())["properties"]


OBSTACLES = {"a_file": b"", "a_catalog_that_is_none": b"no database, and longer than a header" * 9}


@pytest.mark.parametrize(("name", "content"), OBSTACLES.items(), ids=OBSTACLES.keys())
def test_what_cannot_be_written_is_told_in_one_sentence(
    root: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    out = tmp_path / "tables"
    if name == "a_file":
        out.write_bytes(content)
    else:
        out.mkdir()
        (out / "catalog.db").write_bytes(content)
    arguments = ["export", "iceberg", "--store", str(root), "--out", str(out)]

    answer = CliRunner().invoke(app, arguments)

    assert isinstance(answer.exception, NewsreelError)
    assert "\n" not in str(answer.exception)


@pytest.mark.duckdb
@pytest.mark.skipif(not SCANNER.exists(), reason="no `make test-duckdb` was run here")
def test_duckdbs_own_iceberg_reads_two_snapshots(root: Path, tmp_path: Path, record: Make) -> None:
    out = tmp_path / "tables"
    export(root, "iceberg", "--out", str(out))
    with open_for_writing(root, now=JULY) as store:
        compact(store, pause=at_once, now=JULY)
        add_part(store, "articles", [record("articles", 50)], part_id="more", month=JULY)

    told = export(root, "iceberg", "--out", str(out))

    metadata = told["tables"][0]["metadata"]
    numbers = [str(each.snapshot_id) for each in table_of(out, "articles").snapshots()]
    answer = subprocess.run(
        [SCANNER, ICEBERG_COUNTS, metadata, *numbers], capture_output=True, check=True, timeout=120
    )
    assert json.loads(answer.stdout) == [12, 13]


def test_an_export_of_nothing_new_adds_no_snapshot(root: Path, tmp_path: Path) -> None:
    for _ in range(2):
        export(root, "iceberg", "--out", str(tmp_path / "tables"))

    assert len(table_of(tmp_path / "tables", "articles").snapshots()) == 1


def test_columns_keep_their_descriptions(root: Path, tmp_path: Path) -> None:
    export(root, "iceberg", "--out", str(tmp_path / "tables"))

    schema = table_of(tmp_path / "tables", "articles").schema()
    assert (schema.find_field("dek").doc or "").startswith("The standfirst")
    assert (schema.find_field("images.element.credit").doc or "").startswith("The bare rights")


def test_a_folder_for_the_hub_opens_with_each_of_its_configs(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "hub"

    told = export(root, "hf", "--out", str(out))

    assert told["rows"] == 12
    card = (out / "README.md").read_text("utf-8")
    assert "| articles | 12 | 6 |" in card
    assert "12 articles in 12 versions from 1 site, captured from 2026-06-01" in card
    assert sorted(path.name for path in out.iterdir()) == [
        "DICTIONARY.md",
        "README.md",
        "data",
        "schema.json",
    ]
    cache = str(tmp_path / "cache")
    assert load_with_datasets(str(out), "articles", cache_dir=cache) == {"train": 12}


def test_one_site_is_taken_when_asked(root: Path, tmp_path: Path) -> None:
    assert open_store(root).articles.to_arrow().num_rows == 12
    with open_for_writing(root, now=JULY) as store, store.journal.transaction():
        store.journal.query(
            "INSERT INTO address (identity, url, site, kind, depth, hops, priority, first_seen_at, "
            "run_id, state, next_at, attempts) VALUES ('a', 'a', 'y', 'page', 0, 0, 0, 0, 'r', "
            "'settled', 0, 0)"
        )

    assert export(root, "hf", "--out", str(tmp_path / "hub"), "--site", "y")["rows"] == 6


def test_days_are_refused_as_files_are_of_months(root: Path, tmp_path: Path) -> None:
    arguments = ["export", "hf", "--store", str(root), "--out", str(tmp_path / "hub")]

    answer = CliRunner().invoke(app, [*arguments, "--since", "2026-06-02"])

    assert "whole files" in str(answer.exception)
    assert not (tmp_path / "hub").exists()


def test_the_store_is_left_as_it_was(root: Path, tmp_path: Path) -> None:
    before = sorted(Layout(root).dataset("articles").rglob("*"))

    export(root, "hf", "--out", str(tmp_path / "hub"))
    export(root, "iceberg", "--out", str(tmp_path / "tables"))

    assert sorted(Layout(root).dataset("articles").rglob("*")) == before
