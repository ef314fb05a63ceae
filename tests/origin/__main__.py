"""`python -m tests.origin`: serve the hostile rows by hand; `table` prints the reference's page."""

import sys
from contextlib import ExitStack

from tests.origin import listings
from tests.origin.hostile_site import hostile_site, listing_site, path_of
from tests.origin.table import QUICK, WAITING, page_of_the_table


def serve() -> None:
    """Serve a site a topic, say where each row is, and go on until standard input ends."""
    with ExitStack() as opened:
        for topic, rows in {**QUICK, **WAITING}.items():
            origin = opened.enter_context(hostile_site(rows))
            sys.stdout.write(f"\n{topic}\n")
            for name, row in rows.items():
                sys.stdout.write(f"  {origin.base_url}{path_of(name)}  {row.sends}\n")
        lists = opened.enter_context(listing_site(listings.pages()))
        sys.stdout.write(f"\nSitemaps and feeds\n  {lists.base_url}/\n\nEnter ends it.\n")
        sys.stdout.flush()
        sys.stdin.readline()


if __name__ == "__main__":
    if sys.argv[1:] == ["table"]:
        sys.stdout.write(page_of_the_table())
    else:
        serve()
