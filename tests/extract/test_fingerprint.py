"""Fingerprints of texts."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.fingerprint import simhash64, text_digest, word_count

TEXT = " ".join(f"word{n} of the story about a bridge that sings" for n in range(200))


def distance(one: int, other: int) -> int:
    return ((one ^ other) & (1 << 64) - 1).bit_count()


@given(st.text(max_size=200))
def test_simhash_is_a_signed_number_of_64_bits_and_always_the_same(text: str) -> None:
    value = simhash64(text)

    assert -(1 << 63) <= value < 1 << 63
    assert simhash64(text) == value


def test_simhash_is_stable_across_versions() -> None:
    assert simhash64("The film opens in June.") == simhash64("the film OPENS in june")


def test_near_duplicates_differ_in_few_bits() -> None:
    assert distance(simhash64(TEXT), simhash64(TEXT.replace("word7 of", "word7 in"))) <= 8


def test_other_texts_differ_in_many() -> None:
    other = " ".join(f"line{n} says nothing at all of music" for n in range(200))

    assert distance(simhash64(TEXT), simhash64(other)) > 8


def test_digest_is_equal_for_what_reads_the_same() -> None:
    assert text_digest("The Bridge – sings!") == text_digest("the bridge sings")
    assert len(text_digest("")) == 64


def test_words_are_what_stands_between_spaces() -> None:
    assert word_count("a half-yearly sale\n\nisn't") == 4
