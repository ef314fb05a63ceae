"""Traps: which addresses are never asked for, and which only look as if they should not be."""

import re
import time
from pathlib import Path

import pytest

from crawler.discover.traps import (
    DEEPEST,
    LONGEST,
    MOST_VARIANTS,
    form_of_trap,
    is_one_of_many,
    without_session,
)
from crawler.site import Site
from tests.crawler.crawl_samples import HOME, ROBOTS, Reply, candidate, desk_at

BASE = "https://x.example"
MONTHS = re.compile(r".*/calendar/.*")

# An address, and the trap that it is.
TRAPS = {
    "repeated_segment": ("/film/film/film/vale", "trap_repeats"),
    "repeated_pair": ("/a/b/a/b/a/b", "trap_repeats"),
    "repeated_three": ("/news/a/b/c/a/b/c/a/b/c/", "trap_repeats"),
    "repeated_behind_a_section": ("/news/film/more/more/more/page", "trap_repeats"),
    "repeated_letters_of_other_scripts": ("/%D0%B0/%D0%B0/%D0%B0/", "trap_repeats"),
    "repeated_figures_without_end": ("/1/1/1/1/1/1", "trap_repeats"),
    "deep": ("/" + "/".join(map(str, range(DEEPEST + 1))), "trap_deep"),
    "long_path": ("/" + "a-" * (LONGEST // 2), "trap_long"),
    "long_query": ("/a?filter=" + "a+" * (LONGEST // 2), "trap_long"),
    "java_session": ("/a-story;jsessionid=8F31C0AD22?id=7", "trap_session"),
    "php_session": ("/story?id=7&PHPSESSID=ab12", "trap_session"),
    "classic_asp_session": ("/story?ASPSESSIONIDQQBC=KLMNOP", "trap_session"),
    "asp_net_session": ("/(S(lit3py55t21z5v55vlm25s55))/story", "trap_session"),
    "cold_fusion_session": ("/story.cfm?CFID=12&CFTOKEN=99", "trap_session"),
    "session_of_a_short_name": ("/story?sid=9f31c0ad22b94e1f8c7d6a5b4c3d2e1f", "trap_session"),
    "next_month": ("/calendar/2031-02/", "trap_calendar"),
    "next_month_in_segments": ("/events/2031/02", "trap_calendar"),
    "next_week_of_a_plugin": ("/events/week/2031-02-18/", "trap_calendar"),
    "day_of_a_venue": ("/whats-on/vale-hall/2031/2/18/", "trap_calendar"),
    "month_by_query": ("/stage?month=2&year=2031", "trap_calendar"),
    "date_by_query": ("/tv?date=2031-02-18", "trap_calendar"),
    "month_of_a_plugin_by_query": ("/events/?tribe-bar-date=2031-02-01", "trap_calendar"),
    "date_as_others_write_it": ("/tv?day=18-02-2031", "trap_calendar"),
    "tracked_calendar": ("/calendar?month=2031-02&utm_source=mail", "trap_calendar"),
}


@pytest.mark.parametrize(("path", "trap"), TRAPS.values(), ids=TRAPS.keys())
def test_a_trap_shows_by_its_form(path: str, trap: str) -> None:
    assert form_of_trap(f"{BASE}{path}") == trap


# Forms in which articles, and what leads to them, stand on real sites.
NO_TRAPS = {
    "dated": "/2026/05/18/brook-returns/",
    "dated_with_equal_figures": "/2005/05/05/brook-returns/",
    "dated_in_two_figures": "/01/01/01/brook-returns",
    "archive_of_a_month": "/2026/05/",
    "number_twice": "/2026/2026-awards/2026",
    "section_twice": "/film/film/vale-and-brook",
    "words_repeated_in_a_slug": "/film/run-run-run-run-run-vale",
    "section_in_many_places": "/tv/news/tv/tv-shows/vale",
    "a_title_of_one_word_thrice": "/music/bye-bye-bye/bye-bye/bye",
    "deep_and_dated": "/news/local/county/2026/05/18/sports/high-school/story/12345/index.html",
    "long_slug_of_another_script": "/" + "%E0%B8%81" * 120,
    "id": "/story?id=9317242",
    "number_of_a_story_as_sid": "/index.php?sid=1234567",
    "slug_as_sid": "/story?sid=vale-and-brook-return",
    "digest_as_id": "/story?id=9f31c0ad22b94e1f8c7d6a5b4c3d2e1f",
    "digest_as_a_segment": "/story/9f31c0ad22b94e1f8c7d6a5b4c3d2e1f",
    "uuid": "/story/6babfeab-669c-4891-83d1-01d177c10b52",
    "word_session_in_a_slug": "/music/live-session-id-2026",
    "brackets": "/film/alien-(1979)/review",
    "semicolon": "/film/alien;vale/review",
    "article_of_a_calendar": "/calendar/2026/05/18/vale-returns-to-the-stage",
    "article_about_a_calendar": "/events-calendar-2026-05-for-fans",
    "event": "/events/vale-live-2026",
    "events_of_a_year": "/events/2026/",
    "date_beside_an_id": "/story?id=7&date=2026-05-18",
    "date_of_an_article": "/vale-and-brook-return-again?date=2026-05-18",
    "day_of_a_festival": "/festival?day=3",
    "month_of_a_list": "/charts?month=may",
    "year_of_a_list": "/charts?year=2026",
    "page_of_an_article": "/vale-and-brook-by-year?page=3",
    "tracked": "/vale-and-brook?utm_source=mail&utm_campaign=" + "a" * 200,
}


@pytest.mark.parametrize("path", NO_TRAPS.values(), ids=NO_TRAPS.keys())
def test_what_only_looks_like_a_trap_is_none(path: str) -> None:
    assert form_of_trap(f"{BASE}{path}") is None


SESSIONS = {
    "java": ("/a;jsessionid=8F31C0", "/a"),
    "java_before_a_query": ("/a;jsessionid=8F31C0?id=7", "/a?id=7"),
    "php": ("/a?PHPSESSID=ab12", "/a"),
    "php_among_others": ("/a?id=7&PHPSESSID=ab12&page=2", "/a?id=7&page=2"),
    "asp_net": ("/(S(lit3py55t21z5v55vlm25s55))/a/b", "/a/b"),
}


@pytest.mark.parametrize(("path", "bare"), SESSIONS.values(), ids=SESSIONS.keys())
def test_a_session_is_taken_out_of_an_address(path: str, bare: str) -> None:
    assert without_session(f"{BASE}{path}") == f"{BASE}{bare}"
    assert without_session(f"{BASE}{bare}") is None


# Which variants of one path are counted: what names an article is not.
VARIANTS = {
    "filter": ("/films?genre=noir&sort=asc", True),
    "page": ("/films?page=3", True),
    "search": ("/search?q=vale", True),
    "id": ("/story?id=7", False),
    "id_of_the_site": ("/story?lang=en&storyId=7", False),
    "wordpress": ("/?p=123", False),
    "joomla": ("/index.php?option=com_content&view=article&id=12:vale&Itemid=5", False),
    "slug": ("/read?slug=vale-and-brook", False),
    "no_query": ("/films", False),
    "tracker": ("/films?utm_source=mail", False),
}


@pytest.mark.parametrize(("path", "is_counted"), VARIANTS.values(), ids=VARIANTS.keys())
def test_variants_of_a_path_are_counted_unless_an_id_tells_them_apart(
    path: str, *, is_counted: bool
) -> None:
    assert is_one_of_many(f"{BASE}{path}") is is_counted


def test_no_address_takes_long_to_look_at() -> None:
    paths = ("/a" * 1000, "/1" * 1000, "/ab/cd" * 340, "/(S(" * 500, "/events" * 280, ";sid=" * 400)
    began = time.process_time()

    for path in paths:
        form_of_trap(f"{BASE}{path}?{'date=2' * 100}")

    assert time.process_time() - began < 1


def test_a_calendar_is_not_asked_for_its_next_month(tmp_path: Path) -> None:
    month, story = f"{HOME}calendar/2031-02/", f"{HOME}calendar/2026/05/18/vale-returns"
    with desk_at(tmp_path) as desk:
        desk.web[HOME] = Reply(found=tuple(candidate(each) for each in (month, story)))
        desk.crawl(HOME, kind="front")

        asked = desk.run()

        assert asked == [ROBOTS, HOME, story]
        assert desk.fates[month] == ("refused", "trap_calendar")


def test_what_the_operator_names_is_no_trap(tmp_path: Path) -> None:
    month = f"{HOME}calendar/2031-02/"
    with desk_at(tmp_path) as desk:
        desk.crawl(month)

        assert desk.run() == [ROBOTS, month]


def test_what_the_site_file_calls_an_article_is_no_trap(tmp_path: Path) -> None:
    month = f"{HOME}calendar/2031-02/"
    site = Site(name="x-example", domain="x.example", home=HOME, article_url=MONTHS)
    with desk_at(tmp_path) as desk:
        desk.web[HOME] = Reply(found=(candidate(month),))
        desk.take(site, HOME, kind="front")

        assert desk.run() == [ROBOTS, HOME, month]


def test_a_page_behind_a_session_is_asked_for_without_it(tmp_path: Path) -> None:
    links = [f"{HOME}story;jsessionid={number}F31C0" for number in range(3)]
    with desk_at(tmp_path) as desk:
        desk.web[HOME] = Reply(found=tuple(map(candidate, links)))
        desk.crawl(HOME, kind="front")

        asked = desk.run()

        assert asked == [ROBOTS, HOME, f"{HOME}story"]
        assert {desk.fates[link] for link in links} == {("refused", "trap_session")}


def test_variants_of_one_path_have_a_budget_and_stories_have_none(tmp_path: Path) -> None:
    filters = [f"{HOME}films?filter={number}" for number in range(MOST_VARIANTS + 5)]
    stories = [f"{HOME}read?id={number}" for number in range(MOST_VARIANTS + 5)]
    with desk_at(tmp_path) as desk:
        desk.web[HOME] = Reply(found=tuple(map(candidate, [*filters, *stories])))
        desk.crawl(HOME, kind="front")

        asked = desk.run(most_wakes=2000)

        assert len([each for each in asked if "films" in each]) == MOST_VARIANTS
        assert len([each for each in asked if "read" in each]) == len(stories)
        refused = [each for each in filters if desk.fates[each] == ("refused", "trap_variants")]
        assert len(refused) == 5
