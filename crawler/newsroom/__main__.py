"""Run the newsroom by hand: `python -m crawler.newsroom [--port N]`."""

import argparse
import sys
import threading

from archive.counted import counted
from archive.errors import ConfigError
from archive.instant import now_utc
from crawler.newsroom.server import Newsroom


def main() -> None:
    """Open the newsroom, say where it is, and keep it open until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m crawler.newsroom", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help="first of three ports; 0 picks free ones"
    )
    parser.add_argument("--seed", type=int, default=7, help="another seed, another day")
    chosen = parser.parse_args()
    try:
        _stay_open(Newsroom(now=now_utc(), seed=chosen.seed, port=chosen.port))
    except ConfigError as error:
        parser.error(str(error))


def _stay_open(newsroom: Newsroom) -> None:
    with newsroom:
        # Who reads where it is may press Ctrl-C before it is known here that all was written.
        try:
            for site in newsroom.sites:
                stories = counted(len(newsroom.stories(site.name)), "story")
                sys.stdout.write(f"{site.base_url}/  {site.title}, {stories}, as {site.host}\n")
            sys.stdout.flush()
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write("closed\n")


if __name__ == "__main__":
    main()
