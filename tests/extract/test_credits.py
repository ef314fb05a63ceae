"""Credit lines, in the spellings that sites use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.credits import bare_holder, is_labelled_credit, split_credit

LINES = {
    "pipe": ("Vale in Harbour | Quillmark Records", "Vale in Harbour", "Quillmark Records"),
    "label": ("Credits: Commons/Kapstan", None, "Commons/Kapstan"),
    "photo": ("Photo: WQRL/YouTube", None, "WQRL/YouTube"),
    "spaced_colon": ("Image : Lampblack", None, "Lampblack"),
    "brackets": ("( Image: Lampblack)", None, "Lampblack"),
    "image_credit": ("(Image credit: Lampblack)", None, "Lampblack"),
    "photo_by": ("Photo by Ida Marsh/Getty Images", None, "Ida Marsh/Getty Images"),
    "courtesy": ("Courtesy of Quillmark", None, "Quillmark"),
    "courtesy_alone": ("Courtesy Offbrand Films", None, "Courtesy Offbrand Films"),
    "copyright": ("(c) Quillmark 2031", None, "Quillmark 2031"),
    "via": ("[Image via Quillmark ]", None, "Quillmark"),
    "illustration": ("Illustration by Ida Marsh", None, "Ida Marsh"),
    "slashes": ("Vale at dusk // CREDIT: Ida Marsh ©", "Vale at dusk", "Ida Marsh ©"),
    "in_brackets": (
        "Vale on stage in June. (Photo by Ida Marsh/Lampblack)",
        "Vale on stage in June.",
        "Ida Marsh/Lampblack",
    ),
    "full_stop": ("At dusk. Photo by Ida Marshwood.", "At dusk.", "Ida Marshwood"),
    "abbreviation": ("Photo: Quillmark Inc.", None, "Quillmark Inc."),
    "after_sentence": ("Vale on stage. Photo: Ida Marsh", "Vale on stage.", "Ida Marsh"),
    "slash": ("Ida Marsh/Lampblack", None, "Ida Marsh/Lampblack"),
    "agency_in_brackets": ("Vale on stage in June. (AP)", "Vale on stage in June.", "AP"),
    "slash_in_brackets": (
        "Vale on stage in June. (Ida Marsh/Lampblack)",
        "Vale on stage in June.",
        "Ida Marsh/Lampblack",
    ),
    "custom": ("Custom image by Ida Marsh", None, "Ida Marsh"),
    "two_bars": ("Vale | Ida Marsh | Getty Images", "Vale", "Ida Marsh | Getty Images"),
    "agency": ("Ida Marsh/Getty Images", None, "Ida Marsh/Getty Images"),
    "photography_by": ("At dusk. Photography by Ida Marsh", "At dusk.", "Ida Marsh"),
    "dots": ("At dusk. Credit...Ida Marsh", "At dusk.", "Ida Marsh"),
    "italian": ("Sul ponte (foto Ida Marsh)", "Sul ponte", "Ida Marsh"),
    "korean": ("다리. 사진=하버원", "다리.", "하버원"),
    "japanese": ("橋の上（撮影・山田花子）", "橋の上", "山田花子"),
    "photo_of_something": ("Vale (photo taken in June)", "Vale (photo taken in June)", None),
    "caption_alone": ("Vale on stage in June.", "Vale on stage in June.", None),
    "by_in_a_sentence": ("A coat made by hand in June.", "A coat made by hand in June.", None),
    "empty": ("", None, None),
}


@pytest.mark.parametrize(("line", "caption", "credit"), LINES.values(), ids=LINES)
def test_line_is_split(line: str, caption: str | None, credit: str | None) -> None:
    found = split_credit(line)

    assert (found.caption, found.credit) == (caption, credit)


HOLDERS = {
    "by": ("By Ida Marsh/Lampblack.", "Ida Marsh/Lampblack"),
    "full_stop": ("Ida Marsh.", "Ida Marsh"),
    "abbreviation": ("Quillmark Inc.", "Quillmark Inc."),
    "initial": ("Photo by Ida M.", "Ida M."),
    "by_in_a_name": ("Bybrook Pictures", "Bybrook Pictures"),
}


@pytest.mark.parametrize(("text", "holder"), HOLDERS.values(), ids=HOLDERS)
def test_holder_is_bare(text: str, holder: str) -> None:
    assert bare_holder(text) == holder


@pytest.mark.parametrize("label", ["Photo:", "Credits", "Image :"])
def test_label_alone_names_nobody(label: str) -> None:
    assert bare_holder(label) is None


def test_brackets_inside_a_holder_stay() -> None:
    assert bare_holder("Photo: Quillmark (London)") == "Quillmark (London)"


@given(st.text(max_size=400))
def test_no_line_makes_it_fail_and_the_raw_line_is_kept(line: str) -> None:
    found = split_credit(line)

    assert (found.raw is None) == (not split_credit(line).raw)
    assert found.credit != ""
    assert found.caption != ""


CREDIT_LINES = ("Photo: Ida Marsh", "[Featured Image by Ida Marsh/Lampblack]", "Credits: Quillmark")
NO_CREDIT_LINES = (
    "Image is everything in this town: ask the bridge.",
    "(Graphic: Bridges in 2031 - here)",
    "Credit where it is due, the bridge has never once been late.",
    "Photo: the day on which it sang. Nobody had expected it.",
)


@pytest.mark.parametrize("line", CREDIT_LINES)
def test_line_that_says_it_is_a_credit_is_one(line: str) -> None:
    assert is_labelled_credit(line)


@pytest.mark.parametrize("line", NO_CREDIT_LINES)
def test_sentence_is_no_credit_line(line: str) -> None:
    assert not is_labelled_credit(line)
