"""What one crawl is asked to do: its targets, as sites and pages, and its limits."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final
from urllib.parse import urlsplit

from archive.address import crawl_address, is_home_page
from archive.errors import ConfigError, UnknownTargetError
from crawler.discover.candidate import AddressKind, Candidate
from crawler.discover.requisites import Requisites
from crawler.fetch.politeness import DEFAULT_DELAY_S
from crawler.site import Site, unknown_site
from crawler.sites import Sites
from crawler.typed import why_no_address, without_secrets

# What goes into a User-Agent's comment (RFC 9110 section 5.6.5): neither brackets nor spaces.
_MAIL: Final = re.compile(r"[!-'*+./0-?A-Z^-~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_SENDABLE: Final = re.compile(r"[!-'*-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing to crawl: a whole site, or one page of it."""

    site: Site
    seeds: tuple[Candidate, ...]
    """Where discovery begins, or the one page."""
    is_site: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A crawl's targets and limits."""

    targets: tuple[Target, ...]
    follow: int = 0
    """How many links deep pages are followed; 0: only what the site advertises."""
    most_pages: int | None = None
    """Pages a site; None: all."""
    delay_s: float = DEFAULT_DELAY_S
    proxy: str | None = None
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    requisites: Requisites | None = None
    """What is fetched with every page; None: what each site's file says."""
    contact: str | None = None
    """Whom a site's owner can write to; None warns on every crawl of a public address."""
    is_due: bool = False
    """Whether only what is due is asked for: what is new, changed by its date, or at its time."""
    words: tuple[str, ...] = field(default=())
    """The targets as the operator gave them."""

    def requisites_of(self, site: Site) -> Requisites:
        """Return what is fetched with a site's pages."""
        return site.requisites if self.requisites is None else self.requisites

    @property
    def key(self) -> str:
        """What an interrupted run is found again by: the same targets and the same reach."""
        targets = sorted(set(self.words))
        key = {"targets": targets, "follow": self.follow, "max_pages": self.most_pages}
        if self.requisites is not None:
            key["requisites"] = self.requisites
        if self.is_due:
            key["due"] = True
        return json.dumps(key, sort_keys=True)


def find_target(word: str, sites: Sites) -> Target:
    """Return what a target means: a site's name, a site's address or a page's address.

    Raises UnknownTargetError, with the nearest names or what is wrong with the address.
    """
    if "://" not in word:
        site = sites.named(word)
        return Target(site=site, seeds=_site_seeds(site), is_site=True)
    url = crawl_address(word)
    if url is None:
        raise UnknownTargetError(
            f"{without_secrets(word)} is not an address that can be crawled: {why_no_address(word)}"
        )
    site = sites.holding(url) or unknown_site(url)
    if is_home_page(url):
        front = Candidate(url=url, kind=AddressKind.FRONT, advertised_in="operator")
        return Target(site=site, seeds=(front,), is_site=True)
    return Target(site=site, seeds=(Candidate(url=url, advertised_in="operator"),), is_site=False)


def watched_sites(targets: Iterable[Target]) -> tuple[Target, ...]:
    """Return the sites among targets, each once: pages are looked at again with their site.

    Raises ConfigError when there is none.
    """
    sites: dict[str, Target] = {}
    for target in targets:
        if target.is_site:
            sites.setdefault(target.site.name, target)
    if not sites:
        raise ConfigError("--due looks after whole sites: give a site's name or its front page")
    return tuple(sites.values())


def read_networks(words: Iterable[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks the operator allows; ConfigError names a word that is none."""
    try:
        return tuple(ip_network(word) for word in words)
    except ValueError as error:
        raise ConfigError(f"--allow-network: {error}; give it as 127.0.0.0/8 or ::1/128") from error


def read_proxy(text: str | None) -> str | None:
    """Return the proxy's address; ConfigError says why it is none, without its password."""
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        is_proxy = parts.scheme == "http" and bool(parts.hostname) and parts.port != 0
    except ValueError:  # of a port that is none, and of brackets
        is_proxy = False
    if not is_proxy:
        raise ConfigError(
            f"--proxy {without_secrets(text)} is no HTTP proxy: it names no host, a port that is "
            "none, or another scheme; give it as http://127.0.0.1:8080"
        )
    if "@" in parts.netloc:
        raise ConfigError(
            f"--proxy {without_secrets(text)} holds a name or a password, and Newsreel does not "
            "log in to a proxy: let one on this machine do that, and name it"
        )
    return text


def read_contact(text: str | None) -> str | None:
    """Return whom a site's owner can write to; ConfigError when nobody could, by that text."""
    if text is None or _MAIL.fullmatch(text) or (crawl_address(text) and _SENDABLE.fullmatch(text)):
        return text
    raise ConfigError(
        f"--contact {text!r} is neither a mail address nor an http(s) address: a site's owner has "
        "to be able to write there, as in --contact you@example.com"
    )


def _site_seeds(site: Site) -> tuple[Candidate, ...]:
    named = ((AddressKind.FRONT, (site.home,)), (AddressKind.SITEMAP, site.sitemaps))
    return tuple(
        Candidate(url=url, kind=kind, advertised_in="operator")
        for kind, urls in (*named, (AddressKind.FEED, site.feeds))
        for url in urls
    )
