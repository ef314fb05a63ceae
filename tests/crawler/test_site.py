"""A site: which addresses are its own, and what a site file may declare."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from archive.errors import ConfigError, UnknownTargetError
from crawler.discover.requisites import Requisites
from crawler.extract.rules import Design, Expect, Rules
from crawler.manners import Manners, read_hours
from crawler.site import Site, site_domain, unknown_site
from crawler.sites import Sites
from crawler.spider import NewsSpider

# Address: what makes it one site with others.
DOMAINS = {
    "host": ("https://x.example/a", "x.example"),
    "subdomain": ("https://news.www.x.example/", "x.example"),
    "port_of_a_registered_domain": ("https://x.example:8443/", "x.example"),
    "suffix_of_two_labels": ("https://www.x.co.uk/", "x.co.uk"),
    "loopback": ("http://127.0.0.1/", "127.0.0.1"),
    "loopback_with_a_port": ("http://127.0.0.1:8099/", "127.0.0.1:8099"),
    "single_label": ("http://localhost:8099/", "localhost:8099"),
    "ipv6": ("http://[::1]/", "[::1]"),
    "ipv6_with_a_port": ("http://[::1]:8099/", "[::1]:8099"),
}


@pytest.mark.parametrize(("url", "domain"), DOMAINS.values(), ids=DOMAINS.keys())
def test_site_domain(url: str, domain: str) -> None:
    assert site_domain(url) == domain


def test_two_servers_on_loopback_are_two_sites() -> None:
    one, other = unknown_site("http://127.0.0.1:8001/a"), unknown_site("http://127.0.0.1:8002/a")

    assert one.name != other.name
    assert one.holds("http://127.0.0.1:8001/b")
    assert not one.holds("http://127.0.0.1:8002/a")


def test_an_unknown_site_is_named_after_its_domain_and_begins_at_its_front_page() -> None:
    site = unknown_site("https://www.x.example/2026/a-story?b=1")

    assert (site.name, site.domain) == ("x-example", "x.example")
    assert site.home == "https://www.x.example/"
    assert site.design_at(datetime(2026, 5, 18, tzinfo=UTC)) is None


def test_the_design_is_that_of_the_day_of_the_capture() -> None:
    old = Design(name="old", valid_until=date(2025, 12, 31))
    new = Design(name="new", valid_from=date(2026, 1, 1))
    site = Site(name="x", domain="x.example", home="https://x.example/", designs=(old, new))

    assert site.design_at(datetime(2025, 12, 31, 23, 59, tzinfo=UTC)) == old
    assert site.design_at(datetime(2026, 1, 1, tzinfo=UTC)) == new


class Lantern(NewsSpider):
    """A site file with everything in it."""

    name = "lantern"
    home = "https://www.Lantern.example"
    sitemaps = ("https://www.lantern.example/map.xml",)
    feeds = ("https://www.lantern.example/feed",)
    article_url = r"https://www\.lantern\.example/\d+/.+"
    rules = Rules(body="div.story")
    expect = Expect(optional={"dek": 0.5})
    requisites = "images"
    hours = "22:00-06:00 Europe/Berlin"
    requests_a_day = 500
    cookies = True


def test_a_site_file_becomes_a_site() -> None:
    site = Lantern.site()

    assert (site.name, site.domain) == ("lantern", "lantern.example")
    assert site.home == "https://www.lantern.example/"
    assert site.article_url is not None
    assert site.article_url.fullmatch("https://www.lantern.example/2026/a-story")
    assert site.designs == (Design(name="lantern/1", rules=Rules(body="div.story")),)
    assert site.expect == Lantern.expect
    assert site.requisites is Requisites.IMAGES
    assert site.manners == Manners(
        hours=read_hours("22:00-06:00 Europe/Berlin"), requests_a_day=500, has_cookies=True
    )


def test_dated_designs_bear_the_name_of_their_site() -> None:
    designs = (Design(name="2024"), Design(name="2026", valid_from=date(2026, 1, 1)))

    dated: Any = type("Dated", (Lantern,), {"rules": None, "designs": designs})

    assert dated.site().designs == (
        Design(name="lantern/2024"),
        Design(name="lantern/2026", valid_from=date(2026, 1, 1)),
    )


# What a site file changes for the worse, and what the sentence has to say.
MISTAKES = {
    "no_home": ({"home": ""}, "names no home"),
    "home_without_scheme": ({"home": "www.lantern.example"}, "'www.lantern.example' is no address"),
    "feed_without_host": ({"feeds": ("/feed",)}, "'/feed' is no address"),
    "sitemap_of_another_scheme": ({"sitemaps": ("ftp://x.example/m",)}, "is no address"),
    "name_with_a_dot": ({"name": "lantern.example"}, "lower case letters, digits and hyphens"),
    "pattern_that_is_none": ({"article_url": "(["}, "no regular expression"),
    "requisites_of_no_kind": ({"requisites": "films"}, "requisites cannot be 'films'"),
    "hours_without_zone": ({"hours": "22:00-06:00"}, "hours cannot be '22:00-06:00'"),
    "budget_of_nothing": ({"bytes_a_day": 0}, "bytes_a_day cannot be 0"),
    "rules_and_designs": ({"designs": (Design(name="a"),)}, "rules and designs"),
}


@pytest.mark.parametrize(("changes", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_declaration_that_cannot_be_right_is_refused(
    changes: dict[str, object], sentence: str
) -> None:
    wrong: Any = type("Wrong", (Lantern,), changes)

    with pytest.raises(ConfigError) as refused:
        wrong.site()

    assert sentence in str(refused.value)
    assert str(refused.value).startswith("the site file of lantern")


def test_a_spider_without_a_run_says_which_command_opens_one() -> None:
    without_a_run: Any = None

    with pytest.raises(ConfigError, match="newsreel crawl lantern"):
        Lantern.from_crawler(without_a_run)


ONE = Site(name="one", domain="one.example", home="https://one.example/")
TWO = Site(name="two", domain="two.example", home="https://two.example/")


def test_sites_are_found_by_name_and_by_address() -> None:
    sites = Sites((TWO, ONE))

    assert sites.names == ("one", "two")
    assert sites.named("two") is sites.of("two") is sites.holding("https://m.two.example/a") is TWO
    assert (sites.of("three"), sites.holding("https://three.example/")) == (None, None)


def test_a_name_that_nobody_has_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownTargetError, match="did you mean two"):
        Sites((ONE, TWO)).named("tow")


TWINS = {
    "one_name": Site(name="one", domain="three.example", home="https://three.example/"),
    "one_domain": Site(name="three", domain="one.example", home="https://one.example/"),
}


@pytest.mark.parametrize("twin", TWINS.values(), ids=TWINS.keys())
def test_two_files_for_one_site_are_refused(twin: Site) -> None:
    with pytest.raises(ConfigError, match="two site files are about one site"):
        Sites((ONE, twin))
