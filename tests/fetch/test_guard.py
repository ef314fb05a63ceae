"""The address guard: only public addresses pass, in whatever spelling the others come."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ConfigError, NewsreelError
from crawler.fetch.guard import AddressGuard, AddressRefusedError

GUARD = AddressGuard()
LOOPBACK_ALLOWED = AddressGuard.allowing(["127.0.0.0/8"])

PUBLIC = ("8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::8a")
REFUSED = {
    "loopback": ("127.0.0.1", "127.255.255.254", "::1"),
    "unspecified": ("0.0.0.0", "0.1.2.3", "::"),
    "cloud metadata": (
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
    ),
    "link-local": ("169.254.1.1", "fe80::1", "fe80::1%eth0"),
    "private": ("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fec0::1"),
    "shared by a provider": ("100.64.0.1", "100.127.255.255"),
    "protocol assignment": ("192.0.0.8", "192.0.0.9"),
    "6to4 relay": ("192.88.99.1",),
    "multicast": ("224.0.0.1", "239.255.255.255", "ff02::1"),
    "mapped IPv4": ("::ffff:127.0.0.1", "::ffff:8.8.8.8"),
    "compatible IPv4": ("::127.0.0.1", "::8.8.8.8"),
    "translated IPv4": ("64:ff9b::7f00:1", "64:ff9b:1::a00:1"),
    "Teredo": ("2001:0:4136::1",),
    "6to4": ("2002:7f00:1::", "2002:808:808::1"),
    "documentation": ("3fff::1",),
    "not globally routable": (
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "198.18.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "2001:db8::1",
        "100::1",
        "4000::1",
        "5f00::1",
    ),
    "not an IP address": ("", "x.example", "127.1", "127.0.0.1:80"),
}
REFUSALS = [(ip, reason) for reason, ips in REFUSED.items() for ip in ips]


@pytest.mark.parametrize("ip", PUBLIC)
def test_a_public_address_passes(ip: str) -> None:
    assert GUARD.refuses_ip(ip) is None


@pytest.mark.parametrize(("ip", "reason"), REFUSALS, ids=[ip or "empty" for ip, _ in REFUSALS])
def test_any_other_address_is_refused_with_its_reason(ip: str, reason: str) -> None:
    assert GUARD.refuses_ip(ip) == reason


@given(ip=st.ip_addresses())
def test_nothing_that_python_calls_private_passes(ip: IPv4Address | IPv6Address) -> None:
    assert ip.is_global or GUARD.refuses_ip(ip) is not None


@given(ip=st.ip_addresses(v=4))
def test_no_ipv4_address_hides_in_an_ipv6_one(ip: IPv4Address) -> None:
    bits = int(ip)

    for carrier in ("::ffff:0:0", "::", "64:ff9b::"):
        assert GUARD.refuses_ip(IPv6Address(int(IPv6Address(carrier)) + bits)) is not None
    assert GUARD.refuses_ip(IPv6Address((0x2002 << 112) + (bits << 80))) is not None


LOOPBACK_SPELLINGS = {
    "dotted": "127.0.0.1",
    "short": "127.1",
    "decimal": "2130706433",
    "hexadecimal": "0x7f000001",
    "hexadecimal_by_part": "0x7f.0.0x0.1",
    "octal": "0177.0.0.1",
    "octal_whole": "017700000001",
    "root_dot": "127.0.0.1.",
    "wide_digits": "１２７.０.０.１",
    "wide_stops": "127。0。0。1",
    "circled_digits": "⑫7.0.0.1",
    "ipv6": "[::1]",
    "ipv6_at_length": "[0:0:0:0:0:0:0:1]",
    "name": "localhost",
    "name_in_capitals": "LOCALHOST",
    "name_with_root_dot": "localhost.",
    "name_below": "desk.localhost",
    "name_of_old": "localhost.localdomain",
    "behind_a_user": "x.example@127.0.0.1",
    "with_a_port": "127.0.0.1:8080",
}


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS.values(), ids=LOOPBACK_SPELLINGS.keys())
@pytest.mark.parametrize("scheme", ["http", "HTTPS"])
def test_loopback_is_known_in_every_spelling(host: str, scheme: str) -> None:
    assert GUARD.refuses_url(f"{scheme}://{host}/a?b=1") == "loopback"


URLS = {
    "public_name": ("https://www.example.com/a", None),
    "public_address": ("https://8.8.8.8/", None),
    "name_of_digits_and_letters": ("https://127.example/", None),
    "mapped": ("http://[::ffff:127.0.0.1]/", "mapped IPv4"),
    "metadata_in_decimal": ("http://2852039166/", "cloud metadata"),
    "metadata_by_name": ("http://metadata.google.internal/", "private name"),
    "intranet": ("http://intranet/", "private name"),
    "office": ("http://wiki.corp/", "private name"),
    "router": ("http://router.lan/", "private name"),
    "cluster": ("http://kubernetes.default.svc/", "private name"),
    "multicast_dns": ("http://printer.local/", "private name"),
    "file": ("file:///etc/passwd", "not a web address"),
    "ftp": ("ftp://x.example/", "not a web address"),
    "gopher": ("gopher://x.example/", "not a web address"),
    "inline": ("data:text/html,x", "not a web address"),
    "no_host": ("http:///a", "not a web address"),
    "nonsense": ("http://[::1", "not a web address"),
    "too_high_a_port": ("http://x.example:99999/", "not a web address"),
}


@pytest.mark.parametrize(("url", "reason"), URLS.values(), ids=URLS.keys())
def test_an_address_shows_what_it_can_before_it_is_resolved(url: str, reason: str | None) -> None:
    assert GUARD.refuses_url(url) == reason


@given(url=st.text(max_size=40) | st.text(max_size=40).map("http://{}".format))
def test_no_address_makes_it_fail(url: str) -> None:
    reason = GUARD.refuses_url(url)

    assert reason is None or reason


def test_what_is_allowed_passes_and_nothing_beside_it() -> None:
    passing = ("http://127.0.0.1:8099/", "http://127.1/", "http://localhost/", "http://x.local/")
    refused = ("http://10.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "file:///a")

    assert [LOOPBACK_ALLOWED.refuses_url(url) for url in passing] == [None] * len(passing)
    assert all(LOOPBACK_ALLOWED.refuses_url(url) for url in refused)


def test_allowed_networks_are_read_as_operators_write_them() -> None:
    guard = AddressGuard.allowing(["10.1.2.3/8", "::1", "192.168.0.7"])

    assert guard.allowed == (
        ip_network("10.0.0.0/8"),
        ip_network("::1/128"),
        ip_network("192.168.0.7/32"),
    )


def test_a_network_that_is_none_is_the_operators_mistake() -> None:
    with pytest.raises(ConfigError, match=r"10\.0\.0\.0/8"):
        AddressGuard.allowing(["loopback"])


def test_a_refusal_names_what_and_why_and_what_to_do() -> None:
    error = AddressRefusedError("loopback", "http://localhost/")

    assert isinstance(error, NewsreelError)
    assert error.reason == "loopback"
    assert str(error) == (
        "http://localhost/ is not fetched (loopback): only public addresses are;"
        " --allow-network names others that may be"
    )
