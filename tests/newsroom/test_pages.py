"""A page prints its story whole, and around it what a crawler must leave out."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser

import pytest
from typing_extensions import override

from archive.article import Article, PageKind
from crawler.newsroom.edition import first_edition
from crawler.newsroom.listener import Response
from crawler.newsroom.markup import Desk, Neighbour
from crawler.newsroom.pages import write_story
from crawler.newsroom.prose import read_passages
from crawler.newsroom.server import Newsroom
from crawler.newsroom.stories import SITE_NAMES, Figure, read_sites
from crawler.newsroom.themes import read_theme

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
OTHER = Neighbour(url="http://a.example/b/", headline="Another", image="/c.png")
VOID = {"meta", "link", "img", "input", "br"}


class Reader(HTMLParser):
    """Reads a page's visible text, its links and what is in it, and checks that tags pair up."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.inside: list[str] = []
        self.tags: list[str] = []
        self.feed(page)
        self.close()
        assert self.inside == []

    @property
    def text(self) -> str:
        """The visible words, white space collapsed."""
        return " ".join("".join(self.words).split())

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [v for k, v in attrs if k in ("href", "src", "data-src", "poster") and v]
        if tag not in VOID:
            self.inside.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag
        self.words.append("" if tag in ("a", "em", "span", "strong") else " ")

    @override
    def handle_data(self, data: str) -> None:
        if not {"script", "style", "title"} & set(self.inside):
            self.words.append(data)


def each_story(newsroom: Newsroom) -> list[tuple[str, Article]]:
    urls = [u for name in SITE_NAMES for u in newsroom.stories(name, by_name=True)]
    return [(url, newsroom.expected(url)) for url in urls]


Ask = Callable[..., Response]


def test_every_word_of_a_story_stands_in_its_page_in_order(newsroom: Newsroom, ask: Ask) -> None:
    for url, article in each_story(newsroom):
        text = Reader(ask(url).body.decode()).text
        place = 0
        for block in article.blocks:
            for paragraph in block.text.split("\n\n"):
                place = text.find(paragraph, place)
                assert place >= 0, (url, paragraph)


def test_a_page_prints_what_stands_around_the_body(newsroom: Newsroom, ask: Ask) -> None:
    for url, article in each_story(newsroom):
        text = Reader(ask(url).body.decode()).text
        printed = [
            *(article.headline, article.kicker, article.dek, *article.key_points),
            *(author.name for author in article.authors),
            *(author.bio for author in article.authors),
            *(image.caption_raw for image in article.images),
            *article.disclaimers,
        ]

        assert [words for words in printed if words and words not in text] == [], url


def test_the_headline_is_the_first_h1(newsroom: Newsroom, ask: Ask) -> None:
    for url, article in each_story(newsroom):
        page = ask(url).body.decode()

        assert re.findall(r"<h1[^>]*>([^<]*)</h1>", page) == [escape(article.headline)]


@pytest.mark.parametrize("site", SITE_NAMES)
def test_furniture_stands_on_the_pages(newsroom: Newsroom, ask: Ask, site: str) -> None:
    pages = [ask(url).body.decode() for url in newsroom.stories(site, by_name=True)]
    text = "\n".join(Reader(page).text for page in pages)

    assert [words for words in newsroom.furniture(site) if words not in text] == []


def test_other_headlines_stand_inside_the_body_as_furniture(newsroom: Newsroom, ask: Ask) -> None:
    for site in SITE_NAMES:
        headlines = {newsroom.expected(u).headline for u in newsroom.stories(site, by_name=True)}
        for url in newsroom.stories(site, by_name=True):
            text = Reader(ask(url).body.decode()).text

            assert sum(headline in text for headline in headlines) >= 7, url


def test_json_ld_says_what_the_page_says(newsroom: Newsroom, ask: Ask) -> None:
    for url, article in each_story(newsroom):
        found = re.search(
            r'application/ld\+json">(.*?)</script>', ask(url).body.decode(), re.DOTALL
        )
        assert found
        shaped = json.loads(found[1])
        top = shaped[0] if isinstance(shaped, list) else shaped
        node = top["@graph"][0] if "@graph" in top else top

        assert node["headline"] == article.headline
        assert node["isAccessibleForFree"] is (article.kind is not PageKind.PAYWALL)
        assert article.published_at is not None
        assert article.published_at == type(article.published_at).fromisoformat(
            node["datePublished"]
        )


def test_every_link_of_a_site_leads_somewhere(newsroom: Newsroom, ask: Ask) -> None:
    known = {u for name in SITE_NAMES for u in newsroom.stories(name, by_name=True)}
    for site in read_sites():
        base = f"http://{site.host}"
        seen, todo = set(), [f"{base}/"]
        while todo:
            url = todo.pop()
            seen.add(url)
            answer = ask(url)
            assert answer.status == 200, url
            if ("Content-Type", "text/html; charset=utf-8") in answer.headers:
                page = Reader(answer.body.decode())
                links = {base + a if a.startswith("/") else a for a in page.addresses}
                todo += [a for a in links if a.startswith(base) and a not in {*seen, *todo}]

        assert {u for u in known if u.startswith(base)} <= seen
        assert any("/private/" in url for url in seen)
        assert any("?utm_source=" in url for url in seen) is bool(site.tracked)


def test_hostile_words_stay_words() -> None:
    words = "</script><script>alert(1)</script> & \"quoted\" 'single' <b>"
    sheet = read_sites()[0]
    figure = Figure(name="f", credit=words, caption=words, form="pipe", lead=True)
    story = replace(
        sheet.stories[0],
        headline=words,
        dek=words,
        kicker=words,
        key_points=(words,),
        passages=read_passages(f"{words}\n\n## {words}\n\n> {words}\n\n- {words}"),
        figures=(figure,),
        tags=(words,),
    )
    for name in SITE_NAMES:
        plain, hostile = (
            Desk(
                theme=read_theme(name),
                base="http://a.example",
                edition=first_edition(each, NOW),
                paths={},
                neighbours=(OTHER,) * 4,
            )
            for each in (replace(story, headline="plain"), story)
        )

        assert Reader(write_story(hostile, sheet)).tags == Reader(write_story(plain, sheet)).tags
        assert words in Reader(write_story(hostile, sheet)).text
