"""Feeds of every family, whole, damaged and hostile, become candidates and warnings."""

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.candidate import AddressKind, Candidate, Flaw, Reading
from crawler.discover.feed import looks_like_feed, read_feed

BASE = "https://x.example/feed/"
MORNING = datetime(2026, 5, 18, 7, 2, 41, tzinfo=UTC)
EVENING = datetime(2026, 5, 18, 19, 30, tzinfo=UTC)


def rss(items: str, *, head: str = '<?xml version="1.0"?>\n') -> bytes:
    return f'{head}<rss version="2.0"><channel><title>X</title>{items}</channel></rss>'.encode()


def atom(entries: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>X</title>{entries}</feed>'.encode()


def read(body: bytes, content_type: str | None = None) -> Reading:
    return read_feed(body, content_type=content_type, base=BASE)


def urls(reading: Reading) -> list[str]:
    return [candidate.url for candidate in reading.candidates]


STORY = Candidate(
    url="https://x.example/a",
    kind=AddressKind.PAGE,
    advertised_in="feed",
    advertised_at=MORNING,
    title="Vale & Brook return",
)
FAMILIES = {
    "rss_2": rss(
        "<item><title>Vale &amp; Brook return</title><link>https://x.example/a</link>"
        "<pubDate>Mon, 18 May 2026 09:02:41 +0200</pubDate></item>"
    ),
    "rss_0_91": b'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
    b' "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><item>'
    b"<title>Vale &amp; Brook return</title><link>https://x.example/a</link>"
    b"<pubDate>Mon, 18 May 2026 07:02:41 GMT</pubDate></item></channel></rss>",
    "atom": atom(
        "<entry><title>Vale &amp; Brook return</title><link href='/a'/>"
        "<published>2026-05-18T09:02:41+02:00</published></entry>"
    ),
    "json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [
                {
                    "id": "1",
                    "url": "https://x.example/a#top",
                    "title": " Vale &amp; Brook\nreturn ",
                    "date_published": "2026-05-18T07:02:41Z",
                }
            ],
        }
    ).encode(),
}


@pytest.mark.parametrize("body", FAMILIES.values(), ids=FAMILIES.keys())
def test_an_entry_of_every_family_is_a_candidate(body: bytes) -> None:
    assert read(body) == Reading(candidates=(STORY,))


def test_rdf_dates_its_items_by_dublin_core() -> None:
    body = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        b' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        b'<item rdf:about="https://x.example/a"><title>T</title><link>https://x.example/a</link>'
        b"<dc:date>2026-05-18T09:02:41+02:00</dc:date></item></rdf:RDF>"
    )

    (story,) = read(body).candidates

    assert (story.url, story.advertised_at) == ("https://x.example/a", MORNING)


def test_an_edited_entry_is_dated_by_its_publication() -> None:
    body = atom(
        "<entry><title>T</title><link href='/a'/><published>2026-05-18T07:02:41Z</published>"
        "<updated>2026-05-18T19:30:00Z</updated></entry>"
    )

    (story,) = read(body).candidates

    assert (story.advertised_at, story.lastmod) == (MORNING, EVENING)


ADDRESSES = {
    "relative_link": ("<link>../a</link>", "https://x.example/a"),
    "permalink_without_link": ("<guid>https://x.example/a</guid>", "https://x.example/a"),
    "guid_that_is_none": ('<guid isPermaLink="false">https://x.example/b</guid>', None),
    "link_before_guid": (
        "<guid>https://x.example/?p=1</guid><link>https://x.example/a</link>",
        "https://x.example/a",
    ),
    "page_behind_a_counter": (
        (
            "<link>https://count.example/1</link>"
            "<f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>/a</f:origLink>"
        ),
        "https://x.example/a",
    ),
    "tracked_link": (
        "<link>https://x.example/a?utm_source=rss</link>",
        "https://x.example/a?utm_source=rss",
    ),
    "cdata": (
        "<link><![CDATA[https://x.example/a?b=1&c=2]]></link>",
        "https://x.example/a?b=1&c=2",
    ),
    "bare_ampersand": ("<link>https://x.example/a?b=1&c=2</link>", "https://x.example/a?b=1&c=2"),
    "script": ("<link>javascript:alert(1)</link>", None),
    "empty": ("<link/>", None),
}


@pytest.mark.parametrize(("item", "expected"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_the_address_of_an_item(item: str, expected: str | None) -> None:
    reading = read(rss(f"<item><title>T</title>{item}</item>"))

    assert urls(reading) == ([expected] if expected else [])
    assert (Flaw.BAD_ADDRESS in reading.warnings) == (expected is None)


def test_atom_leads_to_the_page_and_not_to_the_entry() -> None:
    body = atom(
        "<entry><link rel='self' href='/entries/1'/><link rel='replies' href='/a/comments'/>"
        "<link rel='enclosure' href='/a.mp3'/><link rel='alternate' href='/a'/></entry>"
    )

    assert urls(read(body)) == ["https://x.example/a"]


TITLES = {
    "markup": ("Vale in &lt;em&gt;Brook&lt;/em&gt;", "Vale in Brook"),
    "escaped_twice": ("Vale &amp;amp; Brook", "Vale & Brook"),
    "white_space": ("\n Vale\t&amp;  Brook ", "Vale & Brook"),
    "less_than": ("3 &lt; 4", "3 < 4"),
    "control_characters": ("Vale&#8203; Brook", "Vale Brook"),
    "empty": (" ", None),
}


@pytest.mark.parametrize(("written", "title"), TITLES.values(), ids=TITLES.keys())
def test_a_title_is_what_a_reader_sees(written: str, title: str | None) -> None:
    (story,) = read(rss(f"<item><title>{written}</title><link>/a</link></item>")).candidates

    assert story.title == title


def test_an_address_named_twice_is_one_candidate() -> None:
    body = rss("<item><title>T</title><link>/a</link></item><item><link>/a#comments</link></item>")

    assert [(c.url, c.title) for c in read(body).candidates] == [("https://x.example/a", "T")]


JSON_FLAWS = {
    "no_items": ('{"version": "https://jsonfeed.org/version/1"}', Flaw.MALFORMED),
    "items_that_are_none": ('{"items": {"url": "/a"}}', Flaw.MALFORMED),
    "item_that_is_none": ('{"items": ["/a", null]}', None),
    "address_that_is_none": ('{"items": [{"url": 7}]}', Flaw.BAD_ADDRESS),
    "title_and_dates_that_are_none": (
        '{"items": [{"url": "/a", "title": 7, "date_published": 8, "date_modified": []}]}',
        None,
    ),
    "identifier_in_the_place_of_the_address": ('{"items": [{"id": "/a"}]}', None),
    "half": ('{"items": [{"url": "/a"}', Flaw.MALFORMED),
    "nested": ('{"items": ' + "[" * 100_000, Flaw.MALFORMED),
}


@pytest.mark.parametrize(("text", "flaw"), JSON_FLAWS.values(), ids=JSON_FLAWS.keys())
def test_json_that_is_no_good_feed(text: str, flaw: Flaw | None) -> None:
    reading = read(text.encode())

    assert reading.warnings == ((flaw,) if flaw else ())
    assert set(urls(reading)) <= {"https://x.example/a"}


KINDS = {
    "rss": (b"<rss version='2.0'/>", None, True),
    "rss_as_html": (b"<?xml version='1.0'?><!-- x --><rss/>", "text/html", True),
    "atom": (b"\xef\xbb\xbf<feed xmlns='http://www.w3.org/2005/Atom'/>", None, True),
    "atom_with_prefix": (b"<a:feed xmlns:a='http://www.w3.org/2005/Atom'/>", None, True),
    "rdf": (b"<rdf:RDF/>", None, True),
    "utf16": ("<rss/>".encode("utf-16"), None, True),
    "with_document_type": (b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", None, True),
    "json_feed": (FAMILIES["json"], "application/json", True),
    "json_feed_by_type": (b'{"items": []}', "application/feed+json; charset=utf-8", True),
    "json": (b'{"items": []}', "application/json", False),
    "sitemap": (b"<urlset/>", "application/rss+xml", False),
    "page": (b"<!doctype html><html><rss/>", "application/rss+xml", False),
    "words": (b"rss", "application/rss+xml", False),
    "nothing": (b"", "application/atom+xml", False),
}


@pytest.mark.parametrize(("body", "kind", "is_feed"), KINDS.values(), ids=KINDS.keys())
def test_a_feed_is_known_by_its_root(*, body: bytes, kind: str | None, is_feed: bool) -> None:
    assert looks_like_feed(body, kind) is is_feed


LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
HOSTILE_TYPES = {
    "billion_laughs": f'<!DOCTYPE rss [<!ENTITY a0 "ha">{LAUGHS}]>',
    "external_entity": '<!DOCTYPE rss [<!ENTITY a9 SYSTEM "file:///etc/hostname">]>',
    "quadratic": f'<!DOCTYPE rss [<!ENTITY a9 "{"A" * 100_000}">]>',
    "external_type": '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/evil.dtd">',
    "declarations_in_the_one_known_type": '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD'
    ' RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd" [<!ENTITY a9 "x">]>',
}


REFERRING = {
    "rss": "<rss><channel><item><title>&a9;</title><link>/a</link></item></channel></rss>",
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>&a9;</title></entry></feed>",
}


@pytest.mark.parametrize("doctype", HOSTILE_TYPES.values(), ids=HOSTILE_TYPES.keys())
@pytest.mark.parametrize("feed", REFERRING.values(), ids=REFERRING.keys())
def test_a_document_type_is_refused_unread(doctype: str, feed: str) -> None:
    assert read((doctype + feed).encode()) == Reading(warnings=(Flaw.DOCTYPE,))


NO_FEED = {
    "page": (b"<!doctype html><html><body>Not found</body></html>", Flaw.HTML),
    "words": (b"Not found", Flaw.MALFORMED),
    "nothing": (b"", Flaw.MALFORMED),
    "other_xml": (b"<urlset></urlset>", Flaw.MALFORMED),
}


@pytest.mark.parametrize(("body", "flaw"), NO_FEED.values(), ids=NO_FEED.keys())
def test_what_is_no_feed_says_so(body: bytes, flaw: Flaw) -> None:
    assert read(body) == Reading(warnings=(flaw,))


def test_a_sitemap_that_breaks_off_is_no_feed_either() -> None:
    cut = b"<urlset><url><loc>http://x.example/"

    assert read(cut) == Reading(warnings=(Flaw.MALFORMED, Flaw.TRUNCATED))


def test_a_feed_without_entries_is_no_mistake() -> None:
    assert read(rss("")) == Reading()


def test_the_type_names_the_encoding_when_nothing_else_does() -> None:
    body = rss("<item><title>caf\u00e9</title><link>/a</link></item>", head="").decode()

    (story,) = read(body.encode("latin-1"), "application/rss+xml; charset=iso-8859-1").candidates

    assert story.title == "café"


PAGES = ["https://x.example/one", "https://x.example/two", "https://x.example/three"]
ITEMS = "".join(f"<item><title>T</title><link>{page}</link></item>" for page in PAGES)


@pytest.mark.parametrize(
    ("whole", "end_of_entry"),
    [
        (rss(ITEMS), b"</item>"),
        (
            atom("".join(f'<entry><link href="{page}"/></entry>' for page in PAGES)),
            b"</entry>",
        ),
    ],
    ids=["rss", "atom"],
)
def test_cut_at_any_byte_a_feed_gives_whole_addresses(whole: bytes, end_of_entry: bytes) -> None:
    for end in range(len(whole)):
        reading = read(whole[:end])

        assert urls(reading) == PAGES[: whole[:end].count(end_of_entry)]
        assert reading.warnings, end


def test_more_markup_than_a_feed_is_worth_is_left_unread() -> None:
    item = "<item><title>T</title><link>/{}</link></item>"
    body = rss("".join(item.format(n) for n in range(20_000)))

    reading = read(body)

    assert 1000 < len(reading.candidates) < 20_000
    assert urls(reading)[:2] == ["https://x.example/0", "https://x.example/1"]
    assert reading.warnings == (Flaw.TOO_LARGE,)


def test_content_in_cdata_costs_nothing_of_the_budget() -> None:
    words = "<p class='x'>words</p>" * 50_000
    content = f"<description><![CDATA[{words}]]></description>"

    reading = read(rss(f"<item><link>/a</link>{content}</item><item><link>/b</link></item>"))

    assert reading == Reading(
        candidates=tuple(
            Candidate(url=f"https://x.example/{name}", advertised_in="feed") for name in "ab"
        )
    )


HEAVY = {
    "open_tags": b"<rss><channel><item>" + b"<a>" * 200_000,
    "attributes": b"<rss " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b">",
    "declared_prefixes": b"<rss " + b" ".join(b'xmlns:a%d="1"' % n for n in range(50_000)) + b">",
    "angles": b"<rss>" + b"<" * 500_000,
    "open_sections": b"<rss>" + b"<![CDATA[" * 200_000,
    "comments": b"<!--" * 200_000,
}


@pytest.mark.parametrize("body", HEAVY.values(), ids=HEAVY.keys())
def test_no_arrangement_of_markup_takes_long(body: bytes) -> None:
    started = time.process_time()

    reading = read(body)

    assert reading.candidates == ()
    assert time.process_time() - started < 5  # seconds; each takes a fraction of one


@given(
    body=st.binary(max_size=200)
    | st.text(st.sampled_from("<>&;/item lnk!?[]-'\""), max_size=200).map(str.encode)
)
def test_no_bytes_make_it_fail(body: bytes) -> None:
    assert isinstance(read(b"<rss version='2.0'><channel><item><link>" + body), Reading)
    assert isinstance(read(body), Reading)
    assert isinstance(read(b"{" + body), Reading)
