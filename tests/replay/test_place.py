"""Addresses lead into the replay or are taken away; none leads out."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.article import Article
from archive.errors import ConfigError
from archive.instant import from_micros
from archive.replay.place import Place, Use, digits_of, moment_of, replay_url

PLACE = Place(digits="20260518120000", base="https://x.example/a/b?c")
NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)

INSIDE = {
    "relative": ("p.png", "/20260518120000/https://x.example/a/p.png"),
    "rooted": ("/p.png", "/20260518120000/https://x.example/p.png"),
    "no_scheme": ("//y.example/p", "/20260518120000/https://y.example/p"),
    "absolute": ("HTTP://Y.example", "/20260518120000/http://y.example/"),
    "backslashes": ("\\\\y.example\\p?a\\b", "/20260518120000/https://y.example/p?a%5Cb"),
    "broken_over_lines": ("ht\ntps://y.exa\tmple/p", "/20260518120000/https://y.example/p"),
    "padded": (" \x01/p.png\x1f ", "/20260518120000/https://x.example/p.png"),
    "query": ("?d=1&e=2", "/20260518120000/https://x.example/a/b?d=1&e=2"),
    "fragment_elsewhere": ("/p#two words", "/20260518120000/https://x.example/p#two%20words"),
    "umlaut": ("/ä", "/20260518120000/https://x.example/%C3%A4"),
    "here": ("#top", "#top"),
    "nothing": ("", ""),
    "blank": ("about:blank", "about:blank"),
    "inline_picture": ("data:image/gif;base64,R0lG", "data:image/gif;base64,R0lG"),
    "inline_page": ("data:text/html,<script>", None),
    "inline_without_type": ("data:,x", None),
    "script": ("javascript:alert(1)", None),
    "script_broken_up": (" java\nscript:alert(1)", None),
    "file": ("file:///etc/hostname", None),
    "blob": ("blob:https://x.example/1", None),
    "credentials": ("https://me:secret@y.example/", None),
    "no_host": ("https:///p", None),
    "not_an_address": ("http://[", None),
    "mail": ("mailto:a@x.example", None),
}


@pytest.mark.parametrize(("address", "expected"), INSIDE.values(), ids=INSIDE.keys())
def test_inside(address: str, expected: str | None) -> None:
    assert PLACE.inside(address) == expected


LINKS = {
    "mail": ("mailto:a@x.example", "mailto:a@x.example"),
    "telephone": ("tel:+4912345", "tel:+4912345"),
    "picture": ("data:image/png,x", None),
    "page": ("/p", "/20260518120000/https://x.example/p"),
}


@pytest.mark.parametrize(("address", "expected"), LINKS.values(), ids=LINKS.keys())
def test_a_link_may_lead_to_a_person_but_not_to_what_a_page_carries(
    address: str, expected: str | None
) -> None:
    assert PLACE.inside(address, Use.LINK) == expected


@given(address=st.text() | st.from_regex(r"[ /\\]*(https?|data|javascript)?:?[/\\]*[a-z.#?]*"))
@example("\\/y.example")
@example("/\t/y.example")
@example("https:y.example")
def test_nothing_leads_out(address: str) -> None:
    inside = PLACE.inside(address)

    assert (
        inside is None
        or inside.startswith(("/20260518120000/http", "#", "data:", "about:"))
        or (inside == "")
    )


@given(address=st.text())
def test_what_is_inside_has_no_character_that_could_end_an_attribute_or_a_line(
    address: str,
) -> None:
    inside = PLACE.inside(address) or ""

    assert not inside.startswith("/") or not set('"<>\\ \n\r\t').intersection(inside)


def test_a_base_moves_the_place() -> None:
    assert PLACE.based_on("/deep/").inside("p") == "/20260518120000/https://x.example/deep/p"


@pytest.mark.parametrize(
    "claimed", ["javascript:x", "", "http://["], ids=["script", "none", "junk"]
)
def test_a_base_that_is_none_changes_nothing(claimed: str) -> None:
    assert PLACE.based_on(claimed).inside("/p") == "/20260518120000/https://x.example/p"


@given(micros=st.integers(min_value=0, max_value=4_000_000_000_000_000))
def test_a_timestamp_comes_back(micros: int) -> None:
    moment = from_micros(micros)

    assert moment_of(digits_of(moment, is_crowded=True)) == moment
    assert moment_of(digits_of(moment)) == moment.replace(microsecond=0)


PARTS = {
    "year": ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
    "day": ("20260518", datetime(2026, 5, 18, tzinfo=UTC)),
    "no_such_day": ("20260231", None),
    "year_zero": ("0000", None),
}


@pytest.mark.parametrize(("digits", "expected"), PARTS.values(), ids=PARTS.keys())
def test_what_is_left_out_of_a_timestamp_is_its_beginning(
    digits: str, expected: datetime | None
) -> None:
    assert moment_of(digits) == expected


def test_a_row_leads_to_its_capture() -> None:
    row = {"url": "https://x.example/a", "fetch_time": NOON.replace(microsecond=7)}

    assert replay_url(row, "http://127.0.0.1:1") == (
        "http://127.0.0.1:1/20260518120000000007/https://x.example/a"
    )


def test_a_time_without_a_zone_is_utc_as_all_times_of_the_datasets_are() -> None:
    row = {"url": "https://x.example/a", "fetch_time": NOON.replace(tzinfo=None)}

    assert replay_url(row).startswith("/20260518120000")


def test_a_record_leads_to_its_capture_as_its_row_does() -> None:
    article = Article(url="https://x.example/a", headline="A", fetch_time=NOON)

    assert replay_url(article) == replay_url({"url": article.url, "fetch_time": NOON})


def test_a_row_without_a_time_is_refused() -> None:
    with pytest.raises(ConfigError, match="fetch_time"):
        replay_url({"url": "https://x.example/a", "fetch_time": None})
