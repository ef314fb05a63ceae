"""Sitemaps of every sort, whole, damaged and hostile, become candidates and warnings."""

import gzip
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.candidate import AddressKind, Candidate, Flaw, Reading
from crawler.discover.sitemap import LARGEST_BYTES, read_sitemap

BASE = "https://x.example/sitemap.xml"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
    ' xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
MORNING = datetime(2026, 5, 18, 7, 2, 41, tzinfo=UTC)


def urlset(entries: str, *, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> bytes:
    return f"{head}<urlset {NAMESPACES}>{entries}</urlset>".encode()


def read(body: bytes) -> Reading:
    return read_sitemap(body, base=BASE)


def urls(reading: Reading) -> list[str]:
    return [candidate.url for candidate in reading.candidates]


def test_a_news_sitemap_dates_and_names_its_pages() -> None:
    body = urlset(
        "<url><loc>https://x.example/a</loc><lastmod>2026-05-19</lastmod><news:news>"
        "<news:publication><news:name>X</news:name><news:language>en</news:language>"
        "</news:publication><news:publication_date>2026-05-18T09:02:41+02:00"
        "</news:publication_date><news:title>Vale &amp;  Brook\n return</news:title>"
        "</news:news></url>"
    )

    assert read(body) == Reading(
        candidates=(
            Candidate(
                url="https://x.example/a",
                kind=AddressKind.PAGE,
                advertised_in="sitemap",
                advertised_at=MORNING,
                title="Vale & Brook return",
                lastmod=datetime(2026, 5, 19, tzinfo=UTC),
            ),
        )
    )


def test_a_plain_sitemap_says_when_a_page_changed_and_not_when_it_appeared() -> None:
    (page,) = read(
        urlset("<url><loc>/a</loc><lastmod>2026-05-18T07:02:41Z</lastmod></url>")
    ).candidates

    assert (page.url, page.lastmod) == ("https://x.example/a", MORNING)
    assert page.advertised_at is None
    assert page.title is None


def test_an_index_leads_to_sitemaps() -> None:
    body = (
        f"<sitemapindex {NAMESPACES}><sitemap><loc>https://x.example/news.xml</loc>"
        "<lastmod>2026-05-18T07:02:41Z</lastmod></sitemap><sitemap><loc>b.xml</loc></sitemap>"
        "</sitemapindex>"
    ).encode()

    kinds = [(c.url, c.kind, c.lastmod) for c in read(body).candidates]

    assert kinds == [
        ("https://x.example/news.xml", AddressKind.SITEMAP, MORNING),
        ("https://x.example/b.xml", AddressKind.SITEMAP, None),
    ]


def test_pictures_films_and_translations_of_a_page_are_not_pages() -> None:
    body = urlset(
        "<url><image:image><image:loc>https://x.example/1.jpg</image:loc>"
        "<image:title>Picture</image:title></image:image><video:video>"
        "<video:content_loc>https://x.example/1.mp4</video:content_loc>"
        "<video:title>Film</video:title><video:publication_date>2020-01-01T00:00:00Z"
        '</video:publication_date></video:video><xhtml:link rel="alternate" hreflang="fr"'
        ' href="https://x.example/fr/a"/><loc>https://x.example/a</loc></url>'
    )

    assert read(body) == Reading(
        candidates=(Candidate(url="https://x.example/a", advertised_in="sitemap"),)
    )


def test_a_map_of_pictures_that_declares_no_name_for_them_is_read() -> None:
    body = (
        "<urlset><url><loc>https://x.example/a</loc><image:image><image:loc>/1.jpg</image:loc>"
        "</image:image></url><url><loc>https://x.example/b</loc><image:image>"
        "<image:loc>/2.jpg</image:loc><image:loc>/3.jpg</image:loc></image:image></url></urlset>"
    )

    found = [each.url for each in read(body.encode()).candidates]

    assert found == ["https://x.example/a", "https://x.example/b"]


ONE = "<url><loc>https://x.example/a?b=1&amp;c=2</loc></url>"
BARE = ONE.replace("&amp;", "&")
# Written as no specification says, and read all the same.
FORMS = {
    "as_specified": urlset(ONE),
    "no_declaration": urlset(ONE, head=""),
    "no_namespace": f"<urlset>{ONE}</urlset>".encode(),
    "wrong_namespace": f'<urlset xmlns="http://other.example/">{ONE}</urlset>'.encode(),
    "prefixed": b'<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url>'
    b"<s:loc>https://x.example/a?b=1&amp;c=2</s:loc></s:url></s:urlset>",
    "byte_order_mark": b"\xef\xbb\xbf" + urlset(ONE),
    "white_space_in_front": b"\n\n  " + urlset(ONE),
    "comment_in_front": urlset(ONE, head="<!-- by a plugin --><?xml-stylesheet href='s.xsl'?>"),
    "utf16": urlset(ONE, head="").decode().encode("utf-16"),
    "utf16_without_mark": urlset(ONE, head="").decode().encode("utf-16-le"),
    "utf16_declared_only": urlset(ONE, head='<?xml version="1.0" encoding="utf-16"?>'),
    "latin1": urlset(ONE, head='<?xml version="1.0" encoding="ISO-8859-1"?>'),
    "bare_ampersand": urlset(BARE),
    "ampersand_in_cdata": urlset("<url><loc><![CDATA[https://x.example/a?b=1&c=2]]></loc></url>"),
    "both_sorts_of_ampersand": urlset(
        BARE + "<url><loc><![CDATA[https://x.example/a?b=1&c=2]]></loc></url>"
    ),
    "white_space_in_loc": urlset("<url><loc>\n  https://x.example/a?b=1&amp;c=2\n</loc></url>"),
    "relative": urlset("<url><loc>/a?b=1&amp;c=2</loc></url>"),
    "gzip": gzip.compress(urlset(ONE)),
    "gzip_of_two_members": gzip.compress(urlset(ONE)[:70]) + gzip.compress(urlset(ONE)[70:]),
    "gzip_with_padding": gzip.compress(urlset(ONE)) + bytes(100),
    "plain_list": b"https://x.example/a?b=1&c=2\n",
    "plain_list_with_mark_and_windows_lines": b"\xef\xbb\xbf\r\nhttps://x.example/a?b=1&c=2\r\n",
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS.keys())
def test_a_sitemap_is_read_in_every_form(body: bytes) -> None:
    reading = read(body)

    assert set(urls(reading)) == {"https://x.example/a?b=1&c=2"}
    assert reading.warnings == ()


def test_prefixes_that_were_never_declared_are_understood() -> None:
    body = (
        b"<urlset><url><loc>https://x.example/a</loc><news:news><news:title>T</news:title>"
        b"</news:news></url></urlset>"
    )

    assert read(body).candidates == (
        Candidate(url="https://x.example/a", advertised_in="sitemap", title="T"),
    )


RSS = b"<rss version='2.0'><channel><item><link>https://x.example/a</link></item></channel></rss>"
ATOM = (
    b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='https://x.example/a'/></entry>"
    b"</feed>"
)


@pytest.mark.parametrize("body", [RSS, ATOM, gzip.compress(RSS)], ids=["rss", "atom", "rss_gzip"])
def test_a_feed_in_the_place_of_a_sitemap_is_read_as_a_feed(body: bytes) -> None:
    assert read(body).candidates == (Candidate(url="https://x.example/a", advertised_in="feed"),)


LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
HOSTILE_TYPES = {
    "billion_laughs": f'<!DOCTYPE r [<!ENTITY a0 "ha">{LAUGHS}]>',
    "external_entity": '<!DOCTYPE r [<!ENTITY a9 SYSTEM "file:///etc/hostname">]>',
    "quadratic": f'<!DOCTYPE r [<!ENTITY a9 "{"A" * 100_000}">]>',
    "external_type": '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/evil.dtd">',
    "behind_a_comment": '<!-- x --><!DOCTYPE r [<!ENTITY a9 "x">]>',
}


@pytest.mark.parametrize("doctype", HOSTILE_TYPES.values(), ids=HOSTILE_TYPES.keys())
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_document_type_is_refused_unread(doctype: str, encoding: str) -> None:
    body = f"{doctype}<urlset><url><loc>https://x.example/&a9;</loc></url></urlset>"

    reading = read(body.encode(encoding))

    assert reading == Reading(warnings=(Flaw.DOCTYPE,))


def test_utf7_hides_no_document_type() -> None:
    hidden = "+ADwAIQ-DOCTYPE r +AFsAPAAh-ENTITY a +ACI-x+ACIAPgBdAD4APA-urlset/+AD4-"

    reading = read(f'<?xml version="1.0" encoding="UTF-7"?>{hidden}'.encode())

    assert reading.candidates == ()
    assert reading.warnings


NO_SITEMAP = {
    "page": (b"<!doctype html><html><body>Not found</body></html>", Flaw.HTML),
    "page_without_type": (b"\n<html lang=en><body>x", Flaw.HTML),
    "words": (b"Not found", Flaw.MALFORMED),
    "nothing": (b"", Flaw.MALFORMED),
    "json": (b'{"error": 404}', Flaw.MALFORMED),
    "bytes": (bytes(range(256)), Flaw.MALFORMED),
    "angle": (b"<", Flaw.MALFORMED),
    "root_alone": (b"<urlset>", Flaw.TRUNCATED),
}


@pytest.mark.parametrize(("body", "flaw"), NO_SITEMAP.values(), ids=NO_SITEMAP.keys())
def test_what_is_no_sitemap_says_so(body: bytes, flaw: Flaw) -> None:
    reading = read(body)

    assert reading.candidates == ()
    assert flaw in reading.warnings


def test_an_empty_sitemap_is_no_mistake() -> None:
    assert read(urlset("")) == Reading()
    assert read(b"<urlset/>") == Reading()


def test_addresses_that_cannot_be_asked_for_are_left_out_with_one_warning() -> None:
    body = urlset(
        "<url><loc>javascript:alert(1)</loc></url><url><loc>https://x.example/a</loc></url>"
        "<url><loc/></url><url><lastmod>2026-05-18</lastmod></url>"
        "<url><loc>https://me:word@x.example/</loc></url>"
    )

    reading = read(body)

    assert urls(reading) == ["https://x.example/a"]
    assert reading.warnings == (Flaw.BAD_ADDRESS,)


def test_the_limit_is_kept_and_told() -> None:
    body = urlset("".join(f"<url><loc>/{n}</loc></url>" for n in range(4)))

    few = read_sitemap(body, base=BASE, limit=3)
    all_of_them = read_sitemap(body, base=BASE, limit=4)

    assert urls(few) == [f"https://x.example/{n}" for n in range(3)]
    assert few.warnings == (Flaw.TOO_MANY,)
    assert (len(all_of_them.candidates), all_of_them.warnings) == (4, ())


PAGES = ["https://x.example/one", "https://x.example/two", "https://x.example/three"]
WHOLE = urlset("".join(f"<url><loc>{page}</loc></url>" for page in PAGES))


def test_cut_at_any_byte_a_sitemap_gives_whole_addresses_and_says_so() -> None:
    for end in range(len(WHOLE)):
        reading = read(WHOLE[:end])

        found = urls(reading)
        assert found == PAGES[: len(found)]
        assert reading.warnings, end
        assert len(found) == WHOLE[:end].count(b"</url>")


def test_cut_at_any_byte_a_packed_sitemap_gives_whole_addresses_and_says_so() -> None:
    packed = gzip.compress(WHOLE, mtime=0)

    for end in range(len(packed)):
        reading = read(packed[:end])

        assert urls(reading) == PAGES[: len(reading.candidates)]
        assert reading.warnings, end
    assert urls(read(packed)) == PAGES


def test_damage_in_the_middle_costs_one_entry() -> None:
    body = urlset(
        "<url><loc>/one</loc></url><url><loc>/tw<o</loc></url><url><loc>/three</loc></url>"
    )

    reading = read(body)

    assert {"https://x.example/one", "https://x.example/three"} <= set(urls(reading))
    assert Flaw.MALFORMED in reading.warnings


def test_a_bomb_is_unpacked_to_its_limit_only() -> None:
    bomb = gzip.compress(WHOLE[: -len(b"</urlset>")] + b" " * (LARGEST_BYTES + 1), 1)

    reading = read(bomb)

    assert urls(reading) == PAGES
    assert Flaw.TOO_LARGE in reading.warnings


HEAVY = {
    "open_tags": b"<urlset>" + b"<a>" * 200_000,
    "comments": b"<!--" * 200_000,
    "instructions": b"<?a?>" * 200_000,
    "angles": b"<" * 500_000,
    "cdata": b"<urlset><url><loc>&" + b"<![CDATA[" * 100_000,
    "ampersands": b"<urlset><url><loc>" + b"&" * 500_000,
    "closing_tags": b"<urlset>" + b"</url>" * 100_000,
}


@pytest.mark.parametrize("body", HEAVY.values(), ids=HEAVY.keys())
def test_no_arrangement_of_markup_takes_long(body: bytes) -> None:
    started = time.process_time()

    reading = read(body)

    assert reading.candidates == ()
    assert time.process_time() - started < 5  # seconds; each takes a fraction of one


@given(
    body=st.binary(max_size=200)
    | st.text(st.sampled_from("<>&;/url loc!?[]-"), max_size=200).map(str.encode)
)
def test_no_bytes_make_it_fail(body: bytes) -> None:
    assert isinstance(read(b"<urlset><url><loc>" + body), Reading)
    assert isinstance(read(body), Reading)
