"""Sitemaps and feeds that attack whoever parses them: each payload in each of three formats."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.e2e.wire_cases import HTML, OK, sized

_LAUGHS: Final = '<!ENTITY a0 "lol">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
)
# What each payload declares, and the entity that goes off where an address stands.
_PAYLOADS: Final = {
    "external_entity": (
        "an entity that is a file of the machine",
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        "&x;",
    ),
    "billion_laughs": ("entities of entities, 3 GB in all", f"<!DOCTYPE r [{_LAUGHS}]>", "&a9;"),
    "quadratic_blowup": (
        "one long entity, named five thousand times",
        f'<!DOCTYPE r [<!ENTITY a "{"A" * 100_000}">]>',
        "&a;" * 5000,
    ),
    "external_dtd": (
        "a document type to be loaded from elsewhere",
        '<!DOCTYPE r SYSTEM "/never/evil.dtd">',
        "1",
    ),
}
_FORMATS: Final = {
    "sitemap": (
        '<?xml version="1.0"?>{declared}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<url><loc>/never/{entity}.html</loc></url></urlset>"
    ),
    "rss": (
        '<?xml version="1.0"?>{declared}<rss version="2.0"><channel><title>t</title><item>'
        "<title>{entity}</title><link>/never/{entity}.html</link></item></channel></rss>"
    ),
    "atom": (
        '<?xml version="1.0"?>{declared}<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>'
        "<entry><title>{entity}</title><link href='/never/{entity}.html'/></entry></feed>"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A sitemap or feed that must not be parsed; what names it is read as ever."""

    sends: str
    path: str
    body: bytes


ROWS: Final[Mapping[str, Listing]] = {
    f"{name}_in_{form}": Listing(
        sends=f"{sends}, in {form}",
        path=f"/{name}.{form}.xml",
        body=template.format(declared=declared, entity=entity).encode(),
    )
    for form, template in _FORMATS.items()
    for name, (sends, declared, entity) in _PAYLOADS.items()
}


def pages() -> dict[str, bytes]:
    """Return a site that names them all: robots.txt the sitemaps, the front page the feeds."""
    sitemaps = [f"Sitemap: {row.path}\n" for row in ROWS.values() if ".sitemap." in row.path]
    feeds = [
        f"<link rel='alternate' type='application/{form}+xml' href='{row.path}'>"
        for form in ("rss", "atom")
        for row in ROWS.values()
        if f".{form}." in row.path
    ]
    front = f"<html><head>{''.join(feeds)}</head><body><p>Nothing else</p></body></html>"
    plain, xml = b"Content-Type: text/plain\r\n", b"Content-Type: application/xml\r\n"
    return {
        "/robots.txt": OK + plain + sized("".join(sitemaps).encode()),
        "/": OK + HTML + sized(front.encode()),
        **{row.path: OK + xml + sized(row.body) for row in ROWS.values()},
    }
