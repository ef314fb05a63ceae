"""The frontier and robots.txt: it is asked before anything else, and every page gets a word."""

import pytest

from tests.crawler.crawl_samples import HOME, ROBOTS, Desk, Reply, candidate, story_urls

STORY, OTHER = story_urls(2)
SITEMAP = "https://x.example/sitemap.xml"
CLOSED = Reply(body=b"User-agent: *\nDisallow: /\n")
DOWN = Reply(status=503, put_off_s=10)
ONE_DAY_S = 24 * 3600.0


def test_robots_is_asked_before_the_first_page_of_each_origin(desk: Desk) -> None:
    desk.crawl(STORY, OTHER, "http://x.example/old", "https://www.x.example/new")

    asked = desk.run()

    assert asked == [
        ROBOTS,
        STORY,
        OTHER,
        "http://x.example/robots.txt",
        "http://x.example/old",
        "https://www.x.example/robots.txt",
        "https://www.x.example/new",
    ]


def test_pages_wait_while_robots_is_in_flight(desk: Desk) -> None:
    desk.crawl(STORY)
    desk.commit()
    desk.next_visit()
    desk.commit()
    robots = desk.next_visit()
    assert robots is not None

    before_the_answer = desk.next_visit()
    desk.arrive(robots)
    before_it_is_read = desk.next_visit()
    wait = desk.frontier.ready_in()
    desk.read(robots)

    assert (before_the_answer, before_it_is_read, wait) == (None, None, None)
    assert desk.run() == [ROBOTS, STORY]


# What robots.txt answers: what becomes of the page.
ROBOTS_ANSWERS = {
    "allowed": (Reply(body=b"User-agent: *\nAllow: /\n"), ("read", None)),
    "disallowed": (CLOSED, ("refused", "robots")),
    "disallowed_for_us": (
        Reply(body=b"User-agent: newsreel\nDisallow: /\n\nUser-agent: *\nAllow: /\n"),
        ("refused", "robots"),
    ),
    "missing": (Reply(status=404), ("read", None)),
    "broken": (Reply(status=500), ("refused", "robots_unreachable")),
    "never_there": (DOWN, ("refused", "robots_unreachable")),
}


@pytest.mark.parametrize(("answer", "fate"), ROBOTS_ANSWERS.values(), ids=ROBOTS_ANSWERS.keys())
def test_robots_decides_on_a_page(desk: Desk, answer: Reply, fate: tuple[str, str | None]) -> None:
    desk.web[ROBOTS] = answer
    desk.crawl(STORY)

    asked = desk.run()

    assert desk.fates[STORY] == fate
    assert (STORY in asked) is (fate[0] == "read")


def test_robots_itself_is_never_refused(desk: Desk) -> None:
    desk.web[ROBOTS] = CLOSED
    desk.crawl(ROBOTS, STORY)

    desk.run()

    assert desk.fates[ROBOTS] == ("read", None)


def test_a_robots_that_fails_is_tried_again_and_pages_wait_for_it(desk: Desk) -> None:
    desk.web[ROBOTS] = DOWN
    desk.crawl(STORY)
    for _ in range(2):
        desk.commit()
        visit = desk.next_visit()
    assert visit is not None
    desk.answer(visit)
    del desk.web[ROBOTS]

    asked = desk.run()

    assert asked == [ROBOTS, ROBOTS, STORY]
    assert [at for at, _ in desk.log] == [0, 10, 10]


def test_an_unreachable_robots_is_asked_no_more_than_its_attempts(desk: Desk) -> None:
    desk.web[ROBOTS] = DOWN
    desk.crawl(*story_urls(9))

    assert desk.run() == [ROBOTS] * 3


REDIRECTS: dict[str, tuple[dict[str, Reply], tuple[str, str | None]]] = {
    "to_another_path": (
        {ROBOTS: Reply(location="https://x.example/r2"), "https://x.example/r2": CLOSED},
        ("refused", "robots"),
    ),
    "to_a_host_of_the_site": (
        {
            ROBOTS: Reply(location="https://www.x.example/robots.txt"),
            "https://www.x.example/robots.txt": CLOSED,
        },
        ("refused", "robots"),
    ),
    "to_another_site": (
        {
            ROBOTS: Reply(location="https://y.example/robots.txt"),
            "https://y.example/robots.txt": CLOSED,
        },
        ("refused", "robots"),
    ),
    "to_what_is_down": (
        {ROBOTS: Reply(location="https://x.example/r2"), "https://x.example/r2": DOWN},
        ("refused", "robots_unreachable"),
    ),
    "in_a_circle": (
        {
            ROBOTS: Reply(location="https://x.example/r2"),
            "https://x.example/r2": Reply(location=ROBOTS),
        },
        ("refused", "robots_unreachable"),
    ),
}


@pytest.mark.parametrize(("web", "fate"), REDIRECTS.values(), ids=REDIRECTS.keys())
def test_a_redirect_of_robots_leads_to_a_word_on_every_page(
    desk: Desk, web: dict[str, Reply], fate: tuple[str, str | None]
) -> None:
    desk.web.update(web)
    desk.crawl(STORY)

    desk.run()

    assert desk.fates[STORY] == fate


def test_a_robots_that_was_read_speaks_for_an_origin_redirected_to_it_later(desk: Desk) -> None:
    old = "http://x.example/old"
    desk.web["http://x.example/robots.txt"] = Reply(location=ROBOTS)
    desk.crawl(STORY, old)

    asked = desk.run()

    assert asked == [ROBOTS, STORY, "http://x.example/robots.txt", ROBOTS, old]


def test_two_sites_that_share_a_robots_by_redirect_both_go_on(desk: Desk) -> None:
    shared, theirs = "https://y.example/robots.txt", "https://y.example/a"
    desk.web[ROBOTS] = Reply(location=shared)
    desk.crawl(STORY, theirs)

    desk.run()

    assert (desk.fates[STORY], desk.fates[theirs]) == (("read", None), ("read", None))


def test_a_robots_put_off_beyond_patience_leaves_no_page_without_a_word(desk: Desk) -> None:
    desk.web[ROBOTS] = Reply(status=503, put_off_s=ONE_DAY_S)
    desk.crawl(STORY)

    asked = desk.run()

    assert asked == [ROBOTS]
    assert desk.fates[STORY] == ("refused", "robots_unreachable")


def test_an_old_robots_answer_is_asked_for_again_within_the_run(desk: Desk) -> None:
    desk.crawl(STORY)
    desk.run()
    desk.forward(ONE_DAY_S)
    desk.web[ROBOTS] = CLOSED
    desk.crawl(OTHER)

    asked = desk.run()

    assert asked == [ROBOTS, STORY, ROBOTS]
    assert desk.fates[OTHER] == ("refused", "robots")


def test_sitemaps_that_robots_names_are_advertised_once_a_run(desk: Desk) -> None:
    there = "https://files.x.example/map.xml"
    names = f"Sitemap: {SITEMAP}\nSitemap: {there}\n".encode()
    desk.web[ROBOTS] = Reply(body=names)
    desk.web[SITEMAP] = Reply(found=(candidate(STORY),))
    desk.crawl(HOME, kind="front")
    desk.run()
    desk.forward(ONE_DAY_S)
    desk.crawl(OTHER)

    asked = desk.run()

    assert asked.count(SITEMAP) == asked.count(there) == 1
    assert "https://files.x.example/robots.txt" in asked
    assert desk.fates[STORY] == ("read", None)


def test_a_page_costs_no_more_changes_than_its_capture_and_its_fate(desk: Desk) -> None:
    desk.web[ROBOTS] = Reply(body=f"Sitemap: {SITEMAP}\n".encode())
    desk.crawl(STORY)
    desk.run()
    desk.crawl(OTHER)
    before = desk.recorder.changes

    desk.run()

    assert desk.recorder.changes - before == 2


def test_a_sitemap_that_robots_forbids_is_refused_as_anything_else(desk: Desk) -> None:
    desk.web[ROBOTS] = Reply(body=f"User-agent: *\nDisallow: /\nSitemap: {SITEMAP}\n".encode())
    desk.crawl(HOME, kind="front")

    asked = desk.run()

    assert asked == [ROBOTS]
    assert desk.fates[SITEMAP] == ("refused", "robots")


def test_a_single_page_brings_no_sitemap(desk: Desk) -> None:
    desk.web[ROBOTS] = Reply(body=f"Sitemap: {SITEMAP}\n".encode())
    desk.crawl(STORY, is_discovered=False)

    assert desk.run() == [ROBOTS, STORY]


def test_a_crawl_delay_counts_from_the_robots_that_asks_for_it(desk: Desk) -> None:
    desk.web[ROBOTS] = Reply(body=b"User-agent: *\nCrawl-delay: 7\n")
    desk.crawl(STORY, OTHER)

    desk.run()

    assert [at for at, _ in desk.log] == [0, 7, 14]


def test_a_crawl_delay_of_one_host_holds_for_the_site(desk: Desk) -> None:
    desk.web[ROBOTS] = Reply(body=b"User-agent: *\nCrawl-delay: 7\n")
    desk.crawl(STORY, "https://www.x.example/a", OTHER)

    desk.run()

    gaps = [later - sooner for (sooner, _), (later, _) in zip(desk.log, desk.log[1:], strict=False)]
    assert gaps == [7] * 4
