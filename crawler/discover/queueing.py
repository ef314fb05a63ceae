"""What the frontier has committed to the journal's queue, each as one change."""

from collections.abc import Callable, Mapping
from datetime import datetime

from archive.coverage import Fate
from archive.journal.addresses import Advertised
from archive.journal.journal import Journal
from crawler.discover.candidate import AddressKind
from crawler.discover.revisits import Schedule


def queueing(
    run_id: str, items: tuple[Advertised, ...], *, now: datetime, is_due: bool
) -> Callable[[Journal], int]:
    """Return the change that queues what was found; it returns how much of it is news."""
    again = Schedule(now).cause if is_due else None

    def change(journal: Journal) -> int:
        news = journal.addresses.advertise(run_id, items, now=now, again=again)
        for item in items:
            # One robots.txt may speak for many origins: it is read again for each that is
            # redirected to it. One that redirects itself is not, or two would run in a circle.
            if item.kind == AddressKind.ROBOTS and item.advertised_in == "redirect":
                journal.addresses.queue_again(item.url, at=now, fate=Fate.READ)
        return news

    return change


def queueing_robots(run_id: str, item: Advertised, *, now: datetime) -> Callable[[Journal], None]:
    """Return the change that queues a robots.txt, also one whose answer grew old in the run."""

    def change(journal: Journal) -> None:
        journal.addresses.advertise(run_id, (item,), now=now)
        journal.addresses.queue_again(item.url, at=now)

    return change


def refusing(reasons: Mapping[int, str]) -> Callable[[Journal], None]:
    """Return the change that settles addresses that are not asked for, each with its reason."""

    def change(journal: Journal) -> None:
        for address_id, reason in reasons.items():
            journal.addresses.settle(address_id, Fate.REFUSED, reason)

    return change
