"""Sort keys: those of cdxj-indexer, for every address that can be crawled."""

import pytest
import surt as reference
from hypothesis import given
from hypothesis import strategies as st

from archive.address import crawl_address
from archive.surt import surt_key

KEYS = {
    "host_turned_round": ("https://news.x.example/a/b?c=1", "example,x,news)/a/b?c=1"),
    "www_forgotten": ("http://www2.x.example/", "example,x)/"),
    "case_forgotten": ("https://x.example/A?B=C", "example,x)/a?b=c"),
    "parameters_sorted": ("https://x.example/a?b=2&a=1&&c", "example,x)/a?&a=1&b=2&c"),
    "port_kept": ("http://x.example:8080/a", "example,x:8080)/a"),
    "default_port_forgotten": ("https://x.example:443/a", "example,x)/a"),
    "ip": ("http://127.0.0.1:8099/q?x=1", "1,0,0,127:8099)/q?x=1"),
    "last_slash_forgotten": ("https://x.example/a/", "example,x)/a"),
    "empty_query_forgotten": ("https://x.example/a?", "example,x)/a"),
    "double_escape": ("https://x.example/%2541", "example,x)/a"),
    "php_session": (f"https://x.example/a?phpsessid={'0f' * 16}&b=1", "example,x)/a?b=1"),
    "aspx_session": (f"https://x.example/(S({'ab' * 12}))/p.aspx", "example,x)/p.aspx"),
    "half_a_surrogate": ("https://X.example/\ud800", "example,x)/%ed%a0%80"),
    "port_that_is_none": ("https://X.example:port/", "https://x.example:port/"),
    "no_address": ("Mailto:A@x.example", "mailto:a@x.example"),
}

hosts = st.sampled_from(["x.example", "www.x.example", "www3.y.co.uk:8080", "1.2.3.4"])
tails = st.text(alphabet="aA1/.%?&=;-_~!()[]+:@,$'\"^|{}<> é#\\", max_size=16)


@pytest.mark.parametrize(("url", "expected"), KEYS.values(), ids=KEYS.keys())
def test_surt_key(url: str, expected: str) -> None:
    assert surt_key(url) == expected


@given(host=hosts, tail=tails)
def test_the_key_is_the_one_that_cdx_tools_make(host: str, tail: str) -> None:
    address = crawl_address(f"http://{host}/{tail}")

    assert address is None or surt_key(address) == reference.surt(address)
