"""Leaving servers alone from one run to the next: politeness, as the journal keeps it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from archive.journal.holds import Held
from archive.journal.journal import Journal
from crawler.fetch.politeness import CIRCUIT, LONGEST_HOLD_S, Hold, Politeness
from crawler.manners import OWN_TERMS


def remembered(politeness: Politeness, *, now: datetime) -> Callable[[Journal], None]:
    """Return the change that keeps who is to be left alone, and forgets whose time is over."""
    holds = [
        Held(
            server=each.server,
            until=now + timedelta(seconds=each.seconds),
            reason=each.reason,
            incidents=each.incidents,
        )
        for each in politeness.holds()
    ]

    def change(journal: Journal) -> None:
        journal.holds.keep(*holds)
        journal.holds.forget_others([each.server for each in holds], now=now)

    return change


def take_up_holds(
    politeness: Politeness, reader: Journal, *, now: datetime, tries_circuits: bool
) -> None:
    """Go on leaving servers alone that the runs before held.

    An operator who crawls by hand wants to know whether a site lets us in by now: an open circuit
    is tried then, what the site itself asked for is kept. What its file says may have changed.
    Longer than the longest hold lasts one only where the clock was set back.
    """
    for held in reader.holds.all():
        is_tried = (
            held.reason in OWN_TERMS
            or (held.reason == CIRCUIT and tries_circuits)
            or (held.until - now).total_seconds() > LONGEST_HOLD_S
        )
        politeness.take_up(
            Hold(
                server=held.server,
                seconds=0.0 if is_tried else (held.until - now).total_seconds(),
                reason=held.reason,
                incidents=held.incidents,
            )
        )
