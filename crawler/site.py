"""A site as the crawl sees it: where to look, what an article's address is, how its pages read."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from archive.address import registrable_domain
from archive.layout import slug
from crawler.discover.requisites import Requisites
from crawler.extract.rules import Design, Expect, design_for
from crawler.manners import Manners


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site; a site without a file has everything empty but its name and home."""

    name: str
    """Its name in the store's folders: lower case letters, digits and hyphens."""
    domain: str
    """Registrable domain, or host and port where there is none; nothing else is fetched for it."""
    home: str
    """The front page."""
    sitemaps: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    article_url: re.Pattern[str] | None = None
    """What an article's address looks like; None: the shape of the address decides."""
    designs: tuple[Design, ...] = ()
    expect: Expect | None = None
    checked: date | None = None
    """The day of the newest real page that the designs were compared with; None: with none."""
    needs_javascript: bool = False
    """Whether its articles are put in by scripts: pages are read as a browser shows them."""
    requisites: Requisites = Requisites.NONE
    """What is fetched of that which its pages need to be seen, unless the operator says."""

    manners: Manners = field(default_factory=Manners)
    """When, how much and with what it is crawled, by the operator's word."""

    def design_at(self, moment: datetime) -> Design | None:
        """Return the page design in force at the time of a capture; None without a site file."""
        return design_for(self.designs, moment)

    def holds(self, url: str) -> bool:
        """Whether an address belongs to this site."""
        return site_domain(url) == self.domain


def site_domain(url: str) -> str:
    """Return what makes addresses one site: the registrable domain.

    Hosts that have none (an IP address, a single label) are told apart by port as well: two servers
    on loopback are two sites.

    >>> site_domain("https://www.x.example/a"), site_domain("http://127.0.0.1:8099/")
    ('x.example', '127.0.0.1:8099')
    """
    domain = registrable_domain(url)
    port = urlsplit(url).port
    host = f"[{domain}]" if ":" in domain else domain
    has_no_suffix = "." not in domain or domain.replace(".", "").isdigit()
    return f"{host}:{port}" if has_no_suffix and port else host


def unknown_site(url: str) -> Site:
    """Return a site that has no file: everything about it is found out."""
    parts = urlsplit(url)
    domain = site_domain(url)
    return Site(name=slug(domain), domain=domain, home=f"{parts.scheme}://{parts.netloc}/")
