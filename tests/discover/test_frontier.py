"""The frontier: whose turn it is, what waits for robots.txt, and when a crawl is over."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from archive.withdrawn import Withdrawal
from crawler.discover.advertising import advertised
from crawler.discover.candidate import Candidate
from crawler.discover.frontier import PATIENCE, REFILL
from crawler.discover.turns import IN_A_ROW
from crawler.fetch.politeness import Refusal
from crawler.site import unknown_site
from tests.crawler.crawl_samples import (
    HOME,
    ROBOTS,
    Desk,
    Reply,
    candidate,
    desk_at,
    story_urls,
)

STORY, OTHER = story_urls(2)
SITEMAP = "https://x.example/sitemap.xml"
CLOSED = Reply(body=b"User-agent: *\nDisallow: /\n")
DOWN = Reply(status=503, put_off_s=10)
ONE_DAY_S = 24 * 3600.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return a frontier that waits for nothing between requests."""
    with desk_at(tmp_path) as desk:
        yield desk


def test_what_advertises_comes_before_pages(desk: Desk) -> None:
    feed = "https://x.example/feed"
    desk.crawl(STORY)
    desk.crawl(SITEMAP, kind="sitemap")
    desk.crawl(feed, kind="feed")
    desk.crawl(HOME, kind="front")

    assert desk.run() == [ROBOTS, HOME, feed, SITEMAP, STORY]


def test_a_page_that_turns_out_to_be_a_feed_in_time_is_read_as_one(desk: Desk) -> None:
    feed = "https://x.example/feed"
    desk.crawl(feed)
    desk.crawl(feed, kind="feed")
    desk.crawl(feed)
    desk.run()

    found = desk.reader.addresses.find(feed)

    assert found is not None
    assert found.kind == "feed"


def test_sites_take_turns(desk: Desk) -> None:
    ours, theirs = story_urls(2 * IN_A_ROW), story_urls(IN_A_ROW, "y.example")
    desk.crawl(*ours, *theirs)

    asked = desk.run()

    hosts = [host for host, _ in groupby(url.split("/")[2] for url in asked)]
    assert hosts == ["x.example", "y.example"] * 2 + ["x.example"]


def test_a_site_is_at_rest_once_nothing_more_of_it_can_come(desk: Desk) -> None:
    desk.crawl(STORY)
    desk.commit()
    told = [desk.frontier.is_at_rest("x-example")]
    while (visit := desk.next_visit()) or desk.frontier.has_work:
        told.append(desk.frontier.is_at_rest("x-example"))
        if visit is not None:
            desk.answer(visit)
        desk.commit()

    assert desk.asked == [ROBOTS, STORY]
    assert not any(told)
    assert desk.frontier.is_at_rest("x-example")


def test_a_site_is_not_at_rest_while_an_article_of_it_may_become_a_row(desk: Desk) -> None:
    desk.crawl(STORY)
    desk.run()
    desk.frontier.submitted("x-example")
    before = desk.frontier.is_at_rest("x-example")
    desk.frontier.decided("x-example")

    assert not before
    assert desk.frontier.is_at_rest("x-example")


def test_a_site_is_not_at_rest_while_its_server_is_busy_with_another(desk: Desk) -> None:
    desk.crawl(STORY)
    desk.step(times=2)  # what asks for robots.txt, and robots.txt
    desk.politeness.begin("x-example")

    assert not desk.frontier.is_at_rest("x-example")


def test_a_site_whose_turn_has_not_come_is_not_at_rest(desk: Desk) -> None:
    assert not desk.frontier.is_at_rest("x-example")


def test_nothing_is_handed_out_twice(desk: Desk) -> None:
    pages = story_urls(3 * REFILL)
    desk.crawl(*pages)

    asked = desk.run()

    assert sorted(asked) == sorted([ROBOTS, *pages])


def test_a_server_that_asks_for_patience_gets_it_before_its_answer_is_read(desk: Desk) -> None:
    desk.crawl(STORY, OTHER)
    for _ in range(2):
        desk.commit()
        visit = desk.next_visit()
    assert visit is not None
    desk.answer(visit)
    visit = desk.next_visit()
    assert visit is not None
    refusal = Refusal(attempts=1, is_throttled=True, retry_after_s=60)

    desk.frontier.answered(visit, desk.recorder.write(lambda _: None), refusal=refusal)

    assert visit.address.url == STORY
    assert desk.next_visit() is None
    assert desk.frontier.ready_in() == 60


def test_an_answer_that_is_not_committed_yet_is_not_asked_for_again(desk: Desk) -> None:
    desk.crawl(STORY)
    for _ in range(2):
        desk.commit()
        visit = desk.next_visit()
    assert visit is not None
    desk.answer(visit)
    visit = desk.next_visit()
    assert visit is not None

    desk.frontier.answered(visit, desk.recorder.write(lambda _: None))

    assert desk.next_visit() is None
    assert desk.frontier.has_work


def test_a_retry_is_waited_for_within_patience(desk: Desk) -> None:
    desk.web[STORY] = Reply(put_off_s=PATIENCE.total_seconds())
    desk.crawl(STORY)

    desk.run()

    assert [at for at, url in desk.log if url == STORY] == [0, 900, 1800]
    assert desk.fates[STORY] == ("read", None)


def test_a_retry_is_not_waited_for_beyond_patience(desk: Desk) -> None:
    desk.web[STORY] = Reply(put_off_s=PATIENCE.total_seconds() + 1)
    desk.crawl(STORY, OTHER)

    asked = desk.run()

    assert asked == [ROBOTS, STORY, OTHER]
    assert desk.fates[STORY] == ("pending", None)


def test_a_retry_is_seen_behind_a_refusal_that_is_not_committed_yet(desk: Desk) -> None:
    forbidden = "https://x.example/no"
    desk.web[ROBOTS] = Reply(body=b"User-agent: *\nDisallow: /no\n")
    desk.web[STORY] = Reply(put_off_s=10, found=(candidate(forbidden),))
    desk.crawl(STORY)

    asked = desk.run()

    assert asked == [ROBOTS, STORY, STORY, STORY]


def test_a_server_that_asks_for_a_day_of_rest_ends_the_run(desk: Desk) -> None:
    desk.web[STORY] = Reply(hold_s=ONE_DAY_S)
    desk.crawl(STORY, OTHER)

    asked = desk.run()

    assert asked == [ROBOTS, STORY]
    assert desk.fates[OTHER] == ("pending", None)


def test_a_pause_of_the_operators_is_waited_for_however_long(tmp_path: Path) -> None:
    with desk_at(tmp_path, delay_s=3600) as desk:
        desk.crawl(STORY)

        desk.run()

    assert [at for at, _ in desk.log] == [0, 3600]


def test_a_crawl_ends_with_its_last_page_and_not_a_pause_later(tmp_path: Path) -> None:
    with desk_at(tmp_path, delay_s=60) as desk:
        desk.crawl(STORY)

        desk.run()

        assert desk.seconds == 60  # between robots.txt and the page


def test_no_more_pages_are_asked_for_than_the_budget(tmp_path: Path) -> None:
    with desk_at(tmp_path, most_pages=2) as desk:
        desk.web[ROBOTS] = Reply(body=f"Sitemap: {SITEMAP}\n".encode())
        desk.crawl(*story_urls(5))

        asked = desk.run()

        assert sorted(asked) == sorted([ROBOTS, SITEMAP, STORY, OTHER])
        assert desk.fates[story_urls(5)[4]] == ("refused", "max_pages")


def test_a_budget_is_not_spent_on_retries_and_redirects(tmp_path: Path) -> None:
    moved = "https://x.example/moved"
    with desk_at(tmp_path, most_pages=2) as desk:
        desk.web[STORY] = Reply(location=moved)
        desk.web[OTHER] = Reply(put_off_s=1)
        desk.crawl(STORY, OTHER)

        asked = desk.run()

    assert asked == [ROBOTS, STORY, OTHER, moved, OTHER, OTHER]


def test_a_thousand_refusals_hold_nobody_up(desk: Desk) -> None:
    desk.web[ROBOTS] = CLOSED
    desk.crawl(*story_urls(1000), "https://y.example/a")
    desk.commit()

    desk.run()

    assert desk.asked == [ROBOTS, "https://y.example/robots.txt", "https://y.example/a"]
    assert {fate for url, fate in desk.fates.items() if "story" in url} == {("refused", "robots")}


def test_refusals_of_one_turn_are_bounded(desk: Desk) -> None:
    desk.web[ROBOTS] = CLOSED
    desk.crawl(*story_urls(10 * REFILL))
    for _ in range(2):
        desk.commit()
        visit = desk.next_visit()
    assert visit is not None
    desk.answer(visit)

    desk.next_visit()
    desk.commit()

    refused = [fate for fate in desk.fates.values() if fate == ("refused", "robots")]
    assert len(refused) == REFILL


def test_a_crawl_wakes_no_more_often_than_it_has_reason_to(desk: Desk) -> None:
    desk.web[ROBOTS] = DOWN
    desk.crawl(*story_urls(REFILL))

    desk.run()

    assert desk.wakes < 20


def _uncommitted(desk: Desk) -> None:
    desk.crawl(STORY)


def _queued(desk: Desk) -> None:
    desk.crawl(STORY)
    desk.commit()


def _robots_in_flight(desk: Desk) -> None:
    _queued(desk)
    desk.next_visit()
    desk.commit()
    desk.next_visit()


def _put_off(desk: Desk, seconds: float) -> None:
    desk.web[STORY] = Reply(put_off_s=seconds)
    _queued(desk)
    desk.step(3)


def _held(desk: Desk, seconds: float) -> None:
    _queued(desk)
    desk.step(2)
    desk.politeness.hold("x-example", seconds, "retry_after")


def _done(desk: Desk) -> None:
    desk.crawl(STORY)
    desk.run()


# How it stands: whether there is work, and in how many seconds the next turn may come.
STANDINGS: dict[str, tuple[Callable[[Desk], None], bool, float | None]] = {
    "nothing_asked": (lambda _: None, False, None),
    "uncommitted": (_uncommitted, True, None),
    "queued": (_queued, True, 0.0),
    "in_flight": (_robots_in_flight, True, None),
    "put_off": (lambda desk: _put_off(desk, 30), True, 30.0),
    "put_off_to_another_run": (lambda desk: _put_off(desk, ONE_DAY_S), False, ONE_DAY_S),
    "held": (lambda desk: _held(desk, 30), True, 30.0),
    "held_for_another_run": (lambda desk: _held(desk, ONE_DAY_S), False, ONE_DAY_S),
    "done": (_done, False, None),
}


@pytest.mark.parametrize(
    ("bring_about", "has_work", "ready_in"), STANDINGS.values(), ids=STANDINGS.keys()
)
def test_it_is_known_whether_there_is_work_and_when(
    desk: Desk, bring_about: Callable[[Desk], None], *, has_work: bool, ready_in: float | None
) -> None:
    bring_about(desk)

    assert (desk.frontier.has_work, desk.frontier.ready_in()) == (has_work, ready_in)


# Candidate, whether it is a link, and the depth and hops it is queued with; found at depth 1.
WAYS = {
    "listed": (candidate(OTHER), False, (1, 0)),
    "linked": (candidate(OTHER, advertised_in="link"), True, (2, 0)),
    "redirected": (candidate(OTHER, advertised_in="redirect"), False, (1, 1)),
}


@pytest.mark.parametrize(("found", "is_link", "way"), WAYS.values(), ids=WAYS.keys())
def test_a_candidate_remembers_how_far_it_was_found(
    desk: Desk, found: Candidate, *, is_link: bool, way: tuple[int, int]
) -> None:
    desk.crawl(STORY)
    desk.commit()
    by = desk.reader.addresses.find(STORY)
    assert by is not None

    item = advertised(unknown_site(HOME), found, by=replace(by, depth=1), is_link=is_link)

    assert (item.depth, item.hops) == way
    assert item.by == by.id


def test_what_is_withdrawn_is_never_asked_for_whoever_names_it(desk: Desk) -> None:
    named, moved, listed, needed = story_urls(4, "w.example")
    gone = (named, moved, listed, needed)
    desk.frontier.withdrawn = {url: Withdrawal(url=url, at=desk.clock()) for url in gone}
    desk.web = {
        STORY: Reply(location=moved),
        SITEMAP: Reply(found=(candidate(f"{listed}?utm_source=feed"),)),
        OTHER: Reply(found=(candidate(needed, kind="requisite", advertised_in="requisite"),)),
    }

    desk.crawl(STORY, OTHER, named)
    desk.crawl(SITEMAP, kind="sitemap")

    assert not [url for url in desk.run() if url.startswith(gone)]
    fates = desk.fates
    assert {fates[url] for url in (named, moved)} == {("refused", "withdrawn")}
    assert fates[f"{listed}?utm_source=feed"] == ("refused", "withdrawn")
