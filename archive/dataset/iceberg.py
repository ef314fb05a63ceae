"""An Iceberg table over the parts of a store: nothing is rewritten, the parts get a second name.

The export is a folder with a SQLite catalog, metadata and hard links to the parts, so it goes on
being whole after the store has compacted. Exporting into it again adds an Iceberg snapshot. Iceberg
writes absolute addresses: the folder cannot be moved, only made again.
"""

import errno
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.io.pyarrow import parquet_files_to_data_files
from pyiceberg.table import Table, TableProperties, Transaction
from pyiceberg.transforms import MonthTransform
from sqlalchemy.exc import SQLAlchemyError

from archive.dataset.parted import SharedParts, share_parts
from archive.dataset.scan import DatasetReader
from archive.errors import CaptureError, write_failure
from archive.layout import ExportFolder

NAMESPACE: Final = "newsreel"


@dataclass(frozen=True, slots=True, kw_only=True)
class IcebergTable:
    """One dataset as a table."""

    name: str
    """With its namespace, as the catalog has it."""
    rows: int
    added_files: int
    removed_files: int
    metadata: str
    """The file that `polars.scan_iceberg` and DuckDB's `iceberg_scan` take."""


def export_iceberg(
    readers: Iterable[DatasetReader], folder: Path, *, site: str | None = None
) -> tuple[IcebergTable, ...]:
    """Make an Iceberg table a dataset, or bring those that are there up to date.

    Each call is one snapshot a table that changed; the ones before stay readable. Raises
    CaptureError when the folder or its catalog cannot be written.
    """
    try:
        return _exported(readers, folder, site)
    except OSError as error:
        raise write_failure(error, folder) from error
    except SQLAlchemyError as error:
        told = getattr(error, "orig", None) or error
        if getattr(told, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise write_failure(OSError(errno.ENOSPC, str(told)), folder) from error
        raise CaptureError(f"the catalog in {folder} could not be written: {told}") from error


def _exported(
    readers: Iterable[DatasetReader], folder: Path, site: str | None
) -> tuple[IcebergTable, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    export = ExportFolder(folder.resolve())
    catalog = SqlCatalog(
        NAMESPACE, uri=f"sqlite:///{export.catalog}", warehouse=f"file://{export.metadata}"
    )
    try:
        catalog.create_namespace_if_not_exists(NAMESPACE)
        return tuple(
            _bring_up_to_date(catalog, reader, share_parts(reader, export.parts, site=site))
            for reader in readers
        )
    finally:
        catalog.engine.dispose()


def _bring_up_to_date(
    catalog: SqlCatalog, reader: DatasetReader, parts: SharedParts
) -> IcebergTable:
    table = _table(catalog, reader)
    # Not as_uri(): pyiceberg opens what stands behind file:// as it is, and `=` would be %3D.
    wanted = {f"file://{path}" for path in parts.files}
    held = {task.file.file_path: task.file for task in table.scan().plan_files()}
    added = sorted(wanted - held.keys())
    removed = [file for path, file in held.items() if path not in wanted]
    if added or removed:
        _commit(table, added, removed)
    return IcebergTable(
        name=f"{NAMESPACE}.{reader.dataset.name}",
        rows=parts.rows,
        added_files=len(added),
        removed_files=len(removed),
        metadata=table.metadata_location,
    )


def _table(catalog: SqlCatalog, reader: DatasetReader) -> Table:
    name = (NAMESPACE, reader.dataset.name)
    schema = _documented(reader.dataset.schema)
    try:
        table = catalog.load_table(name)
    except NoSuchTableError:
        return _made(catalog, name, schema)
    with table.transaction() as transaction:
        _map_names(transaction)  # an export that was killed may have left none
        with transaction.update_schema() as update:
            update.union_by_name(schema)  # columns that came since; refused when one changed
    return catalog.load_table(name)


def _made(catalog: SqlCatalog, name: tuple[str, str], schema: pa.Schema) -> Table:
    with catalog.create_table_transaction(name, schema=schema) as transaction:
        # A part's rows are of one month of capture. What is counted from its footer has to agree,
        # so the ledger, whose fetch_time may be null, has no partitions.
        field = schema.field("fetch_time")
        if name[1] != "coverage":
            with transaction.update_spec() as spec:
                spec.add_field(field.name, MonthTransform(), "month")
        _map_names(transaction)
    return catalog.load_table(name)


def _map_names(transaction: Transaction) -> None:
    """Let columns be found by their names where nothing says so yet: parts have no ids of them."""
    told = transaction.table_metadata
    if TableProperties.DEFAULT_NAME_MAPPING not in told.properties:
        mapping = told.schema().name_mapping.model_dump_json()
        transaction.set_properties({TableProperties.DEFAULT_NAME_MAPPING: mapping})


def _commit(table: Table, added: list[str], removed: list[Any]) -> None:
    with table.transaction() as transaction, transaction.update_snapshot().overwrite() as update:
        for file in parquet_files_to_data_files(table.io, table.metadata, iter(added)):
            update.append_data_file(file)
        for file in removed:
            update.delete_data_file(file)
    table.refresh()


def _documented(schema: pa.Schema) -> pa.Schema:
    """Return the schema with its descriptions where pyiceberg looks for them."""
    return pa.schema([_documented_field(field) for field in schema])


def _documented_field(field: pa.Field) -> pa.Field:
    kind = field.type
    if pa.types.is_struct(kind):
        kind = pa.struct([_documented_field(child) for child in kind])
    elif pa.types.is_list(kind):
        kind = pa.list_(_documented_field(kind.value_field))
    return pa.field(field.name, kind, field.nullable, _doc(field.metadata or {}))


def _doc(said: Mapping[bytes, bytes]) -> dict[str, str] | None:
    text = said.get(b"description")
    return None if text is None else {"doc": text.decode()}
