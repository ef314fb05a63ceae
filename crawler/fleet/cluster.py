"""Turns as the tasks of a Dask cluster: one task is one turn of one site, by whichever worker.

The ledger, not the scheduler, keeps two workers from one site: a scheduler that loses sight of a
worker gives its task to another while the first may still be at work.
"""

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.bucket import Bucket
from archive.errors import ConfigError, NewsreelError, WorkersError
from archive.extras import extra_missing
from archive.instant import now_utc
from archive.layout import slug
from crawler.fleet.crawling import Terms
from crawler.fleet.ledger import Ledger
from crawler.fleet.turn import Outcome, Post, Took, take_turn
from crawler.fleet.worker import Worker

if TYPE_CHECKING:
    from distributed import Client, Future

_PATIENCE_S: Final = 20.0
"""For a scheduler that does not answer."""
_PAUSE_S: Final = 1.0
"""Between two looks at the turns under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a worker of a cluster needs to take a post; keys of the object store it has itself."""

    ledger: str
    url: str
    folder: Path
    """On the worker's machine; each worker has a folder of its own below it."""
    terms: Terms
    lease: timedelta
    every: timedelta

    @contextmanager
    def post(self, name: str, folder: Path) -> Iterator[Post]:
        """Open what they name."""
        with closing(Ledger(self.ledger, clock=now_utc)) as ledger:
            yield Post(
                ledger=ledger,
                bucket=Bucket(self.url),
                folder=folder,
                name=name,
                terms=self.terms,
                lease=self.lease,
                every=self.every,
                clock=now_utc,
            )


def turn_there(site: str, orders: Orders) -> Took:
    """Take a turn of a site on the worker of a cluster that runs this."""
    from distributed import get_worker  # noqa: PLC0415 - an extra

    name = slug(f"{socket.gethostname()}-{get_worker().name}")
    with orders.post(name, orders.folder / name) as post:
        claim = post.ledger.claim(name, lease=orders.lease, site=site)
        if claim is None:
            return Took(site=site, outcome=Outcome.HELD)
        return take_turn(post, claim, threading.Event())


@contextmanager
def cluster_client(scheduler: str, *, patience_s: float = _PATIENCE_S) -> Iterator["Client"]:
    """Yield a client of the cluster whose scheduler has that address, until the block ends.

    Raises ConfigError when Dask is not installed, or no scheduler answers there.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise extra_missing("a cluster needs distributed", "dask") from error
    try:
        client = Client(scheduler, timeout=patience_s)
    except (OSError, ValueError) as error:
        raise ConfigError(f"no Dask scheduler answers at {scheduler}: {error}") from error
    with closing(client):
        yield client


def work_there(client: "Client", worker: Worker, orders: Orders) -> None:
    """Have the cluster's workers take the turns that are due, as `Worker.work` takes them here.

    Raises what a turn may raise, and WorkersError when the scheduler is gone.
    """
    under_way: dict[str, Future[Took]] = {}
    while not worker.stopping.is_set():
        due = worker.post.ledger.due()
        for site in due:
            if site not in under_way:
                # A key of its own each time: a scheduler remembers what had the same.
                key = f"turn-{site}-{uuid.uuid4().hex}"
                under_way[site] = client.submit(turn_there, site, orders, key=key)
        if worker.is_once and not due and not under_way:
            return
        if client.status != "running":
            raise WorkersError(
                "the cluster's scheduler is gone; what was shipped counts, and the same command "
                "goes on"
            )
        for site in [site for site, turn in under_way.items() if turn.done()]:
            _tell(worker, _ended(site, under_way.pop(site)))
        worker.stopping.wait(_PAUSE_S if under_way else worker.poll_s)


def _ended(site: str, turn: "Future[Took]") -> Took:
    """Return what became of a turn; that no worker survived it is a failure of the site."""
    failure = turn.exception()
    if failure is None:
        return turn.result()
    if isinstance(failure, NewsreelError):
        raise failure
    why = f"no worker of the cluster came to an end with it: {failure}"
    return Took(site=site, outcome=Outcome.FAILED, exit_code=WorkersError.exit_code, why=why)


def _tell(worker: Worker, took: Took) -> None:
    if took.outcome is not Outcome.HELD:  # by a worker that is lost: its lease is waited for
        worker.tally.count(took)
        worker.report(took)
