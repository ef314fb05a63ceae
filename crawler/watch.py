"""What begins to be wrong, goes on and is over: each is told once, however often a crawl runs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from archive.journal.alarms import Alarm
from archive.journal.standing import SiteStanding
from crawler.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The alarms of a call, against those that were open before it."""

    began: tuple[Problem, ...]
    going_on: tuple[Alarm, ...]
    ended: tuple[Alarm, ...]


def compare(
    problems: Sequence[Problem],
    before: Sequence[Alarm],
    standings: Mapping[str, SiteStanding],
    *,
    asked: Collection[str],
    listed: Collection[str],
    read: Collection[str],
) -> Watch:
    """Return what began, what goes on, and what is over.

    What this call did not meet goes on when nothing says otherwise: the site was not asked, its
    listings were not gone through to the end, no article of it was read, or pages of it still
    stand as they failed.
    """
    evidence = {"promise": read, "listing": listed, "no_article": listed}
    known = {(alarm.site, alarm.kind): alarm for alarm in before}
    met = {(problem.site, problem.kind): problem for problem in problems}
    ended = tuple(
        alarm
        for key, alarm in known.items()
        if key not in met
        and alarm.site in evidence.get(_word(alarm), asked)
        and not _stands(alarm, standings)
    )
    over = set(ended)
    return Watch(
        began=tuple(problem for key, problem in met.items() if key not in known),
        going_on=tuple(alarm for alarm in before if alarm not in over),
        ended=ended,
    )


def _stands(alarm: Alarm, standings: Mapping[str, SiteStanding]) -> bool:
    """Whether the newest word on some address of the site still is what the alarm tells."""
    standing = standings.get(alarm.site)
    if standing is None:
        return False
    counts = {
        "blocked": standing.blocked,
        "failed": standing.failed,
        "robots_unreachable": standing.unreachable,
        "listing": standing.unreachable,  # without a robots.txt no listing is asked for
    }
    return bool(counts.get(_word(alarm), 0))


def _word(alarm: Alarm) -> str:
    """Return what an alarm is about, without the field or the address that it names."""
    return alarm.kind.partition(":")[0]
