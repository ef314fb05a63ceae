"""The notation of stories is read as it is described."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.newsroom.prose import (
    Passage,
    PassageKind,
    find_attributions,
    find_links,
    plain_text,
    read_passages,
)

NOTATION = {
    "paragraph": ("One\ntwo.", Passage(kind=PassageKind.PARAGRAPH, lines=("One two.",))),
    "heading": ("## A Heading", Passage(kind=PassageKind.HEADING, lines=("A Heading",), level=2)),
    "smaller_heading": ("### Less", Passage(kind=PassageKind.HEADING, lines=("Less",), level=3)),
    "list": ("- a\n- b\n  c", Passage(kind=PassageKind.LIST, lines=("a", "b c"))),
    "quote": ("> I was\n> there.", Passage(kind=PassageKind.QUOTE, lines=("I was there.",))),
    "quote_of_paragraphs": ("> a\n>\n> b", Passage(kind=PassageKind.QUOTE, lines=("a", "b"))),
    "quote_told_to": (
        "> [Vale / Marquee Weekly]\n> No.",
        Passage(kind=PassageKind.QUOTE, lines=("No.",), speaker="Vale", source="Marquee Weekly"),
    ),
    "quote_with_printed_speaker": (
        "> [= Ida Marsh]\n> No.",
        Passage(kind=PassageKind.QUOTE, lines=("No.",), speaker="Ida Marsh", printed=True),
    ),
    "pull_quote": (">> “No.”", Passage(kind=PassageKind.PULL_QUOTE, lines=("“No.”",))),
    "figure": ("!a-b", Passage(kind=PassageKind.FIGURE, lines=("a-b",))),
    "note": ("~ Spoilers.", Passage(kind=PassageKind.NOTE, lines=("Spoilers.",))),
    "embed": (
        "@ https://chatter.example/1 | Hm. — N (@n)",
        Passage(kind=PassageKind.EMBED, lines=("Hm. — N (@n)",), label="https://chatter.example/1"),
    ),
    "live_entry": (
        "% 9:52 p.m. | It Is Over",
        Passage(kind=PassageKind.ENTRY, lines=("It Is Over",), level=3, label="9:52 p.m."),
    ),
}


@pytest.mark.parametrize(("body", "passage"), NOTATION.values(), ids=NOTATION.keys())
def test_a_passage_is_told_by_how_it_begins(body: str, passage: Passage) -> None:
    assert read_passages(body) == (passage,)


def test_passages_keep_their_order() -> None:
    body = "\n".join(f"{written}\n" for written, _ in NOTATION.values())

    assert read_passages(body) == tuple(passage for _, passage in NOTATION.values())


def test_an_empty_body_has_no_passages() -> None:
    assert read_passages("\n\n \n") == ()


@given(st.text(alphabet=st.sampled_from("ab .,’“\n"), min_size=1))
def test_no_word_of_a_plain_text_is_lost(text: str) -> None:
    read = " ".join(passage.text for passage in read_passages(text))

    assert read.split() == text.split()


def test_marks_are_not_what_a_reader_sees() -> None:
    line = "*Slow Thunder* opens in [Vessby](story:vessby), says [*Lantern*](https://l.example/)."

    assert plain_text(line) == "Slow Thunder opens in Vessby, says Lantern."
    assert list(find_links(line)) == [("Vessby", "story:vessby"), ("Lantern", "https://l.example/")]


ATTRIBUTIONS = {
    "linked": ("So (via [Lantern](https://l.example/)).", [("Lantern", "https://l.example/")]),
    "bare": ("So (via Quayside Post).", [("Quayside Post", None)]),
    "source_line": ("Source: Tally & Dunmore", [("Tally & Dunmore", None)]),
    "source_within_a_line": ("The Source: a river", []),
    "two": ("A (via B). C (via D).", [("B", None), ("D", None)]),
    "none": ("A link to [Lantern](https://l.example/).", []),
}


@pytest.mark.parametrize(("line", "outlets"), ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_the_outlets_named_as_source_are_found(
    line: str, outlets: list[tuple[str, str | None]]
) -> None:
    assert list(find_attributions(line)) == outlets
