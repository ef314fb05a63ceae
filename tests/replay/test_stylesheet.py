"""Every address of a stylesheet leads into the replay; nothing else of it changes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.replay.place import Place
from archive.replay.stylesheet import rewritten, sheet_addresses

PLACE = Place(digits="20260518120000", base="https://x.example/css/a.css")
HERE = "/20260518120000/https://x.example"

SHEETS = {
    "bare": ("a{b:url(c.png)}", f'a{{b:url("{HERE}/css/c.png")}}'),
    "quoted": ("url( 'c d.png' )", f'url("{HERE}/css/c%20d.png")'),
    "upper_case": ("URL(c)", f'url("{HERE}/css/c")'),
    "two": ("url(a),url(b)", f'url("{HERE}/css/a"),url("{HERE}/css/b")'),
    "elsewhere": ("url(//y.example/c)", 'url("/20260518120000/https://y.example/c")'),
    "escaped": (r"url(\68 ttps://y.example/c)", 'url("/20260518120000/https://y.example/c")'),
    "escaped_bracket": (r"url(c\).png)", f'url("{HERE}/css/c).png")'),
    "escaped_quote": (r'url("c\"d")', f'url("{HERE}/css/c%22d")'),
    "import": ('@import "b.css" print;', f'@import url("{HERE}/css/b.css") print;'),
    "import_close": ("@import'b.css'", f'@import url("{HERE}/css/b.css")'),
    "import_behind_comment": ('@import/* "c" */"b"', f'@import/* "c" */ url("{HERE}/css/b")'),
    "import_url": ("@import url(b.css);", f'@import url("{HERE}/css/b.css");'),
    "image_set": (
        'image-set("c" 1x, url(d) 2x) "e"',
        f'image-set(url("{HERE}/css/c") 1x, url("{HERE}/css/d") 2x) "e"',
    ),
    "type_within_a_set": (
        '-webkit-image-set("c" type("image/png"))',
        f'-webkit-image-set(url("{HERE}/css/c") type("image/png"))',
    ),
    "script": ("url(javascript:x)", 'url("about:invalid")'),
    "inline": ("url(data:image/png,x)", 'url("data:image/png,x")'),
    "inline_with_tags": (
        "url('data:image/svg+xml,<svg></style>')",
        'url("data:image/svg+xml,\\3c svg>\\3c /style>")',
    ),
    "fragment": ("url(#clip)", 'url("#clip")'),
    "unclosed": ("a{b:url(c", f'a{{b:url("{HERE}/css/c")'),
    "comment": ("/* url(c) */", "/* url(c) */"),
    "open_comment": ("/* url(c)", "/* url(c)"),
    "string": ("content: 'url(c)'", "content: 'url(c)'"),
    "open_string": ("a{b:'url(c)\nd:url(e)", f'a{{b:\'url(c)\nd:url("{HERE}/css/e")'),
    "namespace": ("@namespace url(http://www.w3.org/1999/xhtml);",) * 2,
    "other_function": ("myurl(c) var(--url)", "myurl(c) var(--url)"),
    "empty": ("url()", "url()"),
}


@pytest.mark.parametrize(("sheet", "expected"), SHEETS.values(), ids=SHEETS.keys())
def test_rewritten(sheet: str, expected: str) -> None:
    assert rewritten(sheet, PLACE) == expected


@pytest.mark.parametrize("part", ['"\\', "'\\", 'url("', "@import '", "/*", "url(x'"])
def test_what_never_ends_is_read_once(part: str) -> None:
    began = time.process_time()

    list(sheet_addresses(part * 50_000))

    assert time.process_time() - began < 2  # anew from each of its quotes, it would be a minute


@given(sheet=st.text(alphabet="ab:;{}() \n*/@'\"\\-"))
def test_a_sheet_without_addresses_stays_as_it_was(sheet: str) -> None:
    assert rewritten(sheet, PLACE) == sheet


@given(text=st.text())
def test_no_address_ends_the_element_that_a_sheet_stands_in(text: str) -> None:
    assert "<" not in rewritten(f'url("data:image/png,{text}")', PLACE).partition('")')[0]
