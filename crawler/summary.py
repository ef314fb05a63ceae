"""How a crawl went: its counts, what needs a look, and the exit code that says so."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from archive.columns import plain
from archive.counted import counted, verb
from archive.coverage import Fate
from archive.journal.addresses import REQUISITE
from archive.journal.alarms import Alarm
from archive.journal.journal import Journal
from archive.journal.standing import SiteStanding, standing
from crawler.exit_codes import worst
from crawler.manners import HOURS
from crawler.problems import Problem, problems_of
from crawler.run import CrawlRun
from crawler.stopping import BY_SIGNAL
from crawler.telling import coverage_sentence, time_ahead
from crawler.watch import compare

_BROUGHT: Final = (
    "SELECT count(*) AS requests, coalesce(sum(c.payload_length), 0) AS bytes "
    "FROM capture c JOIN address a ON a.id = c.address_id WHERE c.run_id = ? AND a.kind = ?"
)
# By the captures they were read from: compaction gives rows to parts of other runs.
_NEW_ROWS: Final = (
    "SELECT count(*) FROM version v JOIN capture c ON c.id = v.capture_id WHERE c.run_id = ?"
)
_BEYOND: Final = (
    "SELECT count(*) FROM address WHERE run_id = ? AND site = ? AND reason = 'max_pages'"
)
_MISSED: Final = (
    "SELECT count(*) FILTER (WHERE fate IN ('failed', 'gone', 'blocked')) AS failed, "
    "count(*) FILTER (WHERE fate = 'refused') AS refused "
    "FROM address WHERE run_id = ? AND kind = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a crawl prints when it ends; `runs/<id>/summary.json` holds the same."""

    run_id: str
    store: str
    outcome: str
    """finished; stopped, and the same command goes on; waiting for what is due next."""
    is_resumed: bool
    requests: int
    """Of the whole run; so are the fates and the problems, but under `--due`."""
    requests_now: int
    """Of these, those of this command; the others are from before the run was cut off."""
    requisites: Mapping[str, int]
    """What was fetched so that pages can be seen as they were: requests, bytes, and how many of
    the addresses failed or were refused. They are no part of requests, fates and problems."""
    new_rows: int
    """Rows the run added to `articles`: new articles and new versions."""
    new_rows_now: int
    """Of these, those of this command."""
    rows: int
    """Rows in `articles` now."""
    fates: Mapping[str, Mapping[str, int]]
    """Site, then fate, then how many of its addresses."""
    resting: tuple[str, ...]
    """What the word of a site's own file lets wait, and until when; what --max-pages left out."""
    sentence: str
    """How much of what the sites advertise is archived."""
    problems: tuple[Problem, ...]
    """What this run, or call of `--due`, met."""
    began: tuple[Problem, ...]
    """Of these, what no crawl before it had met."""
    going_on: tuple[Alarm, ...]
    """What began before, and is not over."""
    ended: tuple[Alarm, ...]
    """What began before, and is over now."""
    exit_code: int
    wall_s: float
    """Seconds, of this command."""

    def to_json(self) -> str:
        """Return the summary as one JSON object."""
        return json.dumps(plain(asdict(self)), ensure_ascii=False, indent=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What was there when a command began."""

    rows: int
    """In `articles`."""
    new_rows: int
    """Of these, the run's own: none, unless it was cut off and goes on."""
    requests: int
    """That the run had made."""


def before(run: CrawlRun) -> Before:
    """Return what is there of a run that has just been begun, or taken up again."""
    return Before(
        rows=run.reader.parts.rows_of("articles"),
        new_rows=run.reader.query(_NEW_ROWS, (run.id,))[0][0] if run.is_resumed else 0,
        requests=_requests(run) if run.is_resumed else 0,
    )


def summarise(
    run: CrawlRun, *, outcome: str, before: Before, wall_s: float, signum: int
) -> Summary:
    """Return how a run went, once everything of it is committed."""
    fates: dict[str, dict[str, int]] = {}
    for (site, fate), count in sorted(run.reader.addresses.counts(run.id, since=run.since).items()):
        fates.setdefault(site, {})[fate] = count
    problems = problems_of(run, fates, is_stopped=bool(signum))
    standings = standing(run.reader)
    watch = compare(
        problems,
        run.reader.alarms.all(),
        {site.site: site for site in standings},
        asked=fates.keys(),
        listed=set() if signum else {each.site.name for each in run.plan.targets if each.is_site},
        read={site for site, _ in run.promises.counts},
    )
    rows = run.reader.parts.rows_of("articles")
    requests, added = _requests(run), rows - before.rows
    return Summary(
        run_id=run.id,
        store=str(run.layout.root),
        outcome=outcome,
        is_resumed=run.is_resumed,
        requests=requests,
        requests_now=requests - before.requests,
        requisites=_requisites(run),
        new_rows=before.new_rows + added,
        new_rows_now=added,
        rows=rows,
        fates=fates,
        resting=tuple(_resting(run, fates)),
        sentence=coverage_sentence(
            _of_the_plan(run, standings, fates),
            troubled={problem.site for problem in problems},
        ),
        problems=problems,
        began=watch.began,
        going_on=watch.going_on,
        ended=watch.ended,
        exit_code=BY_SIGNAL + signum if signum else worst({each.exit_code for each in problems}),
        wall_s=wall_s,
    )


def _resting(run: CrawlRun, fates: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Yield what waits because a site's file allows no more at present, and what was left out."""
    for site, counts in fates.items():
        if beyond := run.reader.query(_BEYOND, (run.id, site))[0][0]:
            left = f"{counted(beyond, 'address')} {verb(beyond, 'was', 'were')} left out"
            yield f"{site}: {left}, beyond --max-pages {run.plan.most_pages}"
        rest, pending = run.frontier.rest_of(site), counts.get(Fate.PENDING, 0)
        if rest is not None and pending:
            now = run.clock()
            why = "outside its hours" if rest.reason == HOURS else "its budget of a day is spent"
            yield (
                f"{site}: {why}; {counted(pending, 'address')} {verb(pending, 'waits', 'wait')} "
                f"for {time_ahead(now + rest.span, now)}"
            )


def _of_the_plan(
    run: CrawlRun, standings: Sequence[SiteStanding], fates: Collection[str]
) -> list[SiteStanding]:
    """Return the sites that the sentence is about; under --due also those that rested."""
    watched = {target.site.name for target in run.plan.targets} if run.plan.is_due else set()
    return [site for site in standings if site.site in fates or site.site in watched]


def remember(summary: Summary, journal: Journal, *, now: datetime) -> None:
    """Keep what is wrong for the next crawl, so that it is told once."""
    with journal.transaction():
        for problem in summary.problems:
            journal.alarms.keep(
                Alarm(site=problem.site, kind=problem.kind, what=problem.what, began_at=now)
            )
        for alarm in summary.ended:
            journal.alarms.end(alarm)


def _requests(run: CrawlRun) -> int:
    (brought,) = run.reader.query(_BROUGHT, (run.id, REQUISITE))
    return run.reader.captures.count(run.id) - int(brought["requests"])


def _requisites(run: CrawlRun) -> dict[str, int]:
    (brought,) = run.reader.query(_BROUGHT, (run.id, REQUISITE))
    (missed,) = run.reader.query(_MISSED, (run.id, REQUISITE))
    return {
        "requests": brought["requests"],
        "bytes": brought["bytes"],
        "failed": missed["failed"],
        "refused": missed["refused"],
    }
