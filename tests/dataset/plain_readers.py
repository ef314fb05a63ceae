"""Readers that know nothing of snapshots: each counts the rows below a folder by its path alone."""

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet


def with_pandas(folder: Path) -> int:
    """Count as pandas does, which asks Arrow."""
    return len(pd.read_parquet(folder, columns=["url"]))


def with_polars(folder: Path) -> int:
    """Count as polars does."""
    return pl.scan_parquet(folder).select("url").collect().height


def with_duckdb(folder: Path) -> int:
    """Count as DuckDB does."""
    with duckdb.connect() as connection:
        rows = connection.sql(f"SELECT url FROM read_parquet('{folder}/**/*.parquet')")
        return len(rows.fetchall())


def with_pyarrow(folder: Path) -> int:
    """Count as PyArrow does."""
    rows: int = ds.dataset(str(folder)).to_table(columns=["url"]).num_rows
    return rows


READERS: Mapping[str, Callable[[Path], int]] = {
    "pandas": with_pandas,
    "polars": with_polars,
    "duckdb": with_duckdb,
    "pyarrow": with_pyarrow,
}
GONE = (OSError, pa.ArrowInvalid, duckdb.Error, pl.exceptions.PolarsError)
"""What they raise for a file that is gone since they listed it, and for one that refuses them."""
