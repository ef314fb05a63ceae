"""Addresses: one form for what is one page, and no form for what must not be asked for."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from archive.address import (
    LONGEST,
    crawl_address,
    host_of,
    identity_of,
    is_home_page,
    is_same_site,
    origin_of,
    registrable_domain,
)

SAME_PAGE = {
    "scheme_and_host_in_lower_case": ("HTTPS://News.Example/A", "https://news.example/A"),
    "default_port_dropped": ("https://x.example:443/a", "https://x.example/a"),
    "default_port_of_http": ("http://x.example:80/a", "http://x.example/a"),
    "other_port_kept": ("http://x.example:8080/a", "http://x.example:8080/a"),
    "port_of_the_other_scheme_kept": ("http://x.example:443/a", "http://x.example:443/a"),
    "empty_port": ("http://x.example:/a", "http://x.example/a"),
    "empty_path": ("https://x.example", "https://x.example/"),
    "empty_path_with_query": ("https://x.example?p=1", "https://x.example/?p=1"),
    "fragment_dropped": ("https://x.example/a#part", "https://x.example/a"),
    "script_fragment_dropped": ("https://x.example/#!/a", "https://x.example/"),
    "dot_segments": ("https://x.example/a/./b/../c", "https://x.example/a/c"),
    "single_dot_segment": ("https://x.example/a/./c", "https://x.example/a/c"),
    "dots_above_the_root": ("https://x.example/../../a", "https://x.example/a"),
    "dots_at_the_end": ("https://x.example/a/b/..", "https://x.example/a/"),
    "escaped_dots": ("https://x.example/a/%2e%2E/b", "https://x.example/b"),
    "dots_in_names_stay": ("https://x.example/a.b/c..d", "https://x.example/a.b/c..d"),
    "hidden_names_stay": ("https://x.example/.well-known/a", "https://x.example/.well-known/a"),
    "empty_segments_stay": ("https://x.example//a//b", "https://x.example//a//b"),
    "unreserved_escapes_decoded": ("https://x.example/%7Eme/%61", "https://x.example/~me/a"),
    "escapes_in_upper_case": ("https://x.example/%c3%bc%2f", "https://x.example/%C3%BC%2F"),
    "letters_escaped_as_utf8": ("https://x.example/ü?q=ü", "https://x.example/%C3%BC?q=%C3%BC"),
    "blank_escaped": ("https://x.example/a b", "https://x.example/a%20b"),
    "lone_percent_escaped": ("https://x.example/100%", "https://x.example/100%25"),
    "backslash_escaped": ("https://x.example/a\\b", "https://x.example/a%5Cb"),
    "brackets_escaped": ("https://x.example/a?b[]=|'", "https://x.example/a?b%5B%5D=%7C%27"),
    "international_host": ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    "wide_digits_and_stops": ("http://１２７。0。0。1/", "http://127.0.0.1/"),
    "root_dot_of_the_host": ("https://x.example./a", "https://x.example/a"),
    "underscore_in_the_host": ("https://a_b.x.example/", "https://a_b.x.example/"),
    "ipv6_shortened": ("http://[0:0::1]:8/", "http://[::1]:8/"),
    "white_space_around": (" \n https://x.example/a\t", "https://x.example/a"),
    "empty_query_dropped": ("https://x.example/a?", "https://x.example/a"),
    "order_of_parameters_kept": ("https://x.example/a?b=2&a=1", "https://x.example/a?b=2&a=1"),
    "repeated_and_empty_parameters_kept": (
        "https://x.example/a?b&b=&&c",
        "https://x.example/a?b&b=&&c",
    ),
}


@pytest.mark.parametrize(("url", "expected"), SAME_PAGE.values(), ids=SAME_PAGE.keys())
def test_crawl_address_evens_out_what_no_server_tells_apart(url: str, expected: str) -> None:
    assert crawl_address(url) == expected


TRACKED = {
    "utm": ("?utm_source=mail&utm_campaign=x", ""),
    "clicks": ("?fbclid=1&gclid=2&msclkid=3", ""),
    "newsletters": ("?mc_cid=1&mc_eid=2&_hsenc=3&mkt_tok=4", ""),
    "between_others": ("?id=7&utm_medium=x&page=2", "?id=7&page=2"),
    "upper_case": ("?UTM_Source=x", ""),
    "escaped_name": ("?utm%5Fsource=x", ""),
    "only_the_name_counts": ("?ref=utm_source", "?ref=utm_source"),
    "names_that_only_begin_alike": ("?gclids=1&utm=2", "?gclids=1&utm=2"),
}


@pytest.mark.parametrize(("query", "kept"), TRACKED.values(), ids=TRACKED.keys())
def test_identity_forgets_what_follows_readers(query: str, kept: str) -> None:
    address = crawl_address(f"https://x.example/a{query}")

    assert address is not None
    assert identity_of(address) == f"https://x.example/a{kept}"


def test_crawl_address_asks_as_advertised() -> None:
    url = "https://x.example/a?utm_source=mail"  # there are servers that answer to nothing else

    assert crawl_address(url) == url


RELATIVE = {
    "sibling": ("other", "https://x.example/a/other"),
    "parent": ("../other", "https://x.example/other"),
    "root": ("/other?a=1", "https://x.example/other?a=1"),
    "host": ("//y.example/b", "https://y.example/b"),
    "query": ("?page=2", "https://x.example/a/b?page=2"),
    "itself": ("#top", "https://x.example/a/b"),
    "absolute": ("http://y.example", "http://y.example/"),
}


@pytest.mark.parametrize(("url", "expected"), RELATIVE.values(), ids=RELATIVE.keys())
def test_crawl_address_resolves_against_its_base(url: str, expected: str) -> None:
    assert crawl_address(url, "https://x.example/a/b") == expected


NOT_TO_BE_ASKED_FOR = {
    "relative_without_base": "/a",
    "no_scheme": "x.example/a",
    "mail": "mailto:desk@x.example",
    "script": "javascript:void(0)",
    "inline": "data:text/html,hello",
    "file": "file:///etc/passwd",
    "ftp": "ftp://x.example/a",
    "user": "https://user@x.example/a",
    "user_and_password": "https://user:word@x.example/a",
    "empty_user": "https://@x.example/a",
    "backslash_before_the_host": "https://x.example\\@y.example/",
    "no_host": "https:///a",
    "one_slash": "https:/x.example/a",
    "empty_label": "https://x..example/",
    "leading_dot": "https://.x.example/",
    "two_dots_at_the_end": "https://x.example../",
    "endless_label": f"https://{'a' * 64}.example/",
    "endless_host": f"https://{'a.' * 130}example/",
    "escaped_host": "https://%78.example/",
    "blank_in_the_host": "https://x .example/",
    "brackets_left_open": "https://[::1/",
    "brackets_around_a_name": "https://[x.example]/",
    "zone_of_an_interface": "https://[fe80::1%25eth0]/",
    "port_that_is_none": "https://x.example:port/",
    "port_zero": "https://x.example:0/",
    "port_too_high": "https://x.example:65536/",
    "control_character": "https://x.example/a\x00b",
    "line_break_within": "https://x.example/a\nHost: y.example",
    "del": "https://x.example/\x7f",
    "half_a_surrogate": "https://x.example/\ud800",
    "empty": "",
}


@pytest.mark.parametrize("url", NOT_TO_BE_ASKED_FOR.values(), ids=NOT_TO_BE_ASKED_FOR.keys())
def test_crawl_address_refuses(url: str) -> None:
    assert crawl_address(url) is None


@pytest.mark.parametrize("letter", ["a", "ü"])
def test_crawl_address_measures_what_would_be_sent(letter: str) -> None:
    start = "https://x.example/"
    sent = 1 if letter == "a" else len("%C3%BC")
    fits = (LONGEST - len(start)) // sent

    assert crawl_address(start + letter * fits) is not None
    assert crawl_address(start + letter * (fits + 1)) is None


addresses = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["http://", "HTTPS://", "//", "", "http:"]),
        st.sampled_from(["x.example", "X.example.", "bücher.example", "[::1]", "127.1", "u@x", ""]),
        st.sampled_from(["", ":80", ":443", ":0", ":x"]),
        st.text(st.sampled_from("/.?#&=%2eE~ü 'a[]|;+\\:@"), max_size=30) | st.text(max_size=20),
    ),
)


@given(url=addresses)
@example(url="http://x.example/%252e%252e/")
@example(url="http://x.example/a/./b")
def test_crawl_address_is_its_own_crawl_address_and_what_scrapy_asks_for(url: str) -> None:
    address = crawl_address(url)

    assert address is None or crawl_address(address) == address
    assert address is None or safe_url_string(address) == address


@given(url=addresses | st.text(max_size=60))
def test_no_address_makes_the_others_fail(url: str) -> None:
    address = crawl_address(url)

    assert isinstance(is_home_page(url), bool)
    assert host_of(url) == host_of(address or url)
    assert origin_of(url) == origin_of(address or url)
    assert is_same_site(url, registrable_domain(address or url))


DOMAINS = {
    "subdomain": ("https://www.news.example.com/a", "example.com"),
    "public_suffix_of_two": ("https://www.example.co.uk/", "example.co.uk"),
    "port_and_case": ("http://WWW.Example.com:8080/", "example.com"),
    "private_suffix_parts_owners": ("https://one.blogspot.com/", "one.blogspot.com"),
    "unknown_top_level_domain": ("https://www.x.example/", "x.example"),
    "public_suffix_itself": ("https://co.uk/", "co.uk"),
    "ipv4": ("http://127.0.0.1:8099/", "127.0.0.1"),
    "ipv4_spelt_short": ("http://127.1/", "127.1"),
    "ipv6": ("http://[::1]:8099/", "::1"),
    "single_label": ("http://localhost:8099/", "localhost"),
    "international": ("https://www.bücher.example/", "xn--bcher-kva.example"),
    "bare_host": ("www.example.com", "example.com"),
    "bare_ipv6": ("::1", "::1"),
    "bare_ipv6_in_brackets": ("[::1]:80", "::1"),
    "bare_host_and_port": ("www.example.com:80", "example.com"),
    "mail": ("mailto:desk@x.example", ""),
    "script": ("javascript:void(0)", ""),
    "nonsense": ("https://[x", ""),
}


@pytest.mark.parametrize(("url", "expected"), DOMAINS.values(), ids=DOMAINS.keys())
def test_registrable_domain(url: str, expected: str) -> None:
    assert registrable_domain(url) == expected


def test_a_site_has_subdomains_and_no_neighbours() -> None:
    assert is_same_site("https://m.x.example/a", "x.example")
    assert not is_same_site("https://otherx.example/a", "x.example")
    assert not is_same_site("https://two.blogspot.com/", "one.blogspot.com")


ORIGINS = {
    "default_port": ("https://x.example:443/a?b", "https://x.example"),
    "other_port": ("http://X.example:8099/a", "http://x.example:8099"),
    "ipv6": ("http://[::1]:80/a", "http://[::1]"),
    "query_at_once": ("http://x.example?a/b", "http://x.example"),
    "none": ("ftp://x.example/", ""),
}


@pytest.mark.parametrize(("url", "expected"), ORIGINS.values(), ids=ORIGINS.keys())
def test_origin_is_what_a_robots_txt_rules(url: str, expected: str) -> None:
    assert origin_of(url) == expected


HOMES = {
    "bare": ("https://x.example", True),
    "slash": ("https://x.example/", True),
    "subdomain": ("https://m.x.example/#top", True),
    "index": ("https://x.example/index.html", True),
    "index_in_capitals": ("https://x.example/Default.aspx", True),
    "section": ("https://x.example/film/", False),
    "index_of_a_section": ("https://x.example/film/index.html", False),
    "query": ("https://x.example/?p=12", False),
    "word": ("https://x.example/indexes", False),
}


@pytest.mark.parametrize(("url", "expected"), HOMES.values(), ids=HOMES.keys())
def test_is_home_page(*, url: str, expected: bool) -> None:
    assert is_home_page(url) is expected
