"""What a page must yield, spelt out by hand for one story of each site."""

from datetime import UTC, datetime

import pytest

from archive.article import Article, Attribution, Author, BlockKind, Image, PageKind, Quote
from crawler.newsroom.server import Newsroom


def find(newsroom: Newsroom, site: str, slug: str) -> Article:
    url = next(u for u in newsroom.stories(site, by_name=True) if slug in u)
    return newsroom.expected(url)


def test_a_wordpress_story_yields_its_parts(newsroom: Newsroom) -> None:
    article = find(newsroom, "lampwick", "nine-empty-chairs")
    uploads = "http://lampwick.example/wp-content/uploads/2026/11"

    assert article.headline.startswith("“Nobody Breathed for Four Minutes”: Why")
    assert (
        article.key_points[2] == "Odalys Brack did not see the finished scene until the premiere."
    )
    assert article.images[:2] == (
        Image(
            url=f"{uploads}/lindqvar-portrait.png",
            role="lead",
            alt="rafe lindqvar, nine empty chairs",
            credit="Halyard Films",
            caption_raw="Credits: Halyard Films",
            width=1000,
            height=563,
        ),
        Image(
            url=f"{uploads}/nine-chairs-table.png",
            role="inline",
            alt="Odalys Brack in Nine Empty Chairs | Halyard Films",
            caption="Odalys Brack in Nine Empty Chairs",
            credit="Halyard Films",
            caption_raw="Odalys Brack in Nine Empty Chairs | Halyard Films",
            width=1000,
            height=563,
        ),
    )
    assert article.images[2].section == "Odalys Brack Has Not Watched It Since"
    assert [quote.speaker for quote in article.quotes] == ["Lindqvar"]
    assert article.quotes[0].source == "Hourglass Radio"
    assert article.quotes[0].text.count("\n\n") == 1
    assert article.attributions == (
        Attribution(name="Marquee Weekly", url="https://marqueeweekly.example/crake-cutting-room/"),
    )
    assert [link.internal for link in article.links] == [False, True]
    assert article.authors[0].articles_published == 1204


def test_a_trade_story_yields_its_parts(newsroom: Newsroom) -> None:
    article = find(newsroom, "proscenium", "candlewire-greenlights")

    assert article.kicker == "Exclusive"
    assert article.dek == "Eight episodes, one train and a cast that will be paid by the glance"
    assert [image.credit for image in article.images] == ["Tomas Arkwell/Candlewire", "Candlewire"]
    assert article.images[0].caption_raw == "Photo by Tomas Arkwell/Candlewire"
    assert article.blocks[4].kind is BlockKind.PULL_QUOTE
    assert article.quotes == ()
    assert article.authors[0].bio is None


def test_a_magazine_story_yields_its_parts(newsroom: Newsroom) -> None:
    article = find(newsroom, "hearthside", "rafe-lindqvar-mother")

    assert article.disclaimers == (
        "This story contains details of the ending of Nine Empty Chairs.",
    )
    assert article.disclaimers[0] not in article.text
    assert article.quotes == (
        Quote(
            text="He rang me the next day and asked if I was upset. "
            "I said that I was not upset, I was accurate.",
            speaker="Solveig Lindqvar",
            source="Hourglass Radio",
        ),
    )
    assert article.authors == (
        Author(
            name="Lettice Oakes-Farrow",
            url="http://hearthside.example/author/lettice-oakes-farrow",
            role="Senior Editor, Celebrity",
            bio="Lettice Oakes-Farrow is a senior editor at Hearthside. She has been visiting "
            "famous people in their kitchens since she was asked to fetch a forgotten umbrella "
            "from one.",
        ),
    )


def test_a_spoiler_line_is_both_disclaimer_and_paragraph(newsroom: Newsroom) -> None:
    article = find(newsroom, "lampwick", "second-violin")

    assert article.disclaimers == (article.blocks[0].text,)


def test_entries_of_a_live_blog_are_headings(newsroom: Newsroom) -> None:
    article = find(newsroom, "proscenium", "vessby-festival-live")
    headings = [b for b in article.blocks if b.kind is BlockKind.HEADING]

    assert article.kind is PageKind.LIVE_BLOG
    assert headings[0].text == "The Golden Cleat Goes to ‘Harrow Lamp’"
    assert {heading.level for heading in headings} == {3}


def test_a_paywalled_page_is_no_row(newsroom: Newsroom) -> None:
    article = find(newsroom, "proscenium", "paragon-kite-chief")

    assert article.rights.paywalled
    assert not article.kind.is_article


def test_dates_are_in_utc_and_before_now(newsroom: Newsroom) -> None:
    for site in ("lampwick", "proscenium", "hearthside"):
        for url in newsroom.stories(site, by_name=True):
            published = newsroom.expected(url).published_at

            assert published is not None
            assert published.tzinfo is UTC
            assert datetime(2026, 11, 18, tzinfo=UTC) < published < newsroom.now


def test_an_edit_changes_what_is_expected(newsroom: Newsroom) -> None:
    before = {url: newsroom.expected(url) for url in newsroom.stories("lampwick", by_name=True)}

    edits = {edit.url: edit.change for edit in newsroom.edit(3)}

    for url, was in before.items():
        now = newsroom.expected(url)
        fields = ("headline", "dek", "blocks", "modified_at")
        changed = {name for name in fields if getattr(now, name) != getattr(was, name)}
        wanted = {"headline": "headline", "correction": "blocks", "dek": "dek"}
        assert changed == ({wanted[edits[url]], "modified_at"} if url in edits else set())


NOWHERE = {
    "another_host": "http://elsewhere.example/a/",
    "another_path": "http://lampwick.example/no-such-story/",
    "the_front": "http://lampwick.example/",
}


@pytest.mark.parametrize("url", NOWHERE.values(), ids=NOWHERE.keys())
def test_nothing_is_expected_where_no_story_stands(newsroom: Newsroom, url: str) -> None:
    with pytest.raises(LookupError):
        newsroom.expected(url)
