"""Turns as the tasks of a Dask cluster: one task is one turn of one site, by whichever worker.

The ledger, not the scheduler, keeps two workers from one site: a scheduler that loses sight of a
worker gives its task to another while the first may still be at work.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.bucket import Bucket
from archive.errors import ConfigError, WorkersError
from archive.extras import extra_missing
from archive.instant import now_utc
from archive.layout import slug
from crawler.fleet.crawling import Terms
from crawler.fleet.ledger import Ledger
from crawler.fleet.turn import Outcome, Post, Took, take_turn
from crawler.fleet.worker import POLL_S, Worker

if TYPE_CHECKING:
    from distributed import Client

_PATIENCE_S = 20.0
"""For a scheduler that does not answer."""


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

    name = slug(str(get_worker().address))
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

    Raises WorkersError when the scheduler is gone.
    """
    under_way: dict[str, Any] = {}
    while not worker.stopping.is_set():
        due = worker.post.ledger.due()
        for site in due:
            if site not in under_way:
                # A key of its own each time: a scheduler remembers what had the same.
                key = f"turn-{site}-{uuid.uuid4().hex}"
                under_way[site] = client.submit(turn_there, site, orders, key=key)
        if worker.is_once and not due and not under_way:
            return
        _collect(client, under_way, worker.tally.count, worker.report)
        worker.stopping.wait(_PAUSE_S if under_way else worker.poll_s)


_PAUSE_S = min(1.0, POLL_S)


def _collect(
    client: "Client",
    under_way: dict[str, Any],
    *told: Callable[[Took], None],
) -> None:
    """Tell of the turns that have ended."""
    if client.status != "running":
        raise WorkersError(
            "the cluster's scheduler is gone; what was shipped counts, and the same command goes on"
        )
    for site in [site for site, turn in under_way.items() if turn.done()]:
        took = under_way.pop(site).result()
        if took.outcome is not Outcome.HELD:
            for tell in told:
                tell(took)
