"""What happens in the invented news world while `crawl --due` is called by the clock.

Each story runs in a process of its own, `python -m tests.e2e.stories NAME STORE`, and prints as
JSON what was done to the sites, what the sites saw, and what each call said.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import crawler.settings
from crawler.commands.crawl import plan_crawl
from tests.e2e.virtual import Months, months, play, virtual_crawls
from tests.origin.robots import origins

SILENT: Final = "lampwick"
"""The site whose feed breaks."""
BLOCKING: Final = "proscenium"
"""The site that blocks us."""


@dataclass(slots=True, kw_only=True)
class Diary:
    """What the editors did, each with the second it was done at."""

    months: Months
    edits: list[tuple[float, str]] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    advertised: set[str] = field(default_factory=set)

    def work(self, *, count: int = 1) -> None:
        """Publish and edit on every site."""
        newsroom, now = self.months.newsroom, self.months.time.seconds
        newsroom.publish(count)
        self.edits += [(now, _path(edit.url)) for edit in newsroom.edit(count)]

    def withdraw(self) -> None:
        """Take the oldest story of every site down."""
        for site in self.months.newsroom.sites:
            url = self.months.newsroom.stories(site.name)[-1]
            self.months.newsroom.withdraw(url)
            self.withdrawn.append(_path(url))

    def republish(self) -> None:
        """Put the newest story of every site up under a second address."""
        for site in self.months.newsroom.sites:
            self.months.newsroom.republish(self.months.newsroom.stories(site.name)[0])

    def read_listings(self) -> None:
        """Note what the sites advertise now."""
        for site in self.months.newsroom.sites:
            self.advertised |= set(self.months.newsroom.advertised(site.name, by_name=True))

    def told(self) -> dict[str, Any]:
        """Return it all."""
        return self.months.told() | {
            "edits": self.edits,
            "withdrawn": self.withdrawn,
            "advertised": sorted(self.advertised),
        }


def weeks(store: Path, *, days: float, every_h: float, outage: Any, block: Any) -> dict[str, Any]:
    """Tell of so many days; outage and block say from which day to which."""
    with months(store) as told:
        diary = Diary(months=told)
        newsroom, hours = told.newsroom, 0.0
        states = {"outage": False, "block": False}
        while hours < days * 24:
            told.sleep_until(hours)
            if hours % 12 == 0:
                diary.work()
            if hours % 48 == 36:
                diary.withdraw()
                diary.republish()
            for name, (site, paths, status, span) in {
                "outage": (SILENT, r"^/feed", 500, outage),
                "block": (BLOCKING, r".", 403, block),
            }.items():
                is_on = span[0] <= hours / 24 < span[1]
                if is_on and not states[name]:
                    newsroom.disturb(site, paths, status)
                elif states[name] and not is_on:
                    newsroom.mend(site)
                states[name] = is_on
            diary.read_listings()
            told.call()
            hours += every_h
        told.sleep_until(hours + 25)
        told.call()  # ends the run, so that its ledger is published
        return diary.told() | {"days": days, "outage": outage, "block": block}


def days(store: Path) -> dict[str, Any]:
    """Tell of three days, called every six hours."""
    return weeks(store, days=3, every_h=6, outage=(1, 1.5), block=(2, 2.5))


def month(store: Path) -> dict[str, Any]:
    """Tell of thirty days, called every hour."""
    return weeks(store, days=30, every_h=1, outage=(10, 12), block=(18, 19))


PACED: Final = "hearthside"
"""The site whose robots.txt asks for a pace."""
_PACE: Final = b"User-agent: *\nCrawl-delay: 7\nRequest-rate: 1/5\n\nSitemap: %s/sitemap.xml\n"
RETRY_S: Final = 600


def patience(store: Path) -> dict[str, Any]:
    """Tell of sites that ask for patience: a pace, a time in two forms, a burst without a time."""
    with months(store) as told:
        newsroom, time = told.newsroom, told.time
        base = next(f"http://{site.host}" for site in newsroom.sites if site.name == PACED)
        newsroom.disturb(PACED, r"^/robots\.txt", 200, body=_PACE % base.encode())
        until = format_datetime(time.clock() + timedelta(seconds=RETRY_S), usegmt=True)
        newsroom.disturb(SILENT, r"^/$", 429, headers={"Retry-After": str(RETRY_S)})
        newsroom.disturb(BLOCKING, r"^/$", 503, headers={"Retry-After": until})
        for minutes in range(0, 45, 5):
            if minutes * 60 == RETRY_S:
                newsroom.mend(SILENT)
                newsroom.mend(BLOCKING)
            if minutes == 20:
                newsroom.disturb(BLOCKING, ".", 429)
            if minutes == 35:
                newsroom.mend(BLOCKING)
            told.sleep_until(minutes / 60)
            told.call()
        told.sleep_until(26)
        told.call()  # ends the run, so that its captures are published
        return told.told()


def robots(store: Path) -> dict[str, Any]:
    """Crawl one page beside each way to answer /robots.txt; tell what each server was asked for."""
    vars(crawler.settings)["DOWNLOAD_TIMEOUT"] = 1
    with virtual_crawls(store) as told, origins() as servers:
        urls = {name: f"http://127.0.0.1:{each.port}/page" for name, each in servers.items()}
        plan = plan_crawl(
            tuple(urls.values()), allowed_networks=("127.0.0.0/8",), proxy=None, delay_s=0.0
        )
        told.crawl(plan)
        return {name: each.asked for name, each in servers.items()}


def _path(url: str) -> str:
    return urlsplit(url).path


STORIES: Final[Mapping[str, Callable[[Path], dict[str, Any]]]] = {
    "days": days,
    "month": month,
    "patience": patience,
    "robots": robots,
}

if __name__ == "__main__":
    play(STORIES[sys.argv[1]], Path(sys.argv[2]))
