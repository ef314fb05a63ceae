"""Articles that share most of their words are found across sites, and others are not."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from archive import open_store
from archive.dataset.writer import Part
from archive.errors import ConfigError
from archive.layout import Layout
from tests.dataset.small_parts import JUNE

Put = Callable[..., Part]
Make = Callable[..., Any]
WORDS = [a + b for a in "bdfgklmnprst" for b in ("ar", "en", "il", "os", "um", "att", "ell")]


def story(seed: int, *, words: int = 200) -> list[str]:
    return random.Random(seed).choices(WORDS, k=words)


def edited(words: list[str], *, seed: int, changes: int) -> list[str]:
    dice = random.Random(seed)
    told = list(words)
    for _ in range(changes):
        told[dice.randrange(len(told))] = "changed"
    return told


@pytest.fixture
def write(put: Put, record: Make) -> Callable[..., None]:
    """Put articles of given words into a store, each on a site of its own."""

    def write(*texts: list[str], **changes: Any) -> None:
        for number, words in enumerate(texts, start=1):
            article = record(
                "articles",
                number,
                text=" ".join(words).capitalize() + ".",
                word_count=len(words),
                site_domain=f"site{number}.example",
                **changes,
            )
            put("articles", [article], site=f"s{number}", part_id=f"{number}")

    return write


def groups(layout: Layout) -> list[tuple[str, str, bool]]:
    rows = open_store(layout.root).near_duplicates().to_pylist()
    return [(row["group_id"][-1], row["article_id"][-1], row["is_earliest"]) for row in rows]


def test_an_edited_copy_on_another_site_is_found(
    layout: Layout, write: Callable[..., None]
) -> None:
    original = story(1)
    write(original, story(2), edited(original, seed=3, changes=4), story(4))

    assert groups(layout) == [("1", "1", True), ("1", "3", False)]
    copy = open_store(layout.root).near_duplicates().to_pylist()[1]
    assert 0.7 <= copy["similarity"] < 1
    assert (copy["group_size"], copy["site_domain"]) == (2, "site3.example")


def test_a_hundred_stories_in_the_same_words_do_not_resemble_each_other(
    layout: Layout, write: Callable[..., None]
) -> None:
    write(*(story(seed) for seed in range(100)))

    assert groups(layout) == []


def test_case_and_punctuation_make_no_difference(
    layout: Layout, write: Callable[..., None]
) -> None:
    words = story(5)
    write(words, [word.upper() + "," for word in words])

    assert [row["similarity"] for row in open_store(layout.root).near_duplicates().to_pylist()] == [
        1.0,
        1.0,
    ]


def test_short_notes_are_left_out(layout: Layout, write: Callable[..., None]) -> None:
    write(story(6, words=49), story(6, words=49))

    assert groups(layout) == []


def test_versions_of_one_article_do_not_resemble_each_other(
    layout: Layout, put: Put, record: Make
) -> None:
    text = " ".join(story(7))
    rows = [record("articles", version=number, text=text, word_count=200) for number in (1, 2)]
    put("articles", rows)

    assert groups(layout) == []


def test_a_question_that_names_the_table_has_it_computed(
    layout: Layout, write: Callable[..., None]
) -> None:
    words = story(8)
    write(words, words, fetch_time=JUNE)

    answer = open_store(layout.root).sql(
        "SELECT count(DISTINCT site_domain) AS sites FROM near_duplicates GROUP BY group_id"
    )

    assert answer.to_pylist() == [{"sites": 2}]


def test_a_library_that_is_missing_is_named(
    layout: Layout, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rensa", None)
    write(story(9))

    with pytest.raises(ConfigError, match=r"\[dedup\]"):
        open_store(layout.root).near_duplicates()
