"""Counts a table's rows with DuckDB's iceberg_scan: run where the DuckDB of that extension is."""

import json
import sys
from importlib import import_module

import duckdb


def main(metadata: str, *snapshots: str) -> None:
    """Print how many rows each snapshot has, as JSON."""
    importer = import_module("duckdb_extensions")

    with duckdb.connect() as connection:
        for name in ("avro", "iceberg"):  # the one needs the other
            importer.import_extension(name, con=connection)
            connection.load_extension(name)
        counts: list[int] = []
        for number in snapshots:
            scan = f"iceberg_scan('{metadata}', snapshot_from_id = {int(number)})"
            counts += connection.sql(f"SELECT count(url) FROM {scan}").fetchall()[0]
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main(*sys.argv[1:])
