"""What a second process is worth to a re-extraction, and what two Dask workers cost beside it.

Every row of a store is read again, nothing is written, ways turn by turn; what a command takes that
has nothing to read is measured, too, and taken off. Without a store, invented pages are crawled.
"""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bench_capture import ABREAST, packed, serve
from distributed import LocalCluster

_NEWSREEL: Final = Path(sys.executable).with_name("newsreel")
_NOTHING: Final = ("--since", "2999-01-01")


def crawl(store: Path, pages: int, size_bytes: int) -> None:
    """Crawl invented pages of as many sites as are asked abreast into a store."""
    bodies = [packed(number, size_bytes) for number in range(pages)]
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        threading.Thread(target=serve, args=(listener, bodies), daemon=True).start()
        homes = [f"http://s{site}-{pages}.example/" for site in range(ABREAST)]
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        options = ["--proxy", proxy, "--delay", "0", "--store", store]
        subprocess.run([_NEWSREEL, "crawl", *homes, *options], check=True, capture_output=True)


def read_again(store: Path, *options: str) -> tuple[float, int]:
    """Return how many seconds every row of a store takes, and how many there are."""
    began = time.perf_counter()
    command = [_NEWSREEL, "reextract", "--store", store, "--dry-run", "--json", *options]
    told = subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began, json.loads(told.stdout)["rows"]


def compare(store: Path, ways: Mapping[str, Sequence[str]], rounds: int) -> None:
    """Print what each way takes, and how often the first takes it."""
    empty = {way: read_again(store, *options, *_NOTHING)[0] for way, options in ways.items()}
    found = [
        {way: read_again(store, *options) for way, options in ways.items()} for _ in range(rounds)
    ]
    for way in ways:
        whole = statistics.median(each[way][0] for each in found)
        rows = found[0][way][1]
        gains = [each["1 process"][0] / each[way][0] for each in found]
        bare = [
            (each["1 process"][0] - empty["1 process"]) / (each[way][0] - empty[way])
            for each in found
        ]
        print(
            f"{way:16} {whole:6.2f} s for {rows} rows, {empty[way]:.2f} of them start-up; "
            f"{statistics.median(gains):.2f} times as fast as 1 process, "
            f"{statistics.median(bare):.2f} without start-up ({min(bare):.2f} to {max(bare):.2f})"
        )


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", nargs="?", type=Path, help="instead of invented pages")
    parser.add_argument("--pages", type=int, default=960)
    parser.add_argument("--size", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or Path(folder) / "store"
        if options.store is None:
            crawl(store, options.pages, options.size)
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            ways = {
                "1 process": ("--jobs", "1"),
                "2 processes": ("--jobs", "2"),
                "2 Dask workers": ("--scheduler", cluster.scheduler_address),
            }
            compare(store, ways, options.rounds)


if __name__ == "__main__":
    main()
