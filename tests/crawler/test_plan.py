"""The plan: what the words of a command line mean, and which run goes on with which."""

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest

from archive.errors import ConfigError, UnknownTargetError
from crawler.discover.candidate import AddressKind, Candidate
from crawler.discover.requisites import Requisites
from crawler.plan import Plan, Target, find_target, read_contact, read_networks, read_proxy
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
    "no_name": ("www.lantern.example", "docs/sites.md lists the 1 site that"),
    "no_name_but_a_host": ("www.lantern.example", "did you mean https://www.lantern.example/?"),
    "a_host_and_its_port": ("127.0.0.1:18100", "did you mean http://127.0.0.1:18100/?"),
    "a_label_and_its_port": ("localhost:8000/a", "did you mean http://localhost:8000/a?"),
    "a_page_without_a_scheme": ("lantern.example/a-b", "did you mean https://lantern.example/a-b?"),
    "an_ipv6_host_and_its_port": ("[::1]:8000", "did you mean http://[::1]:8000/?"),
    "credentials_of_a_host": ("a.b:secret@lantern.example", "there is no site called"),
    "another_scheme": ("ftp://xeno.example/", "it needs http:// or https:// in front"),
    "no_host": ("https://", "it names no host"),
    "no_host_but_a_port": ("https://:8080/", "it names no host"),
    "credentials": ("https://me:secret@xeno.example/", "Newsreel does not log in"),
    "credentials_of_a_name": ("me:secret@xeno", "there is no site called '***@xeno'"),
    "a_slash_in_a_password": ("https://me:sec/secret@xeno.example/", "its port is no number"),
    "a_word_for_a_port": ("https://xeno.example:http/", "its port is no number"),
    "too_high_a_port": ("https://xeno.example:65536/", "its port is no number"),
    "port_0": ("https://[::1]:0/", "its port is no number"),
    "no_such_host": ("https://x..example/", "no host can have that name"),
    "too_long": ("https://xeno.example/" + "a" * 2083, "more than 2,083 characters"),
    "a_line_end": ("https://xeno.example/a\nb", "a control character"),
}


@pytest.mark.parametrize(("word", "sentence"), UNKNOWN_TARGETS.values(), ids=UNKNOWN_TARGETS.keys())
def test_a_word_that_means_nothing_is_refused_with_what_would_do(word: str, sentence: str) -> None:
    with pytest.raises(UnknownTargetError) as refused:
        find_target(word, SITES)

    assert sentence in str(refused.value)
    assert "secret" not in str(refused.value)
    assert refused.value.exit_code == 2


def test_a_name_like_none_is_not_answered_with_a_list_of_all() -> None:
    with pytest.raises(UnknownTargetError) as refused:
        find_target("qqq", SITES)

    assert "xeno" not in str(refused.value)


CONTACTS = {
    "a_mail_address": ("press.archive+news@library.example", True),
    "a_web_address": ("https://library.example/crawler", True),
    "nothing": ("", False),
    "a_word": ("me", False),
    "a_host": ("library.example", False),
    "a_mail_address_without_a_domain": ("me@library", False),
    "another_scheme": ("ftp://library.example/", False),
    "a_field_of_its_own": ("me@library.example\r\nX-Other: 1", False),
    "the_end_of_the_comment": ("me@library.example) Other/1 (", False),
    "brackets_in_an_address": ("https://library.example/a(b)", False),
}


@pytest.mark.parametrize(("text", "is_one"), CONTACTS.values(), ids=CONTACTS.keys())
def test_a_contact_is_where_a_sites_owner_can_write_to(text: str, *, is_one: bool) -> None:
    if is_one:
        assert read_contact(text) == text
    else:
        with pytest.raises(ConfigError, match="neither a mail address nor"):
            read_contact(text)


PROXIES = [
    "nowhere",
    "https://x.example/",
    "http://",
    "http://me:secret@x.example:port/",
    "http://:1",
]


@pytest.mark.parametrize("text", PROXIES)
def test_what_is_no_proxy_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(ConfigError, match="is no HTTP proxy") as refused:
        read_proxy(text)

    assert "secret" not in str(refused.value)


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
