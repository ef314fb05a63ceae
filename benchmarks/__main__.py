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
from typing import Final, Protocol

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


def benches(warc: Path | None) -> Mapping[str, Callable[[], Measured]]:
    """Return what is measured, in the order of the page."""
    return {
        "extraction": lambda: bench_extract.measure(pages_of(warc)),
        "capture": bench_capture.measure,
        "job": lambda: bench_job.measure(bench_job.pages_of(warc)),
        "dataset": bench_dataset.measure,
        "reextraction": bench_reextract.measure,
        "frontier": bench_frontier.measure,
        "memory": bench_memory.measure,
    }


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
    parser.add_argument("--only", choices=list(benches(None)), action="append", help="one section")
    parser.add_argument("--warc", type=Path, help="its pages are read and crawled, not our own")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page that is written anew")
    options = parser.parse_args()
    chosen = options.only or list(benches(None))
    machine, began = described(datetime.now(UTC)), time.monotonic()
    print(machine, flush=True)
    found: dict[str, Measured] = {}
    for name, bench in benches(options.warc).items():
        if name in chosen:
            started = time.monotonic()
            found[name] = bench()
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
