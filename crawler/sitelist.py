"""The page docs/sites.md: every site that has a file, and how far its rules can be trusted."""

import sys
from collections.abc import Sequence
from typing import Final

from archive.counted import counted
from crawler.registry import known_sites
from crawler.site import Site

_HEAD: Final = """\
# Sites that have a file

Any site can be crawled; these have a file in `crawler/spiders`, which says where to look, how their
pages read and how full their fields must be. *Verified* names the day of the newest real page that
the rules were compared with; *unverified* rules were written from the site's markup as it is known,
and have read no real page yet. Either way each file has a page of invented words that tests it, and
a site that changes its design is named by the first crawl that finds fields emptier than promised.

This page is made from the files by `make sites`.

| site | front page | designs | rules | promised beside headline, text and date |
|---|---|---|---|---|
"""


def page_text(sites: Sequence[Site]) -> str:
    """Return the page: a line a site, in the order given, and the count of each kind."""
    verified = sum(site.checked is not None for site in sites)
    kinds = f"{verified} verified, {len(sites) - verified} unverified"
    count = f"\n{counted(len(sites), 'site')}: {kinds}.\n"
    return _HEAD + "".join(map(_line, sites)) + count


def _line(site: Site) -> str:
    state = f"verified, {site.checked.isoformat()}" if site.checked else "unverified"
    rates = site.expect.optional if site.expect else {}
    promised = ", ".join(f"{field} {rate:.0%}" for field, rate in sorted(rates.items()))
    cells = (f"`{site.name}`", site.home, str(len(site.designs)), state, promised)
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sites = known_sites()
    sys.stdout.write(page_text([sites.named(name) for name in sites.names]))
