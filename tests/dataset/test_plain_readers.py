"""pandas, polars and DuckDB read a dataset's folder with nothing but its path, at any instant."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from archive.dataset.schema import DATASETS
from archive.dataset.writer import DESCRIBED_ROWS, Part
from archive.layout import Layout
from tests.dataset.hub import load_with_datasets

SPARK = Path(__file__).parents[2] / "build/spark/bin/python"
SPARK_COUNTS = Path(__file__).with_name("spark_counts.py")
Put = Callable[..., Part]
Make = Callable[..., Any]


def count_with_pandas(folder: Path) -> int:
    return len(pd.read_parquet(folder))


def count_with_polars(folder: Path) -> int:
    return pl.scan_parquet(folder).collect().height


def count_with_duckdb(folder: Path) -> int:
    with duckdb.connect() as connection:
        answer = connection.sql(f"SELECT * FROM read_parquet('{folder}/**/*.parquet')")
        return len(answer.fetchall())


READERS = {"pandas": count_with_pandas, "polars": count_with_polars, "duckdb": count_with_duckdb}
READER = pytest.mark.parametrize("count", READERS.values(), ids=READERS.keys())


@READER
@pytest.mark.parametrize("dataset", DATASETS)
def test_a_bare_path_is_enough(
    layout: Layout, put: Put, record: Make, dataset: str, count: Callable[[Path], int]
) -> None:
    for site in ("x", "2024", "news-site"):
        put(dataset, [record(dataset, number) for number in range(3)], site=site)

    assert count(layout.dataset(dataset)) == 9


def test_hugging_face_reads_the_path_with_small_and_large_parts_together(
    layout: Layout, put: Put, record: Make, tmp_path: Path
) -> None:
    put("captures", [record("captures", 1)], part_id="small")
    put("captures", [record("captures", 2)] * DESCRIBED_ROWS, part_id="large", site="y")

    rows = load_with_datasets(
        "parquet",
        data_files=f"{layout.dataset('captures')}/**/*.parquet",
        cache_dir=str(tmp_path / "cache"),
    )

    assert rows == {"train": DESCRIBED_ROWS + 1}


@pytest.mark.spark
@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java, which is missing here")
@pytest.mark.skipif(not SPARK.exists(), reason="no Spark here: `make test-spark` installs it")
def test_spark_reads_the_path_with_small_and_large_parts_together(
    layout: Layout, put: Put, record: Make
) -> None:
    put("articles", [record("articles", number) for number in range(3)], site="x")
    put("articles", [record("articles", number) for number in range(3)], site="2024")
    put("articles", [record("articles", 9)] * DESCRIBED_ROWS, site="x", part_id="large")

    answer = subprocess.run(
        [SPARK, SPARK_COUNTS, layout.dataset("articles")],
        capture_output=True,
        check=True,
        env=os.environ | {"TZ": "UTC", "SPARK_LOCAL_IP": "127.0.0.1"},
    )

    told = json.loads(answer.stdout.splitlines()[-1])
    assert (told["rows"], told["of_x"]) == (DESCRIBED_ROWS + 6, DESCRIBED_ROWS + 3)
    assert told["sites"] == ["2024", "x"]
    assert sorted(told["credits"], key=str) == ["Harbour Pictures", None]
    assert told["fetch_time"] == "2026-06-01T00:00:00"
    assert told["columns"] == [*DATASETS["articles"].schema.names, "site", "month"]


@READER
def test_a_partition_that_is_still_empty_disturbs_nobody(
    layout: Layout, put: Put, record: Make, count: Callable[[Path], int]
) -> None:
    put("articles", [record("articles")])
    (layout.dataset("articles") / "site=y" / "month=2026-06").mkdir(parents=True)

    assert count(layout.dataset("articles")) == 1


@READER
def test_readers_see_whole_parts_only_while_parts_appear(
    layout: Layout, put: Put, record: Make, count: Callable[[Path], int]
) -> None:
    rows, parts = 7, 25
    put("captures", [record("captures", number) for number in range(rows)], part_id="first")

    def crawl() -> None:
        for serial in range(1, parts):
            records = [record("captures", number) for number in range(rows)]
            put("captures", records, part_id=f"{serial}", site="xy"[serial % 2])

    crawling = threading.Thread(target=crawl)
    crawling.start()
    seen = [count(layout.dataset("captures"))]
    while crawling.is_alive():
        seen.append(count(layout.dataset("captures")))
    crawling.join()
    seen.append(count(layout.dataset("captures")))

    assert seen == sorted(seen)
    assert [number % rows for number in seen] == [0] * len(seen)
    assert seen[-1] == rows * parts


@pytest.mark.parametrize("column", ["published_at", "modified_at", "fetch_time", "first_seen_at"])
def test_times_reach_pandas_in_utc(layout: Layout, put: Put, record: Make, column: str) -> None:
    put("articles", [record("articles")])

    frame = pd.read_parquet(layout.dataset("articles"))

    assert str(frame[column].dtype) == "datetime64[us, UTC]"


def test_nested_columns_reach_every_reader(layout: Layout, put: Put, record: Make) -> None:
    put("articles", [record("articles")])
    folder = layout.dataset("articles")

    with_pandas = pd.read_parquet(folder, dtype_backend="pyarrow")["images"][0]
    with_polars = pl.scan_parquet(folder).select("images").collect()["images"][0].to_list()
    with duckdb.connect() as connection:
        source = f"read_parquet('{folder}/**/*.parquet')"
        ((with_duckdb,),) = connection.sql(f"SELECT images FROM {source}").fetchall()

    assert list(with_pandas) == with_polars == with_duckdb
    assert [image["credit"] for image in with_polars] == ["Harbour Pictures", None]
