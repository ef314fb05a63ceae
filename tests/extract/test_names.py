"""Names of people as bylines write them."""

import pytest

from crawler.extract.names import looks_like_name, split_names

BYLINES = {
    "by": ("By Ida Marsh", ("Ida Marsh",)),
    "written_by": ("Written by: Ida Marsh", ("Ida Marsh",)),
    "two": ("Ida Marsh and Pim Salter", ("Ida Marsh", "Pim Salter")),
    "three": ("By Ida Marsh, Pim Salter & Lune Harrow", ("Ida Marsh", "Pim Salter", "Lune Harrow")),
    "title_after_comma": ("Ida Marsh, Senior Editor", ("Ida Marsh",)),
    "reading_time": ("By Ida Marsh 5 minute read", ("Ida Marsh",)),
    "date_after": ("By Ida Marsh | June 14", ("Ida Marsh",)),
    "family_name_first": ("Marsh, Ida", ("Ida Marsh",)),
    "agency_after": ("Ida Marsh The Associated Press", ("Ida Marsh",)),
    "agency_alone": ("The Associated Press", ("The Associated Press",)),
    "address": ("https://www.courier.example/ida", ()),
    "mail": ("ida@courier.example", ()),
    "placeholder": ("admin", ()),
    "submitted": ("Submitted by Ida Marsh on Sat, 06/14/2031 - 09:31", ("Ida Marsh",)),
    "agencies": ("By Ida Marsh with agencies", ("Ida Marsh",)),
    "month_after": ("By Ida Marsh May 2, 2031", ("Ida Marsh",)),
    "labelled_abroad": ("Autor: Ida Marsh", ("Ida Marsh",)),
    "italian": ("di Ida Marsh", ("Ida Marsh",)),
    "no_particle": ("Di Marsh", ("Di Marsh",)),
    "korean": ("김하늘 기자", ("김하늘",)),
    "sentence": ("By the time anybody knew of the bridge it had sung for a year or two", ()),
}


@pytest.mark.parametrize(("text", "names"), BYLINES.values(), ids=BYLINES)
def test_names_of_a_byline(text: str, names: tuple[str, ...]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize("text", ["Ida Marsh", "Ida van Marsh", "Jean-Luc O'Dell", "김하늘 기자"])
def test_capitalised_words_look_like_a_name(text: str) -> None:
    assert looks_like_name(text)


@pytest.mark.parametrize("text", ["Ida", "Read more here", "14 June 2031", "IDA MARSH, EDITOR"])
def test_other_lines_do_not(text: str) -> None:
    assert not looks_like_name(text)
