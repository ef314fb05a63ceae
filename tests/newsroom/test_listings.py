"""Robots.txt, sitemaps, feeds and lists name every story in the forms that crawlers know."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest

from crawler.newsroom.listener import Response
from crawler.newsroom.listings import Channel, Entry, atom, json_feed, news_sitemap, rss
from crawler.newsroom.server import Newsroom
from crawler.newsroom.stories import SITE_NAMES

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"

Ask = Callable[..., Response]


def home(newsroom: Newsroom, site: str) -> str:
    parts = urlsplit(newsroom.stories(site, by_name=True)[0])
    return f"{parts.scheme}://{parts.netloc}"


def places(ask: Ask, url: str) -> list[str]:
    """Return what a sitemap names, unpacked when it is packed."""
    body = ask(url).body
    text = gzip.decompress(body) if url.endswith(".gz") else body
    return [str(loc.text) for loc in ET.fromstring(text).iter(f"{SITEMAP}loc")]


@pytest.mark.parametrize("site", SITE_NAMES)
def test_robots_txt_names_the_sitemap_and_keeps_robots_out_of_private(
    newsroom: Newsroom, ask: Ask, site: str
) -> None:
    base = home(newsroom, site)
    robots = RobotFileParser()

    robots.parse(ask(f"{base}/robots.txt").body.decode().splitlines())

    assert robots.site_maps() == [f"{base}/sitemap.xml"]
    assert not robots.can_fetch("newsreel", f"{base}/private/drafts/")
    assert all(robots.can_fetch("newsreel", u) for u in newsroom.stories(site, by_name=True))


@pytest.mark.parametrize("site", SITE_NAMES)
def test_the_sitemaps_of_the_index_name_everything_advertised(
    newsroom: Newsroom, ask: Ask, site: str
) -> None:
    sitemaps = places(ask, f"{home(newsroom, site)}/sitemap.xml")

    named = {url for sitemap in sitemaps for url in places(ask, sitemap)}

    assert len(sitemaps) == 2
    assert named == set(newsroom.advertised(site, by_name=True))
    assert set(newsroom.stories(site, by_name=True)) < named


@pytest.mark.parametrize("site", SITE_NAMES)
def test_the_news_sitemap_holds_two_days_with_titles_and_dates(
    newsroom: Newsroom, ask: Ask, site: str
) -> None:
    body = ask(f"{home(newsroom, site)}/news-sitemap.xml").body

    rows = list(ET.fromstring(body).iter(f"{SITEMAP}url"))

    assert 0 < len(rows) < len(newsroom.stories(site, by_name=True))
    for row in rows:
        article = newsroom.expected(str(row.findtext(f"{SITEMAP}loc")))
        dated = datetime.fromisoformat(str(next(row.iter(f"{NEWS}publication_date")).text))
        assert next(row.iter(f"{NEWS}title")).text == article.headline
        assert dated == article.published_at
        assert newsroom.now - dated < timedelta(hours=48)


def test_time_takes_stories_out_of_the_news_sitemap(newsroom: Newsroom, ask: Ask) -> None:
    newsroom.advance(timedelta(days=5))

    assert places(ask, f"{home(newsroom, 'lampwick')}/news-sitemap.xml") == []


def test_one_site_has_rss(newsroom: Newsroom, ask: Ask) -> None:
    answer = ask("http://lampwick.example/feed/")
    items = list(ET.fromstring(answer.body).iter("item"))

    assert dict(answer.headers)["Content-Type"].startswith("application/rss+xml")
    assert [item.findtext("link") for item in items] == list(
        newsroom.stories("lampwick", by_name=True)[:10]
    )
    article = newsroom.expected(str(items[0].findtext("link")))
    assert items[0].findtext("title") == article.headline
    assert parsedate_to_datetime(str(items[0].findtext("pubDate"))) == article.published_at


def test_one_site_has_atom(newsroom: Newsroom, ask: Ask) -> None:
    answer = ask("http://theproscenium.example/feed/")
    entries = list(ET.fromstring(answer.body).iter(f"{ATOM}entry"))

    assert dict(answer.headers)["Content-Type"].startswith("application/atom+xml")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == list(
        newsroom.stories("proscenium", by_name=True)[:10]
    )
    article = newsroom.expected(str(entries[0].findtext(f"{ATOM}id")))
    updated = datetime.fromisoformat(str(entries[0].findtext(f"{ATOM}updated")))
    assert updated == article.modified_at


def test_one_site_has_json_feed(newsroom: Newsroom, ask: Ask) -> None:
    answer = ask("http://hearthside.example/feed/")
    feed = json.loads(answer.body)

    assert dict(answer.headers)["Content-Type"] == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["url"] for item in feed["items"]] == list(
        newsroom.stories("hearthside", by_name=True)[:10]
    )


@pytest.mark.parametrize("site", SITE_NAMES)
def test_every_page_names_its_sites_feed(newsroom: Newsroom, ask: Ask, site: str) -> None:
    base = home(newsroom, site)
    feed_type = dict(ask(f"{base}/feed/").headers)["Content-Type"].partition(";")[0]

    for url in (f"{base}/", newsroom.stories(site, by_name=True)[0]):
        page = ask(url).body.decode()
        assert f'<link rel="alternate" type="{feed_type}"' in page
        assert f'href="{base}/feed/"' in page


@pytest.mark.parametrize("site", SITE_NAMES)
def test_the_front_page_links_every_story_and_the_other_sites(
    newsroom: Newsroom, ask: Ask, site: str
) -> None:
    page = ask(f"{home(newsroom, site)}/").body.decode()
    others = [f'href="{home(newsroom, other)}/"' for other in SITE_NAMES if other != site]

    assert [u for u in newsroom.stories(site, by_name=True) if f'href="{u}"' not in page] == []
    assert [link for link in others if link not in page] == []
    assert 'href="/private/' in page


def test_words_that_are_markup_survive_every_list() -> None:
    words = "Tom & <Jerry> \"say\" 'no'"
    at = datetime(2026, 11, 22, tzinfo=UTC)
    entry = Entry(
        url="http://a.example/?a=1&b=2",
        headline=words,
        summary=words,
        authors=(words,),
        published_at=at,
        modified_at=at,
    )
    channel = Channel(title=words, base="http://a.example", entries=(entry,), changed_at=at)

    titles = (
        ET.fromstring(rss(channel)).findtext("channel/item/title"),
        ET.fromstring(atom(channel)).findtext(f"{ATOM}entry/{ATOM}title"),
        next(ET.fromstring(news_sitemap(channel)).iter(f"{NEWS}title")).text,
        json.loads(json_feed(channel))["items"][0]["title"],
    )

    assert titles == (words,) * 4
