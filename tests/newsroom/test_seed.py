"""The same seed and time make the same newsroom, byte for byte; another seed makes another."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import PageKind
from crawler.newsroom.briefs import write_brief
from crawler.newsroom.edition import Change, first_edition, next_edit
from crawler.newsroom.listener import Request, Response
from crawler.newsroom.lots import shuffle
from crawler.newsroom.server import Newsroom
from crawler.newsroom.stories import SITE_NAMES, SiteSheet, read_sites

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def everything(newsroom: Newsroom) -> dict[str, Response]:
    """Return every story, list and picture of a newsroom."""
    urls = [u for name in SITE_NAMES for u in newsroom.advertised(name, by_name=True)]
    urls += [
        f"http://{site.host}{path}"
        for site in read_sites()
        for path in ("/", "/feed/", "/sitemap.xml", "/news-sitemap.xml", "/assets/logo.svg")
    ]
    urls.append(newsroom.expected(newsroom.stories("lampwick", by_name=True)[0]).images[0].url)
    zipped = {"accept-encoding": "gzip"}
    return {
        url: newsroom.respond(Request(site="lampwick", method="GET", target=url, headers=zipped))
        for url in urls
    }


def test_one_seed_makes_the_same_bytes() -> None:
    one, other = Newsroom(now=NOW), Newsroom(now=NOW)

    for each in (one, other):
        each.edit(4)
        each.publish(2)

    assert everything(one) == everything(other)


def test_another_seed_makes_another_day() -> None:
    one, other = Newsroom(now=NOW), Newsroom(now=NOW, seed=8)

    assert set(one.stories("lampwick")) == set(other.stories("lampwick"))
    assert one.stories("lampwick") != other.stories("lampwick")
    assert one.edit() != other.edit()


def test_a_time_in_another_zone_is_the_same_time() -> None:
    other = Newsroom(now=datetime.fromisoformat("2026-11-22T19:00:00+01:00"))

    assert everything(Newsroom(now=NOW)) == everything(other)


@given(count=st.integers(0, 30), seed=st.integers())
def test_shuffling_loses_and_adds_nothing(count: int, seed: int) -> None:
    assert sorted(shuffle(range(count), seed, "x")) == list(range(count))


def test_headline_correction_and_dek_take_turns(newsroom: Newsroom) -> None:
    changes = [edit.change for edit in newsroom.edit(3)]

    assert changes == [Change.HEADLINE, Change.CORRECTION, Change.DEK] * 3


def test_early_edits_are_of_different_stories(newsroom: Newsroom) -> None:
    edits = newsroom.edit(6)

    assert len({edit.url for edit in edits}) == 18


def test_editors_never_run_out(newsroom: Newsroom) -> None:
    url = newsroom.stories("hearthside", by_name=True)[0]
    texts = set()
    for _ in range(30):
        newsroom.edit()
        article = newsroom.expected(url)
        texts.add((article.headline, article.dek, article.text))

    assert len(texts) > 2


def test_every_edit_has_a_second_of_its_own(newsroom: Newsroom) -> None:
    edited = {newsroom.expected(edit.url).modified_at for edit in newsroom.edit(3)}

    assert len(edited) == 9
    assert max(filter(None, edited)) <= newsroom.now


def test_a_site_without_articles_has_nothing_to_edit() -> None:
    video = next(s for site in read_sites() for s in site.stories if s.kind is PageKind.VIDEO)

    with pytest.raises(LookupError, match="nothing to edit"):
        next_edit([first_edition(video, NOW)], 0, NOW)


@pytest.mark.parametrize("site", read_sites(), ids=lambda site: site.name)
def test_briefs_are_many_and_distinct(site: SiteSheet) -> None:
    briefs = [write_brief(site, number, 7) for number in range(1, 41)]

    assert len({brief.slug for brief in briefs}) == 40
    assert len({brief.passages for brief in briefs}) == 40
    for brief in briefs:
        words = " ".join(passage.text for passage in brief.passages)
        assert 100 <= len(words.split()) <= 250
        assert "$" not in words + brief.headline


def test_briefs_are_dated_when_they_are_published(newsroom: Newsroom) -> None:
    newsroom.advance(timedelta(days=3))

    url = newsroom.publish()[0]

    published = newsroom.expected(url).published_at
    assert newsroom.stories("lampwick")[0] == url
    assert published is not None
    assert timedelta(0) <= newsroom.now - published < timedelta(seconds=9)
