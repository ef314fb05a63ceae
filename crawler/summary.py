"""How a crawl went: its counts, what needs a look, and the exit code that says so."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from archive.coverage import Fate
from archive.journal.standing import standing
from crawler.run import CrawlRun
from crawler.telling import coverage_sentence

UNEXPECTED: Final = 1
NEEDS_A_LOOK: Final = 3
REFUSED: Final = 4
_WORST_FIRST: Final = (5, UNEXPECTED, REFUSED, NEEDS_A_LOOK, 0)

_FAILED: Final = frozenset({Fate.FAILED, Fate.UNREADABLE})
_WELCOME: Final = frozenset({Fate.ARCHIVED, Fate.UNCHANGED, Fate.NOT_ARTICLE})

_SILENT: Final = (
    "SELECT site, count(*) AS addresses FROM address WHERE run_id = ? AND fate = ? "
    "AND reason = 'robots_unreachable' GROUP BY site ORDER BY site"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a crawl prints when it ends; `runs/<id>/summary.json` holds the same."""

    run_id: str
    store: str
    outcome: str
    """finished, or stopped: then the same command goes on."""
    is_resumed: bool
    requests: int
    new_rows: int
    """Rows this crawl added to `articles`: new articles and new versions."""
    rows: int
    """Rows in `articles` now."""
    fates: Mapping[str, Mapping[str, int]]
    """Site, then fate, then how many of its addresses."""
    sentence: str
    """How much of what the sites advertise is archived."""
    problems: tuple[Problem, ...]
    exit_code: int
    wall_s: float

    def to_json(self) -> str:
        """Return the summary as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def summarise(
    run: CrawlRun, *, outcome: str, rows_before: int, wall_s: float, signum: int
) -> Summary:
    """Return how a run went, once everything of it is committed."""
    fates: dict[str, dict[str, int]] = {}
    for (site, fate), count in sorted(run.reader.addresses.counts(run.id).items()):
        fates.setdefault(site, {})[fate] = count
    problems = tuple(_problems(run, fates))
    if not signum:
        problems = (*_oversights(run), *problems)
    worst = min((0, *(problem.exit_code for problem in problems)), key=_WORST_FIRST.index)
    rows = run.reader.parts.rows_of("articles")
    return Summary(
        run_id=run.id,
        store=str(run.layout.root),
        outcome=outcome,
        is_resumed=run.is_resumed,
        requests=run.reader.captures.count(run.id),
        new_rows=rows - rows_before,
        rows=rows,
        fates=fates,
        sentence=coverage_sentence([site for site in standing(run.reader) if site.site in fates]),
        problems=problems,
        exit_code=128 + signum if signum else worst,
        wall_s=wall_s,
    )


def _problems(run: CrawlRun, fates: Mapping[str, Mapping[str, int]]) -> Iterator[Problem]:
    for site, counts in fates.items():
        yield from _troubles(site, counts)
    yield from _silences(run)
    expectations = {
        target.site.name: target.site.expect
        for target in run.plan.targets
        if target.site.expect is not None
    }
    for broken in run.promises.broken(expectations):
        yield Problem(
            site=broken.site,
            what=f"{broken.field} on {broken.rate:.0%} of {broken.rows} rows, "
            f"promised {broken.promised:.0%}; the pages are archived",
            hint=f"newsreel probe a page of {broken.site}",
            exit_code=NEEDS_A_LOOK,
        )


def _oversights(run: CrawlRun) -> Iterator[Problem]:
    """Yield what a crawl that was not stopped should have read, and did not."""
    for site, count in run.reader.captures.left_unread(run.id).items():
        yield Problem(
            site=site,
            what=f"{count} answers were not read, which Newsreel did not foresee; they are "
            f"archived, the next crawl reads them, and {run.layout.run(run.id)}/crawl.log says why",
            hint="newsreel crawl the same targets again",
            exit_code=UNEXPECTED,
        )


def _silences(run: CrawlRun) -> Iterator[Problem]:
    """Yield the sites that gave no robots.txt: without one nothing else is asked for."""
    for row in run.reader.query(_SILENT, (run.id, Fate.REFUSED)):
        yield Problem(
            site=row["site"],
            what=f"robots.txt could not be had, so {row['addresses']} addresses were not asked "
            "for; the next crawl tries again",
            hint="newsreel sql \"from captures where address_kind = 'robots'\"",
            exit_code=NEEDS_A_LOOK,
        )


def _troubles(site: str, counts: Mapping[str, int]) -> Iterator[Problem]:
    blocked = counts.get(Fate.BLOCKED, 0)
    if blocked and not any(counts.get(fate) for fate in _WELCOME):
        yield Problem(
            site=site,
            what=f"refuses us: {blocked} addresses blocked and none let through; the answers are "
            "kept as evidence",
            hint=_hint(Fate.BLOCKED),
            exit_code=REFUSED,
        )
    elif blocked:
        yield _look(site, Fate.BLOCKED, f"{blocked} addresses blocked")
    failed = sum(counts.get(fate, 0) for fate in _FAILED)
    if failed:
        yield _look(site, Fate.FAILED, f"{failed} addresses failed after every attempt")


def _look(site: str, fate: Fate, what: str) -> Problem:
    return Problem(
        site=site,
        what=f"{what}; what was answered is archived",
        hint=_hint(fate),
        exit_code=NEEDS_A_LOOK,
    )


def _hint(fate: Fate) -> str:
    return f"newsreel sql \"from coverage where fate = '{fate}'\""
