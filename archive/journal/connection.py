"""A connection to the journal's file that tells damage, wherever SQLite comes upon it.

SQLite looks at a page of its file when a question needs it, so that one that is damaged is met
after opening, in any verb and at any row. Whoever asks gets one sentence that says what to run.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

from typing_extensions import override

from archive.errors import JournalError, StoreError

_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_LOST_NAMES: Final = ("no such table", "no such column", "no such index")
"""Of what every journal has: its schema is damaged."""
_Asks: TypeAlias = Callable[..., Any]
_PRIMARY: Final = 0xFF
"""Of an extended code of SQLite's, what it is a kind of."""


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open the file; `mode` is how, as SQLite's URIs have it.

    Raises JournalError when it is no database, StoreError when it cannot be opened.
    """
    try:
        # One connection is used by one thread at a time; the recorder's moves to its thread.
        db = sqlite3.connect(
            f"file:{_uri_path(path)}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        db.path = path
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA busy_timeout = 10000")
        db.execute("PRAGMA user_version")
    except sqlite3.OperationalError as error:
        raise StoreError(f"{path} cannot be opened: {error}") from error
    return db


def _uri_path(path: Path) -> str:
    """Return a path as SQLite's URI wants it: the characters that end a path are escaped."""
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


class _Connection(sqlite3.Connection):
    path: Path

    # sqlite3's own two would make cursors of its own, whatever `cursor` returns.

    @override
    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        return self.cursor(_Cursor).execute(sql, parameters)

    @override
    def executemany(self, sql: str, parameters: Any, /) -> Any:
        return self.cursor(_Cursor).executemany(sql, parameters)


def _telling(method: _Asks) -> _Asks:
    """Return a cursor's method that raises JournalError when it is the file that is wrong."""

    def asked(cursor: sqlite3.Cursor, *values: Any) -> Any:
        try:
            return method(cursor, *values)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if why := _damage(error):
                assert isinstance(cursor.connection, _Connection)
                raise JournalError(cursor.connection.path, why) from error
            raise

    return asked


def _damage(error: sqlite3.DatabaseError | UnicodeDecodeError) -> str | None:
    """Return what is wrong with the file; None when it is the question, the disk or a writer."""
    if isinstance(error, UnicodeDecodeError):  # SQLite names what is wrong by its damaged name
        return "a name in it is no text"
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # Python's own complaint, of a value that is no text
        return str(error) if isinstance(error, sqlite3.OperationalError) else None
    is_damage = code & _PRIMARY in _DAMAGED or str(error).startswith(_LOST_NAMES)
    return str(error) if is_damage else None


class _Cursor(sqlite3.Cursor):
    execute = _telling(sqlite3.Cursor.execute)
    executemany = _telling(sqlite3.Cursor.executemany)
    fetchone = _telling(sqlite3.Cursor.fetchone)
    fetchall = _telling(sqlite3.Cursor.fetchall)
    __next__ = _telling(sqlite3.Cursor.__next__)
