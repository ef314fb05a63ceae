"""Captures are found in an index whatever its size, and never in a line that is not there."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ConfigError, CorruptArchiveError
from archive.exchange import Location
from archive.index.cdxj import Entry
from archive.index.lookup import Around, lookup, lookup_around, lookup_prefix
from archive.surt import surt_key

NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
URLS = (
    "https://a.example/",
    "https://x.example/",
    "https://x.example/a",
    "https://x.example/a/b",
    "https://x.example/a?page=2",
    "https://x.example/about",
    "https://x.example/zz",
    "https://zz.example/caf\xe9",
)


def entry(url: str, second: int = 0, *, filler: int = 0) -> Entry:
    return Entry(
        urlkey=surt_key(url),
        captured_at=NOON + timedelta(seconds=second),
        url=url,
        mime="text/html" + "x" * filler,
        status=200,
        digest="sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
        location=Location(warc_filename="newsreel-a-00001.warc.gz", offset=second, length=9),
    )


def write_index(path: Path, entries: Sequence[Entry]) -> list[Entry]:
    """Write an index, and return its entries in its order."""
    ordered = sorted(entries, key=Entry.line)
    path.write_bytes(b"".join(each.line() for each in ordered))
    return ordered


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Return an index of every address, captured three times, a minute apart."""
    path = tmp_path / "index.cdxj"
    write_index(path, [entry(url, 60 * turn) for url in URLS for turn in range(3)])
    return path


@pytest.mark.parametrize("url", URLS)
def test_all_captures_of_an_address_are_found_oldest_first(index: Path, url: str) -> None:
    assert list(lookup(index, url)) == [entry(url, second) for second in (0, 60, 120)]


SAME = {
    "scheme": "http://x.example/a",
    "www": "https://www.x.example/a",
    "case": "https://X.example/A",
    "slash": "https://x.example/a/",
    "fragment": "https://x.example/a#b",
}


@pytest.mark.parametrize("url", SAME.values(), ids=SAME.keys())
def test_an_address_is_found_by_any_of_its_spellings(index: Path, url: str) -> None:
    assert [found.url for found in lookup(index, url)] == ["https://x.example/a"] * 3


NOT_THERE = ("https://0.example/", "https://x.example/ab", "https://zzz.example/", "junk", "")


@pytest.mark.parametrize("url", NOT_THERE)
def test_an_address_that_was_never_captured_is_not_found(index: Path, url: str) -> None:
    assert list(lookup(index, url)) == []
    assert lookup_around(index, url, NOON) == Around(before=None, after=None)


BELOW = {
    "a_site": ("https://x.example/", ["/", "/a", "/a/b", "/a?page=2", "/about", "/zz"]),
    "a_folder": ("https://x.example/a/", ["/a", "/a/b", "/a?page=2"]),
    "a_beginning": ("https://x.example/a", ["/a", "/a/b", "/a?page=2", "/about"]),
    "nothing": ("https://x.example/nothing", []),
}


@pytest.mark.parametrize(("url", "paths"), BELOW.values(), ids=BELOW.keys())
def test_a_prefix_finds_what_lies_below_it(index: Path, url: str, paths: list[str]) -> None:
    found = {each.url for each in lookup_prefix(index, url)}

    assert found == {f"https://x.example{path}" for path in paths}


# Seconds after noon, and those of the captures before and after; captures are at 0, 60 and 120.
MOMENTS = {
    "before_all": (-0.5, None, 0),
    "at_the_first": (0, 0, 60),
    "in_the_second_of_the_first": (0.9, 0, 60),
    "between": (59, 0, 60),
    "at_one": (60, 60, 120),
    "at_the_last": (120, 120, None),
    "behind_all": (86_400, 120, None),
}


@pytest.mark.parametrize(("at", "before", "after"), MOMENTS.values(), ids=MOMENTS.keys())
@pytest.mark.parametrize("url", [URLS[0], URLS[3], URLS[-1]])
def test_the_captures_around_a_moment_are_of_that_address(
    index: Path, url: str, at: float, before: int | None, after: int | None
) -> None:
    found = lookup_around(index, url, NOON + timedelta(seconds=at))

    assert found == Around(
        before=None if before is None else entry(url, before),
        after=None if after is None else entry(url, after),
    )


@given(
    captures=st.lists(
        st.builds(
            entry,
            st.sampled_from(URLS),
            st.integers(0, 9),
            filler=st.integers(0, 200),
        ),
        max_size=40,
    ),
    url=st.sampled_from(URLS),
    second=st.integers(-1, 10),
)
def test_halving_finds_what_reading_all_finds(
    tmp_path_factory: pytest.TempPathFactory, captures: list[Entry], url: str, second: int
) -> None:
    path = tmp_path_factory.mktemp("law") / "index.cdxj"
    mine = [each for each in write_index(path, captures) if each.url == url]
    at = NOON + timedelta(seconds=second)
    earlier = [each for each in mine if each.captured_at <= at]
    later = [each for each in mine if each.captured_at > at]

    assert list(lookup(path, url)) == mine
    assert lookup_around(path, url, at) == Around(
        before=earlier[-1] if earlier else None, after=later[0] if later else None
    )


def test_an_index_that_is_cut_off_anywhere_gives_no_wrong_capture(tmp_path: Path) -> None:
    whole = write_index(
        tmp_path / "whole", [entry(url, second) for url in URLS[:3] for second in (0, 1)]
    )
    content = (tmp_path / "whole").read_bytes()
    path = tmp_path / "index.cdxj"
    refused = 0
    for end in range(len(content)):
        path.write_bytes(content[:end])
        for url in URLS[:3]:
            found = found_or_refused(path, url)
            refused += found is None
            if found is not None:
                assert found == [each for each in whole if each.url == url][: len(found)]

    assert refused > len(content) // 2


def found_or_refused(path: Path, url: str) -> list[Entry] | None:
    """Return what is found; None when the index is refused as corrupt."""
    try:
        return list(lookup(path, url))
    except CorruptArchiveError:
        return None


def test_damage_in_the_middle_is_named_where_it_is_read(index: Path) -> None:
    content = index.read_bytes()
    offset = content.index(b"example,x)/a 20260518120100")
    index.write_bytes(content.replace(b'"60", "filename"', b'"6O", "filename"'))

    with pytest.raises(CorruptArchiveError) as caught:
        list(lookup(index, "https://x.example/a"))

    assert caught.value.offset == offset
    assert next(lookup(index, "https://x.example/a")) == entry("https://x.example/a")


def test_without_an_index_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no index at"):
        list(lookup(tmp_path / "index.cdxj", "https://x.example/"))
