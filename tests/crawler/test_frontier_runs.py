"""The frontier from one run to the next, and between two sites that name the same address."""

from pathlib import Path

from archive.coverage import Fate
from crawler.site import Site, unknown_site
from tests.archive.store_samples import NEXT_RUN
from tests.crawler.crawl_samples import HOME, ROBOTS, Desk, candidate, desk_at, story_urls

STORY, OTHER = story_urls(2)


def test_a_resumed_run_goes_on_with_what_is_left_of_its_budget(tmp_path: Path) -> None:
    with desk_at(tmp_path, most_pages=2) as desk:
        desk.crawl(STORY)
        desk.run()
    with desk_at(tmp_path, most_pages=2) as desk:
        desk.crawl(*story_urls(5))

        assert desk.run() == [OTHER]


def test_a_run_takes_up_what_an_earlier_one_left_queued(tmp_path: Path) -> None:
    with desk_at(tmp_path) as desk:
        desk.crawl(*story_urls(3))
        desk.step(3)
    with desk_at(tmp_path) as desk:
        desk.crawl(STORY)

        assert desk.run() == list(story_urls(3)[1:])


def test_a_site_that_got_a_file_is_crawled_under_its_new_name(tmp_path: Path) -> None:
    with desk_at(tmp_path) as desk:
        desk.crawl(STORY)
        desk.run()
    named = Site(name="xeno", domain="x.example", home=HOME)
    with desk_at(tmp_path, run_id=NEXT_RUN) as desk:
        desk.take(named, STORY)

        asked = desk.run()

    assert asked == [STORY]


def test_what_one_site_names_and_another_holds_is_the_others_to_crawl(desk: Desk) -> None:
    ours, theirs = unknown_site(HOME), "https://y.example/a"
    desk.take(ours, theirs)
    desk.commit()
    found = desk.reader.addresses.find(theirs)
    assert found is not None
    with desk.journal.transaction():
        desk.journal.addresses.settle(found.id, Fate.REFUSED, "off_site")
    desk.crawl(theirs)

    asked = desk.run()

    assert asked == ["https://y.example/robots.txt", theirs]


def test_a_page_that_left_its_site_is_not_handed_to_another(desk: Desk) -> None:
    desk.crawl(STORY)
    desk.run()
    found = desk.reader.addresses.find(STORY)
    assert found is not None
    with desk.journal.transaction():
        desk.journal.addresses.settle(found.id, Fate.REDIRECTED, "off_site")
    desk.take(unknown_site("https://y.example/"), STORY)

    assert desk.run() == [ROBOTS, STORY]


def test_what_a_visit_of_another_run_found_is_queued_in_that_run(tmp_path: Path) -> None:
    with desk_at(tmp_path) as desk:
        desk.crawl(STORY)
        desk.step(3)
        left = desk.reader.addresses.find(STORY)
    assert left is not None
    with desk_at(tmp_path, run_id=NEXT_RUN) as desk:
        site = unknown_site(HOME)
        desk.frontier.add_site(site)
        desk.recorder.write(desk.frontier.advertising(site, (candidate(OTHER),), by=left))
        desk.commit()

        found = desk.reader.addresses.find(OTHER)

        assert found is not None
        assert found.run_id == left.run_id
        assert desk.run() == []
