"""What of a crawl needs a look: each problem with its site, what is safe, and what to run."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from archive.address import identity_of
from archive.counted import counted
from archive.coverage import Fate
from archive.journal.addresses import OFF_SITE, REQUISITE
from crawler.exit_codes import NEEDS_A_LOOK, REFUSED, UNEXPECTED
from crawler.promises import Promises
from crawler.run import CrawlRun
from crawler.telling import command_line, reason_in_words, time_ahead
from crawler.typed import without_secrets

ENOUGH_ROWS: Final = 20
"""How many rows, of this call and before, a promise is judged by under --due."""

_FAILED: Final = frozenset({Fate.FAILED, Fate.UNREADABLE})
_WELCOME: Final = frozenset({Fate.ARCHIVED, Fate.UNCHANGED, Fate.NOT_ARTICLE})

_NO_ROBOTS: Final = "robots_unreachable"
_SILENT: Final = (
    "SELECT site, count(*) AS addresses FROM address WHERE run_id = ? AND fate = ? "
    "AND reason = ? AND kind != ? GROUP BY site ORDER BY site"
)
_WHY_SILENT: Final = (
    "SELECT coalesce(c.failure, 'http_' || c.status) FROM capture c "
    "JOIN address a ON a.id = c.address_id "
    "WHERE c.run_id = ? AND a.site = ? AND a.kind = 'robots' ORDER BY c.id DESC LIMIT 1"
)
_IN_VAIN: Final = (
    "SELECT coalesce(reason, fate) FROM address WHERE run_id = ? AND identity = ? "
    "AND fate IN (?, ?)"
)
_WHY_FAILED: Final = (
    "SELECT fate, reason, count(*) FROM address WHERE run_id = ? AND site = ? AND fate IN (?, ?) "
    "AND kind != ? GROUP BY fate, reason ORDER BY count(*) DESC, reason"
)
_NEWEST: Final = (
    "from articles_latest select url where site = '{site}' order by fetch_time desc limit 5"
)
_HAS_ARTICLES: Final = "SELECT 1 FROM address WHERE site = ? AND article_id IS NOT NULL LIMIT 1"
_HAS_PAGES: Final = "SELECT 1 FROM address WHERE run_id = ? AND site = ? AND kind = 'page' LIMIT 1"
_LEADS_AWAY: Final = (
    "SELECT c.redirect FROM address a JOIN capture c ON c.id = a.capture_id "
    "WHERE a.run_id = ? AND a.site = ? AND a.kind = 'front' AND a.fate = ? AND a.reason = ?"
)


# By the newest word on each, whoever's run that is: under --due few are polled in one call.
_BROKEN_LISTINGS: Final = (
    "SELECT a.site, a.url, a.kind, a.fate, a.reason FROM address a "
    "WHERE a.kind IN ('sitemap', 'feed') AND (a.run_id = ?1 OR ?2) "
    "AND (a.fate = 'gone' OR a.fate = 'read' AND a.reason IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM advertisement d WHERE d.run_id = a.run_id "
    "AND d.by_address_id = a.id AND d.address_id != a.id)) ORDER BY a.site, a.id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something about one site that a person should look at."""

    site: str
    what: str
    """One sentence: what, how much, and what is safe."""
    hint: str
    """The command to run next."""
    exit_code: int
    """What the crawl ends with for it; 0: it is told, and breaks no promise again."""
    kind: str
    """What it is, in a stable word; a broken promise has its field behind a colon."""


def problems_of(
    run: CrawlRun, fates: Mapping[str, Mapping[str, int]], *, is_stopped: bool
) -> tuple[Problem, ...]:
    """Return what needs a look; a crawl that was stopped is not asked why it left things undone."""
    found = [problem for site, counts in fates.items() for problem in _troubles(run, site, counts)]
    found += _silences(run)
    if not is_stopped:
        found = [*_oversights(run), *found]
        found += _barren(run, {problem.site for problem in found})
        found += _missing(run)
        found += _broken_listings(run)
    return (*found, *_stale(run), *_broken_promises(run))


def _barren(run: CrawlRun, known: set[str]) -> Iterator[Problem]:
    """Yield the sites that named no page at all, which could pass for a quiet day."""
    for target in run.plan.targets:
        name = target.site.name
        if not target.is_site or name in known or _first(run, _HAS_PAGES, name):
            continue
        if run.plan.is_due and run.reader.query(_HAS_ARTICLES, (name,)):
            continue  # nothing new is named, which is a quiet hour
        away = _first(run, _LEADS_AWAY, name, Fate.REDIRECTED, OFF_SITE)
        yield Problem(
            site=name,
            what=f"its front page leads to another site, {away}; nothing else was asked for"
            if away
            else "no sitemap, feed or front page of it names an article; what was answered is "
            "archived",
            hint=_crawl(run, str(away)) if away else _look_further(run, target.site.home),
            exit_code=NEEDS_A_LOOK,
            kind="no_article",
        )


def _missing(run: CrawlRun) -> Iterator[Problem]:
    """Yield the pages that were asked for by their address and are not to be had."""
    for target in run.plan.targets:
        for url in (seed.url for seed in target.seeds if not target.is_site):
            reason = _first(run, _IN_VAIN, identity_of(url), Fate.GONE, Fate.REFUSED)
            if reason is None or reason == _NO_ROBOTS:  # a silent site is told once
                continue
            yield Problem(
                site=target.site.name,
                what=f"{url} is no page to be had: {reason_in_words(str(reason))}",
                hint=_crawl(run, target.site.home),
                exit_code=NEEDS_A_LOOK,
                kind=f"missing:{url}",
            )


def _broken_listings(run: CrawlRun) -> Iterator[Problem]:
    """Yield the sitemaps and feeds that are gone, or broken so that nothing could be made out.

    Others of the site may work, so that nothing else tells of what only these named. One that is
    gone may be so for good: it breaks the promise of the run that meets it first, and no other's.
    """
    told = {(alarm.site, alarm.kind) for alarm in run.reader.alarms.all()}
    sites = {target.site.name for target in run.plan.targets if target.is_site}
    for row in run.reader.query(_BROKEN_LISTINGS, (run.id, run.plan.is_due)):
        if row["site"] in sites:
            why = ", ".join(map(reason_in_words, row["reason"].split(",")))
            kind = f"listing:{row['url']}"
            is_known = row["fate"] == Fate.GONE and (row["site"], kind) in told
            yield Problem(
                site=row["site"],
                what=f"the {row['kind']} {row['url']} names nothing: {why}; what was answered is "
                "archived",
                hint=command_line(
                    "newsreel", "show", row["url"], "--raw", "--store", str(run.layout.root)
                ),
                exit_code=0 if is_known else NEEDS_A_LOOK,
                kind=kind,
            )


def _first(run: CrawlRun, query: str, *values: str) -> object:
    """Return the first value of a query about the run; None when it finds nothing."""
    return next((row[0] for row in run.reader.query(query, (run.id, *values))), None)


def _broken_promises(run: CrawlRun) -> Iterator[Problem]:
    expectations = {
        target.site.name: target.site.expect
        for target in run.plan.targets
        if target.site.expect is not None
    }
    for broken in _counted(run, expectations).broken(expectations):
        yield Problem(
            site=broken.site,
            what=f"{broken.field} on {broken.rate:.0%} of {counted(broken.rows, 'row')}, "
            f"promised {broken.promised:.0%}; the pages are archived",
            hint=_query(run, _NEWEST.format(site=broken.site)),
            exit_code=NEEDS_A_LOOK,
            kind=f"promise:{broken.field}",
        )


def _counted(run: CrawlRun, sites: Iterable[str]) -> Promises:
    """Return the fields of a run's rows; under --due, a call's few with those before it.

    A site that brought no row in this call broke no promise in it.
    """
    if not run.plan.is_due:
        return run.promises
    counted_in = Promises()
    for site in {site for site, _ in run.promises.counts} & set(sites):
        counted_in.add(site, run.reader.alarms.filled(site, fewest_rows=ENOUGH_ROWS))
    return counted_in


def _stale(run: CrawlRun) -> Iterator[Problem]:
    """Yield the sites without a new article for longer than promised: a silent outage."""
    now = run.clock()
    for target in run.plan.targets:
        site = target.site
        every = site.expect.article_every if site.expect is not None else None
        newest = run.reader.alarms.newest_article_at(site.name) if every else None
        if every is not None and newest is not None and now - newest > every:
            yield Problem(
                site=site.name,
                what=f"no new article for {time_ahead(now, newest)}, promised one every "
                f"{time_ahead(now, now - every)}",
                hint=_crawl(run, site.name),
                exit_code=NEEDS_A_LOOK,
                kind="stale",
            )


def _oversights(run: CrawlRun) -> Iterator[Problem]:
    """Yield what a crawl that was not stopped should have read, and did not."""
    for site, count in run.reader.captures.left_unread(run.id).items():
        yield Problem(
            site=site,
            what=f"{counted(count, 'answer')} not read, which Newsreel did not foresee; "
            f"what came is archived, the next crawl reads it, and "
            f"{run.layout.run(run.id)}/crawl.log says why",
            hint=_crawl(run, _home(run, site)),
            exit_code=UNEXPECTED,
            kind="unread",
        )


def _silences(run: CrawlRun) -> Iterator[Problem]:
    """Yield the sites that gave no robots.txt: without one nothing else is asked for."""
    for row in run.reader.query(_SILENT, (run.id, Fate.REFUSED, _NO_ROBOTS, REQUISITE)):
        why = _first(run, _WHY_SILENT, row["site"])
        yield Problem(
            site=row["site"],
            what=f"robots.txt could not be had: {reason_in_words(str(why or 'no_answer'))}; "
            f"{counted(row['addresses'], 'address')} not asked for, the next crawl tries again",
            hint=_query(
                run,
                "select url, fetch_status, fetch_failure from captures "
                "where address_kind = 'robots'",
            ),
            exit_code=NEEDS_A_LOOK,
            kind=_NO_ROBOTS,
        )


def _troubles(run: CrawlRun, site: str, counts: Mapping[str, int]) -> Iterator[Problem]:
    blocked = counts.get(Fate.BLOCKED, 0)
    if blocked and not any(counts.get(fate) for fate in _WELCOME):
        yield Problem(
            site=site,
            what=f"refuses us: {counted(blocked, 'address')} blocked and none let through; "
            "the answers are kept as evidence",
            hint=_hint(run, Fate.BLOCKED),
            exit_code=REFUSED,
            kind=Fate.BLOCKED.value,
        )
    elif blocked:
        yield _look(run, site, Fate.BLOCKED, f"{counted(blocked, 'address')} blocked")
    gone = counts.get(Fate.GONE, 0)
    is_all_gone = gone > 1 and not any(counts.get(fate) for fate in _WELCOME)
    if is_all_gone and not run.plan.is_due:  # a call of --due may have met nothing else
        yield _look(run, site, Fate.GONE, f"{counted(gone, 'address')} gone and none to be had")
    failed = sum(counts.get(fate, 0) for fate in _FAILED)
    if failed:
        whys = run.reader.query(
            _WHY_FAILED, (run.id, site, Fate.FAILED, Fate.UNREADABLE, REQUISITE)
        )
        why = ", ".join(f"{count:,} x {_why(fate, reason)}" for fate, reason, count in whys)
        what = f"{counted(failed, 'address')} failed after every attempt ({why})"
        yield _look(run, site, Fate.FAILED, what)


def _why(fate: str, reason: str | None) -> str:
    """Return a failure in words; reading may take too long as well as answering."""
    is_read = fate == Fate.UNREADABLE
    return f"not read: {reason}" if is_read else reason_in_words(reason or "no_answer")


def _look(run: CrawlRun, site: str, fate: Fate, what: str) -> Problem:
    is_shut = run.politeness.has_open_circuit(site)
    shut = "; it is left alone for an hour or more, and then tried again" if is_shut else ""
    return Problem(
        site=site,
        what=f"{what}{shut}; what was answered is archived",
        hint=_hint(run, fate),
        exit_code=REFUSED if fate is Fate.BLOCKED and is_shut else NEEDS_A_LOOK,
        kind=fate.value,
    )


def _hint(run: CrawlRun, fate: Fate) -> str:
    return _query(run, f"from coverage select url, reason where fate = '{fate}'")


def _look_further(run: CrawlRun, home: str) -> str:
    """Return what to do about a site that names nothing: follow its links, or see what it said."""
    if not run.plan.follow:
        return _crawl(run, home, "--follow", "1")
    return command_line("newsreel", "show", home, "--raw", "--store", str(run.layout.root))


def _crawl(run: CrawlRun, target: str, *options: str) -> str:
    """Return the command that crawls into this store, by the way that this crawl went."""
    plan = run.plan
    way = [word for each in plan.allowed_networks for word in ("--allow-network", str(each))]
    if plan.proxy is not None:
        way += ["--proxy", without_secrets(plan.proxy)]
    return command_line(
        "newsreel", "crawl", target, *options, *way, "--store", str(run.layout.root)
    )


def _home(run: CrawlRun, site: str) -> str:
    """Return the front page of a site that was crawled; its name when it was no target."""
    targets = (target.site for target in run.plan.targets)
    return next((each.home for each in targets if each.name == site), site)


def _query(run: CrawlRun, sql: str) -> str:
    """Return the command that asks this store."""
    return command_line("newsreel", "sql", sql, "--store", str(run.layout.root))
