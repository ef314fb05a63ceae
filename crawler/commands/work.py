"""`newsreel work`: crawl due sites beside other workers, and ship each to an object store."""

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType

from archive.counted import counted
from archive.durable import held
from archive.errors import ConfigError
from archive.extras import extra_missing
from archive.instant import now_utc
from archive.layout import WorkerFolder
from archive.shipping.catalog import read_catalog
from crawler.console import answer_console, message_console
from crawler.plan import find_target, watched_sites
from crawler.registry import known_sites
from crawler.stopping import BY_SIGNAL

try:
    from crawler.fleet.cluster import Orders, cluster_client, work_there
    from crawler.fleet.crawling import Terms
    from crawler.fleet.turn import Outcome, Took
    from crawler.fleet.worker import Worker
except ImportError as error:  # SQLAlchemy
    raise extra_missing("several workers need a ledger, which is SQLAlchemy's", "fleet") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A worker as its command line describes it."""

    words: tuple[str, ...]
    """Targets; empty: those that the ledger has."""
    url: str
    ledger: str | None
    """None: SQLite in the worker's folder."""
    folder: Path
    name: str | None
    """None: the machine's name and the folder."""
    lanes: int
    lease_s: int
    every_minutes: int
    is_once: bool
    scheduler: str | None
    """None: this process does the work."""
    terms: Terms


def work(assignment: Assignment, *, as_json: bool) -> int:
    """Take turns, tell of each on standard error, and return the worst exit code of them.

    Raises ConfigError for a command that cannot work, LedgerError and ObjectStoreError when those
    do not answer before anything began.
    """
    folder = WorkerFolder(assignment.folder)
    words = sites_of(assignment.words)
    with held(folder.lock), _orders(assignment).post(_name(assignment), folder.root) as post:
        post.ledger.enrol(words)
        read_catalog(post.bucket)
        if not post.ledger.entries():
            raise ConfigError("the ledger has no site yet: name some, as in `newsreel work TARGET`")
        worker = Worker(
            post=post,
            lanes=assignment.lanes,
            is_once=assignment.is_once,
            report=_tell,
            trouble=lambda why: _say("waits", why),
        )
        _say("begins", f"worker={post.name} ledger={post.ledger.name} to={assignment.url}")
        with _heeding(worker.stopping) as signals:
            _work(worker, assignment)
        _answer(worker, as_json=as_json)
    return BY_SIGNAL + signals[0] if signals else worker.tally.exit_code


def sites_of(words: Sequence[str]) -> Mapping[str, str]:
    """Return the sites that targets name, each with its target; ConfigError when one is no site."""
    sites: dict[str, str] = {}
    for word in words:
        (target,) = watched_sites([find_target(word, known_sites())])
        sites.setdefault(target.site.name, word)
    return sites


def _work(worker: Worker, assignment: Assignment) -> None:
    if assignment.scheduler is None:
        worker.work()
        return
    with cluster_client(assignment.scheduler) as client:
        work_there(client, worker, _orders(assignment))


def _orders(assignment: Assignment) -> Orders:
    ledger = assignment.ledger or f"sqlite:///{WorkerFolder(assignment.folder).ledger.absolute()}"
    return Orders(
        ledger=ledger,
        url=assignment.url,
        folder=assignment.folder,
        terms=assignment.terms,
        lease=timedelta(seconds=assignment.lease_s),
        every=timedelta(minutes=assignment.every_minutes),
    )


def _name(assignment: Assignment) -> str:
    return assignment.name or f"{socket.gethostname()}:{assignment.folder.absolute()}"


@contextmanager
def _heeding(stopping: threading.Event) -> Iterator[list[int]]:
    """Let Ctrl-C and SIGTERM end the turns under way; give the signals that came."""
    came: list[int] = []

    def heed(signum: int, frame: FrameType | None) -> None:
        del frame
        came.append(signum)
        stopping.set()

    before = {each: signal.signal(each, heed) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def _tell(took: Took) -> None:
    fields = f"site={took.site}"
    if took.outcome is Outcome.SHIPPED:
        fields += f" requests={took.requests} round={took.round} new={took.new_rows}"
    _say(took.outcome.value, f"{fields} {took.why or ''}".rstrip())
    for what in took.looks:
        _say("look", f"site={took.site} {what}")


def _say(verb: str, fields: str) -> None:
    console = message_console()
    console.print(f"{now_utc():%Y-%m-%dT%H:%M:%SZ} {verb:8} {fields}", soft_wrap=True)


def _answer(worker: Worker, *, as_json: bool) -> None:
    tally = worker.tally
    outcomes = {outcome.value: tally.outcomes[outcome] for outcome in Outcome}
    if as_json:
        told = {
            "worker": worker.post.name,
            "turns": outcomes,
            "requests": tally.requests,
            "new_rows": tally.new_rows,
            "exit_code": tally.exit_code,
        }
        answer_console().out(json.dumps(told, indent=1))
        return
    others = "".join(
        f"; {count} {what}" for what, count in outcomes.items() if count and what != "shipped"
    )
    answer_console().print(
        f"{counted(outcomes['shipped'], 'turn')} shipped to {worker.post.bucket.url}{others}; "
        f"{counted(tally.requests, 'request')}, {counted(tally.new_rows, 'new row')}",
        soft_wrap=True,
    )


def readers_of(lanes: int) -> int:
    """Return how many processes read pages for each site that is crawled at a time."""
    return max(1, (os.cpu_count() or 1) // lanes)
