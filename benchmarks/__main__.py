"""All benches, one after the other, and the page that has their figures, written anew.

`make bench` takes at most fifteen minutes on two cores. `--only NAME` measures one section and
leaves the others as they are; the costs are computed when all that they need was measured.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from benchmarks import (
    bench_capture,
    bench_dataset,
    bench_extract,
    bench_frontier,
    bench_job,
    bench_memory,
    bench_reextract,
)
from benchmarks.costs import Costs
from benchmarks.given_pages import pages_of
from benchmarks.machine import described
from benchmarks.report import rewritten

PAGE: Final = Path(__file__).with_name("README.md")


class Measured(Protocol):
    """What a bench found."""

    def markdown(self) -> str:
        """Return it as it stands on the page."""


BENCHES: Final[Mapping[str, Callable[..., Measured]]] = {
    "extraction": lambda warc=None, **sizes: bench_extract.measure(pages_of(warc), **sizes),
    "capture": bench_capture.measure,
    "job": lambda warc=None, **sizes: bench_job.measure(bench_job.pages_of(warc), **sizes),
    "dataset": bench_dataset.measure,
    "reextraction": bench_reextract.measure,
    "frontier": bench_frontier.measure,
    "memory": bench_memory.measure,
}
"""What is measured, in the order of the page."""
READING_PAGES: Final = ("extraction", "job")
"""Those that may be given the pages of a WARC."""
SMALLEST: Final[Mapping[str, Mapping[str, Any]]] = {
    "extraction": {"rounds": 1, "first": 3},
    "capture": {"pages": 20, "rounds": 1},
    "job": {"rounds": 1},
    "dataset": {"rows": 64, "parts": 16, "rounds": 2},
    "reextraction": {"pages": 32, "rounds": 1},
    "frontier": {"sizes": (1_000, 2_000)},
    "memory": {"pages": 64},
}
"""Sizes that say nothing, and show that a bench still runs."""


def costs(found: Mapping[str, Measured]) -> Costs | None:
    """Return what follows from the figures; None where one that it needs was not measured."""
    crawl, dataset, frontier = map(found.get, ("memory", "dataset", "frontier"))
    if (
        isinstance(crawl, bench_memory.LongCrawl)
        and isinstance(dataset, bench_dataset.Dataset)
        and isinstance(frontier, bench_frontier.Frontier)
    ):
        return Costs(crawl=crawl, dataset=dataset, frontier=frontier)
    return None


def main() -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=list(BENCHES), action="append", help="one section")
    parser.add_argument("--warc", type=Path, help="its pages are read and crawled, not our own")
    parser.add_argument("--smallest", action="store_true", help="see whether it runs; no figures")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page that is written anew")
    options = parser.parse_args()
    if options.smallest and options.page == PAGE:
        parser.error("--smallest finds no figures for the page: name another with --page")
    # What has no place on the page is better known before than after ten minutes.
    rewritten(options.page.read_text("utf-8"), dict.fromkeys(("machine", "costs", *BENCHES), ""))
    machine, began = described(datetime.now(UTC)), time.monotonic()
    print(machine, flush=True)
    found: dict[str, Measured] = {}
    for name in options.only or BENCHES:
        given = {"warc": options.warc} if name in READING_PAGES else {}
        sizes = SMALLEST[name] if options.smallest else {}
        started = time.monotonic()
        found[name] = BENCHES[name](**given, **sizes)
        took = f"{name} took {time.monotonic() - started:.0f} s"
        print(f"\n{found[name].markdown()}\n\n{took}", flush=True)
    if computed := costs(found):
        found["costs"] = computed
        print(f"\n{computed.markdown()}")
    whole = f"{machine} All of it took {(time.monotonic() - began) / 60:.0f} minutes."
    sections = {name: each.markdown() for name, each in found.items()}
    if not options.only:
        sections["machine"] = whole
    # Read only now: whoever edits the page meanwhile loses nothing.
    page = rewritten(options.page.read_text("utf-8"), sections)
    options.page.write_text(page, "utf-8")
    print(f"\n{whole}\n{options.page} is written anew.", file=sys.stderr)


if __name__ == "__main__":
    main()
