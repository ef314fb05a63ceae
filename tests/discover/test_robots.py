"""Robots.txt by RFC 9309: what may be fetched after each answer, and what the rules say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.robots import READ_BYTES, RobotsRules, read_robots

BASE = "https://x.example/robots.txt"
AGENT = "Newsreel/0.1 (+mailto:desk@x.example)"
PAGE = "https://x.example/page"
CLOSED = b"User-agent: *\nDisallow: /page\n"


def rules_of(text: str) -> RobotsRules:
    return read_robots(200, text.encode(), base=BASE)


# Status (None: no answer), body, whether the page may be fetched, and why.
ANSWERS = {
    "disallowed": (200, CLOSED, False),
    "not_found_allows_all": (404, b"", True),
    "forbidden_allows_all": (403, b"no", True),
    "unauthorised_allows_all": (401, b"no", True),
    "gone_allows_all": (410, b"", True),
    "too_many_requests_is_not_now": (429, b"", False),
    "server_error_is_not_now": (500, b"", False),
    "unavailable_is_not_now": (503, b"", False),
    "unavailable_with_rules_is_not_now_either": (503, b"User-agent: *\nAllow: /\n", False),
    "timeout_or_reset_is_not_now": (None, b"", False),
    "redirect_that_leads_nowhere_allows_all": (302, b"", True),
    "not_modified_without_the_kept_body_is_not_now": (304, b"", False),
    "status_that_is_none_is_not_now": (999, b"", False),
    "empty_allows_all": (200, b"", True),
    "page_in_its_place_allows_all": (200, b"<html>User-agent: *\nDisallow: /page</html>", True),
    "byte_order_mark": (200, b"\xef\xbb\xbf" + CLOSED, False),
    "utf16": (200, CLOSED.decode().encode("utf-16"), False),
    "latin1": (200, b"# caf\xe9\n" + CLOSED, False),
    "carriage_returns_alone": (200, CLOSED.replace(b"\n", b"\r"), False),
    "windows_lines": (200, CLOSED.replace(b"\n", b"\r\n"), False),
    "nul_bytes": (200, b"\0\0\n" + CLOSED, False),
    "rules_within_500_kib": (200, b"# x\n" * (READ_BYTES // 4 - 20) + CLOSED, False),
    "rules_after_500_kib_unread": (200, b"# x\n" * (READ_BYTES // 4 + 1) + CLOSED, True),
}


@pytest.mark.parametrize(("status", "body", "is_allowed"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_allows_the_page_or_not(
    *, status: int | None, body: bytes, is_allowed: bool
) -> None:
    assert read_robots(status, body, base=BASE).is_allowed(PAGE, AGENT) is is_allowed


def test_only_an_answer_that_may_come_later_is_unreachable() -> None:
    statuses = (None, 200, 304, 404, 429, 500, 503)

    unreachable = [s for s in statuses if read_robots(s, CLOSED, base=BASE).is_unreachable]

    assert unreachable == [None, 304, 429, 500, 503]


def test_a_rule_cut_in_half_is_no_rule() -> None:
    head = b"User-agent: *\nDisallow: /private\n"
    rule = b"Disallow: /page-two\n"
    filler = b"#" * (READ_BYTES - len(head) - len(rule) // 2 - 1) + b"\n"

    rules = read_robots(200, head + filler + rule, base=BASE)

    assert rules.is_allowed("https://x.example/pa", AGENT)
    assert not rules.is_allowed("https://x.example/private", AGENT)


# Rules, address, verdict: the longest match decides, and of two equal ones the allowing.
MATCHES = {
    "prefix": ("Disallow: /a", "/abc", False),
    "other_path": ("Disallow: /a", "/b", True),
    "empty_disallow": ("Disallow:", "/a", True),
    "longest_wins": ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
    "allow_wins_a_draw": ("Disallow: /a\nAllow: /a", "/a", True),
    "star": ("Disallow: /*/print", "/2026/print", False),
    "end": ("Disallow: /*.json$", "/a.json", False),
    "end_is_the_end": ("Disallow: /*.json$", "/a.json?x", True),
    "query": ("Disallow: /*?replytocom=", "/a?replytocom=1", False),
    "case_of_paths": ("Disallow: /A", "/a", True),
    "escapes_compare_as_letters": ("Disallow: /ü", "/%C3%BC", False),
    "file_itself": ("Disallow: /", "/robots.txt", True),
    "comment_behind": ("Disallow: /a # not this", "/a", False),
    "unknown_lines": ("Noindex: /a\nDisallow: /b", "/a", True),
}


@pytest.mark.parametrize(("rules", "path", "is_allowed"), MATCHES.values(), ids=MATCHES.keys())
def test_rules_match_paths(*, rules: str, path: str, is_allowed: bool) -> None:
    verdict = rules_of(f"User-agent: *\n{rules}\n").is_allowed(f"https://x.example{path}", AGENT)

    assert verdict is is_allowed


# The group that closes /page, and whether it is ours.
GROUPS = {
    "our_token": ("User-agent: newsreel", True),
    "case_of_tokens": ("USER-AGENT: NewsReel", True),
    "token_with_a_version": ("User-agent: Newsreel/2.0", True),
    "without_a_colon": ("User-agent newsreel", True),
    "among_others": ("User-agent: other\nUser-agent: newsreel", True),
    "everyone": ("User-agent: *", True),
    "another": ("User-agent: otherbot", False),
    "beginning_of_ours": ("User-agent: news", False),
    "longer_than_ours": ("User-agent: newsreel-images", False),
    "nobody_named": ("Sitemap: /s.xml", False),
}


@pytest.mark.parametrize(("group", "is_ours"), GROUPS.values(), ids=GROUPS.keys())
@pytest.mark.parametrize("agent", [AGENT, "newsreel", " Newsreel "])
def test_a_group_is_ours_when_its_token_is(*, group: str, is_ours: bool, agent: str) -> None:
    assert rules_of(f"{group}\nDisallow: /page\n").is_allowed(PAGE, agent) is not is_ours


def test_our_own_group_sets_the_general_one_aside() -> None:
    rules = rules_of("User-agent: *\nDisallow: /\n\nUser-agent: newsreel\nDisallow: /private\n")

    assert rules.is_allowed(PAGE, AGENT)
    assert not rules.is_allowed("https://x.example/private/1", AGENT)
    assert not rules.is_allowed(PAGE, "Otherbot/1.0")


def test_two_groups_of_one_token_are_one() -> None:
    rules = rules_of("User-agent: newsreel\nDisallow: /a\n\nUser-agent: newsreel\nDisallow: /b\n")

    assert not rules.is_allowed("https://x.example/a", AGENT)
    assert not rules.is_allowed("https://x.example/b", AGENT)


DELAYS = {
    "none": ("Disallow: /x", None),
    "seconds": ("Crawl-delay: 5", 5.0),
    "fraction": ("Crawl-delay: 0.5", 0.5),
    "zero": ("Crawl-delay: 0", 0.0),
    "negative": ("Crawl-delay: -5", None),
    "word": ("Crawl-delay: slow", None),
    "endless": ("Crawl-delay: inf", None),
    "rate": ("Request-rate: 1/10", 10.0),
    "rate_by_minute": ("Request-rate: 30/1m", 2.0),
    "slower_of_both": ("Crawl-delay: 3\nRequest-rate: 1/10", 10.0),
}


@pytest.mark.parametrize(("line", "delay_s"), DELAYS.values(), ids=DELAYS.keys())
def test_crawl_delay(line: str, delay_s: float | None) -> None:
    assert rules_of(f"User-agent: *\n{line}\n").crawl_delay_s(AGENT) == delay_s


def test_sitemaps_are_everybodys_absolute_and_named_once() -> None:
    rules = rules_of(
        "Sitemap: https://x.example/a.xml\nUser-agent: otherbot\nDisallow: /\n"
        "sitemap: /b.xml\nSitemap: HTTPS://X.example/a.xml#top\nSitemap: file:///etc/passwd\n"
    )

    assert rules.sitemaps == ("https://x.example/a.xml", "https://x.example/b.xml")


def test_a_file_that_is_unavailable_names_nothing() -> None:
    body = b"Sitemap: /a.xml\nUser-agent: *\nCrawl-delay: 5\n"

    for status in (404, 503, None):
        rules = read_robots(status, body, base=BASE)

        assert rules.sitemaps == ()
        assert rules.crawl_delay_s(AGENT) is None


@given(body=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_make_it_fail(body: bytes) -> None:
    rules = read_robots(200, body, base=BASE)

    assert isinstance(rules.is_allowed(PAGE, AGENT), bool)
    assert not rules.is_unreachable


def test_every_prefix_of_a_file_can_be_read() -> None:
    body = b"\xef\xbb\xbfSitemap: /s.xml\nUser-agent: newsreel\nDisallow: /page\nCrawl-delay: 2\n"

    verdicts = [
        read_robots(200, body[:end], base=BASE).is_allowed(PAGE, AGENT)
        for end in range(len(body) + 1)
    ]

    assert verdicts[0] is True
    assert verdicts[-1] is False
