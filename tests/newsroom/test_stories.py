"""The written stories are complete, distinct and consistent with each other."""

import re
import tomllib
from dataclasses import fields
from importlib.resources import files
from itertools import combinations

import pytest

from archive.article import Article, BlockKind, PageKind
from crawler.newsroom.prose import PassageKind, find_links
from crawler.newsroom.server import Newsroom
from crawler.newsroom.stories import SITE_NAMES, SiteSheet, Story, read_sites
from crawler.newsroom.themes import read_theme

SHEETS = {sheet.name: sheet for sheet in read_sites()}
STORIES = {
    f"{sheet.name}-{story.slug}": (sheet, story)
    for sheet in SHEETS.values()
    for story in sheet.stories
}
each_story = pytest.mark.parametrize(("sheet", "story"), STORIES.values(), ids=STORIES.keys())


def words(story: Story) -> list[str]:
    texts = (p.text for p in story.passages if p.kind is not PassageKind.FIGURE)
    return " ".join(texts).split()


def test_three_sites_have_a_dozen_stories_each() -> None:
    assert {name: len(sheet.stories) for name, sheet in SHEETS.items()} == dict.fromkeys(
        SITE_NAMES, 12
    )


@each_story
def test_an_article_has_150_to_500_words(sheet: SiteSheet, story: Story) -> None:
    stubs = (PageKind.PAYWALL, PageKind.VIDEO)

    assert story.kind in stubs or 150 <= len(words(story)) <= 500, sheet.name


@each_story
def test_every_figure_stands_in_the_story_once(sheet: SiteSheet, story: Story) -> None:
    placed = [p.lines[0] for p in story.passages if p.kind is PassageKind.FIGURE]
    inline = [figure.name for figure in story.figures if not figure.lead]

    assert sorted(placed) == sorted(inline), sheet.name
    assert sum(figure.lead for figure in story.figures) == 1


@each_story
def test_every_link_leads_to_a_story_or_to_an_invented_host(sheet: SiteSheet, story: Story) -> None:
    addresses = [a for p in story.passages for line in p.lines for _, a in find_links(line)]
    known = {f"story:{other.slug}" for other in sheet.stories if other is not story}

    strange = [a for a in addresses if a not in known and not re.match(r"https://\w+\.example/", a)]

    assert strange == []


@each_story
def test_no_story_holds_words_of_its_sites_furniture(sheet: SiteSheet, story: Story) -> None:
    text = "\n".join((story.headline, story.dek or "", *story.key_points, " ".join(words(story))))

    assert [f for f in read_theme(sheet.name).furniture if f in text] == []


@each_story
def test_no_key_point_is_repeated_in_the_body(sheet: SiteSheet, story: Story) -> None:
    body = " ".join(words(story))

    assert [point for point in story.key_points if point in body] == [], sheet.name


@each_story
def test_later_words_differ_from_the_first(sheet: SiteSheet, story: Story) -> None:
    assert story.later_headline != story.headline, sheet.name
    assert story.later_dek is None or story.later_dek != story.dek


def test_no_two_stories_share_a_sentence() -> None:
    def shingles(story: Story) -> set[tuple[str, ...]]:
        w = words(story)
        return {tuple(w[n : n + 8]) for n in range(len(w) - 7)}

    read = {name: shingles(story) for name, (_, story) in STORIES.items()}

    assert [(a, b) for a, b in combinations(read, 2) if read[a] & read[b]] == []


def test_pictures_have_names_of_their_own() -> None:
    for sheet in SHEETS.values():
        names = [figure.name for story in sheet.stories for figure in story.figures]

        assert len(names) == len(set(names)), sheet.name


def test_every_column_that_a_page_can_fill_is_filled_somewhere(newsroom: Newsroom) -> None:
    articles = [
        newsroom.expected(url)
        for name in SITE_NAMES
        for url in newsroom.stories(name, by_name=True)
    ]
    parts = ("blocks", "quotes", "images", "authors", "attributions", "links")

    empty = {c.name for c in fields(Article) if not any(getattr(a, c.name) for a in articles)}
    hollow = {
        f"{column}.{part.name}"
        for column in parts
        for part in fields(next(getattr(a, column)[0] for a in articles if getattr(a, column)))
        if not any(getattr(item, part.name) for a in articles for item in getattr(a, column))
    }

    found_by_the_crawl = {
        *("article_id", "version", "url_surtkey", "site_domain", "published_raw", "modified_raw"),
        *("published_source", "advertised_at", "first_seen_at", "fetch_time", "fetch_status"),
        *("text_digest", "simhash64", "extraction_warnings", "warc_filename", "run_id"),
        *("warc_record_offset", "warc_record_length", "warc_record_id", "content_digest"),
        *("extractor", "rules_version"),
    }
    assert empty == found_by_the_crawl
    assert hollow == set()


def test_every_kind_of_page_and_block_occurs(newsroom: Newsroom) -> None:
    articles = [
        newsroom.expected(url)
        for name in SITE_NAMES
        for url in newsroom.stories(name, by_name=True)
    ]

    pages = {article.kind for article in articles}
    blocks = {block.kind for article in articles for block in article.blocks}

    assert pages == {
        PageKind.ARTICLE,
        PageKind.GALLERY,
        PageKind.LIVE_BLOG,
        PageKind.VIDEO,
        PageKind.PAYWALL,
    }
    assert blocks == set(BlockKind) - {BlockKind.TABLE, BlockKind.CODE}


def test_every_spelling_of_a_credit_occurs() -> None:
    credited = (figure for _, story in STORIES.values() for figure in story.figures)
    printed = {figure.form: figure.printed for figure in credited}

    assert set(printed) == {
        *("pipe", "photo_by", "image_credit", "credits", "photo", "courtesy", "bare"),
        *("cite", "cite_courtesy", "cite_photo_by"),
    }
    assert printed["pipe"] == "The audience in the park at Orrenburg | Quayside Post"
    assert printed["photo_by"] == "The pot. (Photo by Benedikta Roe)"


@pytest.mark.parametrize("name", SITE_NAMES)
def test_a_site_sheet_says_that_it_is_invented(name: str) -> None:
    path = files("crawler.newsroom") / "stories" / f"{name}.toml"

    assert path.read_text("utf-8").startswith("# Every person, company, work and outlet")


def test_the_briefs_hold_three_sentences_for_every_part() -> None:
    kit = tomllib.loads((files("crawler.newsroom") / "briefs.toml").read_text("utf-8"))

    assert [len(part) for beat in kit["beats"] for part in beat["parts"]] == [3] * 15
