"""Every error Newsreel raises on purpose.

NewsreelError
├── ConfigError              the operator can fix it; raised before the first request
│   ├── NoStoreError         no store is at the place named
│   ├── UnknownTargetError   no site file and no web address of that name
│   └── WithdrawnError       it was archived and is withdrawn from readers
├── StoreError               the store cannot be used as it is
│   ├── StoreFormatError     written by a newer Newsreel than this one
│   ├── StoreInUseError      another process writes to it; try again later
│   ├── LossError            bytes that were committed are not there any more
│   ├── JournalError         the journal is damaged; it can be told again
│   ├── ObjectStoreError     an object store refuses or does not answer
│   ├── LedgerError          the ledger of sites refuses or does not answer
│   └── LeaseLostError       a site was taken over by another worker; what we have of it is dropped
├── CaptureError             bytes could not be kept; stops the crawl
│   └── DiskFullError        no space left; nothing committed is lost
├── WorkersError             no process can be had that reads pages; stops the crawl
├── ExtractError             one page could not be read; the page is quarantined
│   └── RowError             its record does not fit the dataset's columns; names row and column
└── CorruptArchiveError      what is on disk is not what was written; names file and offset

Every message is one sentence that says what happened and, where it is not plain, what to do next.
`exit_code` is what `newsreel` ends with when the error reaches it (docs/reference/exit-codes.md).
"""

import errno
from pathlib import Path
from typing import Any, Final

from typing_extensions import override

_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class NewsreelError(Exception):
    """The parent of all of them: `except NewsreelError` catches what Newsreel knows how to say.

    Each comes whole out of the process that raised it, whatever it was made with.
    """

    exit_code = 1

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return _revived, (type(self), self.args, vars(self))


def _revived(
    kind: type[NewsreelError], said: tuple[Any, ...], state: dict[str, Any]
) -> NewsreelError:
    """Return an error that was pickled: its message, and what else it knows."""
    error = kind.__new__(kind, *said)
    vars(error).update(state)
    return error


class ConfigError(NewsreelError):
    """A command, a site file or a setting is wrong; nothing was started."""

    exit_code = 2


class NoStoreError(ConfigError):
    """No store is where a command looks for one."""

    def __init__(self, root: Path) -> None:
        super().__init__(
            f"there is no store at {root}; `newsreel crawl TARGET --store {root}` makes one"
        )


class UnknownTargetError(ConfigError):
    """A target is neither a site's name, a site's address nor a page's address."""


class WithdrawnError(ConfigError):
    """What is asked for was archived, and was withdrawn from readers since."""


class StoreError(NewsreelError):
    """The store cannot be used as it is."""

    exit_code = 5


class StoreFormatError(StoreError):
    """The store was written by a newer Newsreel; this one would not understand it."""

    exit_code = 2


class StoreInUseError(StoreError):
    """Another process is writing to the store."""

    exit_code = 75


class LossError(StoreError):
    """Bytes that the journal says were committed are not on disk any more."""


class JournalError(StoreError):
    """The journal is damaged; it can be told again from the WARCs."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} is damaged: {why}; `newsreel verify --repair --store {path.parent}` tells it "
            "again from the WARCs"
        )
        self.why = why
        """In the words of SQLite."""


class ObjectStoreError(StoreError):
    """An object store refuses or does not answer; nothing that was published has changed."""

    exit_code = 75


class LedgerError(StoreError):
    """The ledger that workers share refuses or does not answer; nothing shipped is lost."""

    exit_code = 75


class LeaseLostError(StoreError):
    """A site that this worker held was taken over by another; nothing of it may be shipped here."""

    exit_code = 75


class CaptureError(NewsreelError):
    """What crossed the wire could not be kept; going on would lose pages silently."""


class DiskFullError(CaptureError):
    """The disk is full: the crawl stops, everything committed is intact."""

    exit_code = 75


def write_failure(error: OSError, what: Path | str) -> CaptureError:
    """Return what a refused write is raised as: a full disk is no fault of anybody's."""
    if error.errno in _NO_SPACE:
        return DiskFullError(
            f"no space left to write {what}; what was committed is intact, "
            "free some space and run the same command again"
        )
    return CaptureError(f"{what} could not be written: {error.strerror or error}")


class WorkersError(NewsreelError):
    """The processes that read pages cannot start, or are gone for good: no page can be read."""


class ExtractError(NewsreelError):
    """One page could not be read: its archive record stays, its row is missing for a reason."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        """A stable word for the ledger: timeout, memory, crash or unreadable."""


class RowError(ExtractError):
    """One record of a batch does not fit the dataset's columns; the others do without it."""

    def __init__(self, *, row: int, column: str, why: str) -> None:
        super().__init__("unstorable", f"row {row}, column {column}: {why}")
        self.row = row
        """Its place in the batch, from 0."""
        self.column = column


class CorruptArchiveError(NewsreelError):
    """A stored file does not match its own checksum or framing."""

    exit_code = 5

    def __init__(self, path: Path | str, offset: int, why: str) -> None:
        super().__init__(f"{path} at byte {offset}: {why}")
        self.path = path
        self.offset = offset
        self.why = why
