"""What reading a page costs, and what of it is right: Newsreel beside other extractors.

Page by page all contestants read the same bytes, in an order that turns by one each page, so that a
busy machine slows all of them alike; process time counts. Without arguments the pages are the
project's own: the golden pages of tests/sites and the stories of the demo newsroom, which are
smaller than pages of the web. What is right is scored on the golden pages, whatever is read for
speed: no others come with the truth. Run it with `make bench`, or give
.venv/bin/python -m benchmarks.bench_extract WARC
files, or folders of which every `*.html` and `*.html.gz` is read.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.contestants import BASELINE, PEERS, Contestant, contestants
from benchmarks.given_pages import Given, golden_pages, pages_at, pages_of
from benchmarks.scoring import Score, score
from benchmarks.tables import NOT_GIVEN, table
from crawler.extract.kept import warm_up

ROUNDS: Final = 3
_MEASURES: Final = ("headline", "body", "authors", "day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What every contestant took and got right."""

    pages: int
    mean_kib: float
    rounds: int
    cpu_s: Mapping[str, float]
    """Of all pages, the best of the rounds for each."""
    scores: Mapping[str, Score]
    scored_pages: int
    who: Mapping[str, Contestant]
    versions: Mapping[str, str]
    """Of the others; empty where they are not installed."""

    def markdown(self) -> str:
        """Return the table."""
        return (
            f"{self.pages} pages of {self.mean_kib:.0f} KiB on average, each read {self.rounds} "
            f"times by everyone, the best counts; scores of {self.scored_pages} golden pages, from "
            f"0 to 1. {self._others()}\n\n"
            + table(
                ("", "CPU of trafilatura", "ms a page", *_MEASURES, "what it gives"),
                [*map(self._row, self.cpu_s), *map(_missing, PEERS.keys() - self.cpu_s.keys())],
            )
        )

    def _others(self) -> str:
        return ", ".join(f"{name} {version}" for name, version in self.versions.items()) or (
            "Where others are not installed, `make build/peers/ready` does so."
        )

    def _row(self, name: str) -> tuple[str, ...]:
        took, contestant = self.cpu_s[name], self.who[name]
        marks = (
            f"{getattr(self.scores[name], measure):.3f}"
            if measure in contestant.scored
            else NOT_GIVEN
            for measure in _MEASURES
        )
        ratio, ms = took / self.cpu_s[BASELINE], 1000 * took / self.pages
        return (name, f"{ratio:.3f}", f"{ms:.1f}", *marks, contestant.gives)


def _missing(name: str) -> tuple[str, ...]:
    return (name, "not installed", NOT_GIVEN, *[NOT_GIVEN] * len(_MEASURES), PEERS[name][0])


def spent(who: Mapping[str, Contestant], pages: Sequence[Given], rounds: int) -> dict[str, float]:
    """Return the CPU seconds that each took for all pages, of each page the best of its rounds."""
    names = list(who)
    best = {name: [float("inf")] * len(pages) for name in names}
    for turn in range(rounds):
        for index, page in enumerate(pages):
            for place in range(len(names)):
                name = names[(turn + index + place) % len(names)]
                took, _ = who[name].read(page)
                best[name][index] = min(best[name][index], took)
    return {name: sum(each) for name, each in best.items()}


def scored(who: Mapping[str, Contestant], pages: Sequence[Given]) -> dict[str, Score]:
    """Return how well each who gives anything reads pages that come with the truth."""
    truths = [page.truth for page in pages if page.truth]
    return {
        name: score([each.read(page)[1] for page in pages if page.truth], truths)
        for name, each in who.items()
        if each.scored
    }


def measure(
    given: Sequence[Given], *, rounds: int = ROUNDS, first: int | None = None
) -> Extraction:
    """Have all contestants read the pages, and score them on the golden ones.

    `first` takes so many of both alone.
    """
    warm_up()
    pages, truths = given[:first], list(golden_pages())[:first]
    with contestants() as (everyone, versions):
        # Without a site's file the two are the same.
        who = {
            name: each
            for name, each in everyone.items()
            if name != "Newsreel, with site files" or any(page.design for page in pages)
        }
        spent(who, pages[:5], 1)
        return Extraction(
            pages=len(pages),
            mean_kib=sum(len(page.source.body) for page in pages) / len(pages) / 1024,
            rounds=rounds,
            cpu_s=spent(who, pages, rounds),
            scores=scored(who, truths),
            scored_pages=len(truths),
            who=who,
            versions=versions,
        )


def main() -> None:
    """Read the pages and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("places", type=Path, nargs="*", help="WARC files, folders of HTML files")
    parser.add_argument("--every", type=int, default=1, help="read every Nth page alone")
    parser.add_argument("--rounds", type=int, default=1, help="the best of N counts")
    options = parser.parse_args()
    found = [page for place in options.places for page in pages_at(place)] or pages_of(None)
    print(measure(found[:: options.every], rounds=options.rounds).markdown())


if __name__ == "__main__":
    main()
