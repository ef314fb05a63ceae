"""The plan: what the words of a command line mean, and which run goes on with which."""

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest

from archive.errors import ConfigError, UnknownTargetError
from crawler.discover.candidate import AddressKind, Candidate
from crawler.discover.requisites import Requisites
from crawler.plan import Plan, Target, find_target, read_networks
from crawler.site import Site, unknown_site
from crawler.sites import Sites

XENO = Site(
    name="xeno",
    domain="xeno.example",
    home="https://xeno.example/",
    sitemaps=("https://xeno.example/map.xml",),
    feeds=("https://xeno.example/feed",),
)
SITES = Sites((XENO,))
STORY = "https://xeno.example/a-story"
UNKNOWN = "https://www.lantern.example/"


def named(url: str, kind: AddressKind = AddressKind.PAGE) -> Candidate:
    return Candidate(url=url, kind=kind, advertised_in="operator")


# Word: the site, whether it is a whole one, and where the crawl begins.
TARGETS = {
    "name": (
        "xeno",
        XENO,
        True,
        (
            named(XENO.home, AddressKind.FRONT),
            named(XENO.sitemaps[0], AddressKind.SITEMAP),
            named(XENO.feeds[0], AddressKind.FEED),
        ),
    ),
    "address_of_a_site_with_a_file": (
        "HTTPS://Xeno.example",
        XENO,
        True,
        (named(XENO.home, AddressKind.FRONT),),
    ),
    "page_of_a_site_with_a_file": (STORY, XENO, False, (named(STORY),)),
    "page_on_another_host_of_the_site": (
        "https://www.xeno.example/b",
        XENO,
        False,
        (named("https://www.xeno.example/b"),),
    ),
    "address_of_any_site": (
        UNKNOWN,
        unknown_site(UNKNOWN),
        True,
        (named(UNKNOWN, AddressKind.FRONT),),
    ),
    "page_of_any_site": (
        "https://www.lantern.example/a?b=1#c",
        unknown_site(UNKNOWN),
        False,
        (named("https://www.lantern.example/a?b=1"),),
    ),
}


@pytest.mark.parametrize(("word", "site", "is_site", "seeds"), TARGETS.values(), ids=TARGETS.keys())
def test_a_word_means_a_target(
    word: str, site: Site, seeds: tuple[Candidate, ...], *, is_site: bool
) -> None:
    assert find_target(word, SITES) == Target(site=site, seeds=seeds, is_site=is_site)


# Word, and what the sentence has to say.
UNKNOWN_TARGETS = {
    "nearly_a_name": ("xno", "did you mean xeno?"),
    "no_name": ("www.lantern.example", "any address with http:// or https:// in front"),
    "another_scheme": ("ftp://xeno.example/", "it needs http:// or https:// and a host"),
    "no_host": ("https://", "it needs http:// or https:// and a host"),
    "credentials": ("https://me:pass@xeno.example/", "is not an address"),
}


@pytest.mark.parametrize(("word", "sentence"), UNKNOWN_TARGETS.values(), ids=UNKNOWN_TARGETS.keys())
def test_a_word_that_means_nothing_is_refused_with_what_would_do(word: str, sentence: str) -> None:
    with pytest.raises(UnknownTargetError) as refused:
        find_target(word, SITES)

    assert sentence in str(refused.value)
    assert refused.value.exit_code == 2


def plan(*words: str, **limits: Any) -> Plan:
    return Plan(targets=(), words=words, **limits)


ALIKE = {
    "order": (plan("a", "b"), plan("b", "a")),
    "said_twice": (plan("a", "b"), plan("a", "b", "a")),
    "another_pause": (plan("a"), plan("a", delay_s=9.0)),
}
DIFFERENT = {
    "another_target": (plan("a"), plan("b")),
    "one_more_target": (plan("a"), plan("a", "b")),
    "another_depth": (plan("a"), plan("a", follow=1)),
    "another_budget": (plan("a", most_pages=5), plan("a", most_pages=6)),
    "other_requisites": (plan("a"), plan("a", requisites=Requisites.NONE)),
}


@pytest.mark.parametrize(("one", "other"), ALIKE.values(), ids=ALIKE.keys())
def test_a_crawl_with_the_same_reach_goes_on_with_the_run(one: Plan, other: Plan) -> None:
    assert one.key == other.key


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_a_crawl_with_another_reach_is_another_run(one: Plan, other: Plan) -> None:
    assert one.key != other.key


# What the operator says, what the site's file says, and what counts.
WANTED = {
    "nobody": (None, Requisites.NONE, Requisites.NONE),
    "the_file": (None, Requisites.PAGE, Requisites.PAGE),
    "the_operator": (Requisites.IMAGES, Requisites.NONE, Requisites.IMAGES),
    "the_operator_before_the_file": (Requisites.NONE, Requisites.PAGE, Requisites.NONE),
}


@pytest.mark.parametrize(("said", "declared", "counts"), WANTED.values(), ids=WANTED.keys())
def test_what_pages_need_is_for_the_operator_and_then_the_site_to_say(
    said: Requisites | None, declared: Requisites, counts: Requisites
) -> None:
    site = replace(unknown_site("https://x.example/"), requisites=declared)

    assert plan("a", requisites=said).requisites_of(site) is counts


def test_networks_are_read() -> None:
    assert read_networks(["127.0.0.0/8", "::1"]) == (ip_network("127.0.0.0/8"), ip_network("::1"))


@pytest.mark.parametrize("word", ["localhost", "127.0.0.1/8", "300.0.0.0/8", ""])
def test_a_word_that_is_no_network_is_refused(word: str) -> None:
    with pytest.raises(ConfigError, match="--allow-network"):
        read_networks([word])
