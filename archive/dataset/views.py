"""Asks a store by SQL: DuckDB in memory over the rows, which it can read and cannot change.

DuckDB gets the rows from Arrow and no access to files at all. Naming the parts as files it may use
would let COPY and ATTACH write to them: DuckDB does not tell reading from writing there.
"""

import tempfile
import uuid
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from archive.counted import counted
from archive.dataset.resemblance import near_duplicates
from archive.dataset.scan import Rows
from archive.errors import ConfigError, CorruptArchiveError, StoreError

# PIVOT without a list of values is several statements to DuckDB: it looks for the values first.
_ASKS: Final = frozenset(
    {
        duckdb.StatementType.SELECT,  # also FROM, WITH, VALUES, DESCRIBE, SUMMARIZE and SHOW
        duckdb.StatementType.EXPLAIN,
        duckdb.StatementType.MULTI,
    }
)
_DERIVED: Final = "near_duplicates"
"""The one table that is computed when a question names it."""
# Part of what DuckDB says when Arrow could not hand it the rows.
_NO_ROWS: Final = "reading the stream registered as"


def connect(readers: Sequence[Rows]) -> duckdb.DuckDBPyConnection:
    """Return a connection with the store's views; times are told in UTC.

    It goes on seeing the parts that are there now: connect again for younger ones. Reading or
    writing files, extensions and settings are shut off.
    """
    return _over(readers)


def run_query(readers: Sequence[Rows], query: str) -> pa.Table:
    """Return what one question to the store's views answers.

    Raises ConfigError, with DuckDB's own sentence, when it is no question or cannot be answered;
    CorruptArchiveError when a part is damaged.
    """
    with _over(readers) as connection:
        try:
            _require_question(connection, query)
            if _DERIVED in query.lower():
                connection.register(_DERIVED, near_duplicates(connection))
            relation = connection.sql(query)
            answer: pa.Table = relation.to_arrow_table()
        except duckdb.Error as error:
            raise _told(error, readers) from error
    return answer


def _over(readers: Iterable[Rows]) -> duckdb.DuckDBPyConnection:
    # A folder that DuckDB makes when memory runs out and takes away at the end; its default is
    # `.tmp` in the working directory, which may be the store.
    spill = Path(tempfile.gettempdir()) / f"newsreel-sql-{uuid.uuid4().hex}"
    scans = {reader.dataset.name: reader.scan() for reader in readers}
    connection = duckdb.connect(":memory:", config={"temp_directory": str(spill)})
    for name, rows in scans.items():
        connection.register(name, rows)
    connection.execute((files("archive.dataset") / "views.sql").read_text("utf-8"))
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _require_question(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    statements = connection.extract_statements(query)
    if len(statements) != 1:
        raise ConfigError(f"give one SELECT, not {counted(len(statements), 'statement')}")
    kind = _kind(statements[0])
    if kind not in _ASKS:
        named = "this statement" if kind is None else kind.name
        raise ConfigError(f"a store is only read: {named} is refused, give a SELECT")


def _kind(statement: duckdb.Statement) -> duckdb.StatementType | None:
    """Return what a statement is; None for what only DuckDB's core has a name for."""
    try:
        return statement.type
    except ValueError:  # UPDATE EXTENSIONS, in DuckDB 2.0
        return None


def _told(error: duckdb.Error, readers: Iterable[Rows]) -> Exception:
    """Return DuckDB's sentence without the picture of the query; a damaged part by its name."""
    sentence = " ".join(str(error).split("\nLINE ", maxsplit=1)[0].split())
    if _NO_ROWS not in sentence:
        return ConfigError(sentence)
    for reader in readers:
        if isinstance(damage := reader.damage(), CorruptArchiveError):
            return damage
    return StoreError(sentence)
