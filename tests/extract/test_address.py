"""Which address a page may claim for itself."""

import pytest
from lxml import html

from crawler.extract.address import canonical_url, registrable_domain
from crawler.extract.claims import claims_of

URL = "https://www.courier.example/2031/bridge?x=1"
CLAIMS = {
    "own": ("https://courier.example/2031/bridge", "https://courier.example/2031/bridge"),
    "relative": ("/2031/bridge", "https://www.courier.example/2031/bridge"),
    "other_host_of_the_site": ("https://amp.courier.example/b", "https://amp.courier.example/b"),
    "another_site": ("https://elsewhere.example/b", None),
    "home_page": ("https://www.courier.example/", None),
    "script": ("javascript:void(0)", None),
    "broken": ("http://[", None),
    "empty": (" ", None),
}
DOMAINS = {
    "subdomain": ("https://a.b.courier.co.uk/x", "courier.co.uk"),
    "bare_host": ("http://localhost:8000/", "localhost"),
    "ip": ("http://127.0.0.1/", "127.0.0.1"),
    "none": ("not an address", None),
    "broken": ("http://[", None),
}


@pytest.mark.parametrize(("href", "address"), CLAIMS.values(), ids=CLAIMS)
def test_canonical_address_is_believed_only_where_it_can_be_true(
    href: str, address: str | None
) -> None:
    root = html.document_fromstring(f'<head><link rel="canonical" href="{href}"></head><body/>')

    assert canonical_url(root, claims_of(root, URL), URL) == address


def test_home_page_may_claim_itself() -> None:
    home = "https://courier.example/"
    root = html.document_fromstring(f'<head><link rel="canonical" href="{home}"></head><body/>')

    assert canonical_url(root, claims_of(root, home), home) == home


@pytest.mark.parametrize(("url", "domain"), DOMAINS.values(), ids=DOMAINS)
def test_registrable_domain(url: str, domain: str | None) -> None:
    assert registrable_domain(url) == domain
