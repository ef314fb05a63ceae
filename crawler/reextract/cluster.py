"""A re-extraction by the workers of a Dask cluster, which see the store under the same path.

They read the journal from a copy in the store's folder: SQLite's log is shared between processes of
one machine, and not over a network's file system (SQLite, "Write-Ahead Logging").
"""

import shutil
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archive.errors import ConfigError, WorkersError
from archive.extras import extra_missing
from archive.layout import Layout
from crawler.reextract.apart import perform_apart
from crawler.reextract.crew import Careful, Ground
from crawler.reextract.tasks import Task

if TYPE_CHECKING:
    from distributed import Client

_PATIENCE_S: Final = 20.0
"""For a scheduler that does not answer."""


class ClusterCrew:
    """The workers of a cluster; a task of one that is lost is done by another."""

    def __init__(self, client: "Client", ground: Ground) -> None:
        self._client = client
        self._ground = ground
        self._careful = Careful(ground)

    def close(self) -> None:
        """End the processes that read pages apart; the cluster goes on."""
        self._careful.close()

    def perform(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
        """Do tasks side by side; yield each with its outcome, in the order in which they end."""
        from distributed import as_completed  # noqa: PLC0415 - an extra
        from distributed.client import FutureCancelledError  # noqa: PLC0415 - an extra

        if not self._client.scheduler_info()["workers"]:
            raise ConfigError("the cluster has no worker: start one with `dask worker ADDRESS`")
        # A key of its own each time: a scheduler may remember what another job called the same.
        named = {f"{task.title}-{uuid.uuid4().hex}": task for task in tasks}
        begun = [
            self._client.submit(perform_apart, task, self._ground, key=key)
            for key, task in named.items()
        ]
        try:
            for done in as_completed(begun):
                task = named[done.key]
                yield task, self._careful.settle(task, done)
        except FutureCancelledError as error:
            raise WorkersError(
                "the cluster's scheduler is gone; what was finished is kept, and the same command "
                "goes on with the rest"
            ) from error


@contextmanager
def cluster_crew(
    scheduler: str, ground: Ground, *, patience_s: float = _PATIENCE_S
) -> Iterator[ClusterCrew]:
    """Yield the workers of the cluster whose scheduler has that address, until the block ends.

    Raises ConfigError when Dask is not installed, or no scheduler answers there.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise extra_missing("a cluster needs distributed", "dask") from error
    with ExitStack() as stack:
        try:
            client = stack.enter_context(closing(Client(scheduler, timeout=patience_s)))
        except (OSError, ValueError) as error:
            raise ConfigError(f"no Dask scheduler answers at {scheduler}: {error}") from error
        folder = Layout(ground.root).rereading / f"journal-{uuid.uuid4().hex}"
        copy = Layout(folder).journal
        stack.callback(_remove, folder)
        _copy_journal(ground.journal, copy)
        yield stack.enter_context(closing(ClusterCrew(client, replace(ground, journal=copy))))


def _copy_journal(journal: Path, copy: Path) -> None:
    """Copy a journal that may be written to meanwhile, as one file without a log."""
    copy.parent.mkdir(parents=True)
    with (
        closing(sqlite3.connect(f"{journal.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def _remove(folder: Path) -> None:
    """Remove the folder of a copy, and the one around it where nothing else stands there."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()
