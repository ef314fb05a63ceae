"""Every path of a store lies inside of it, whatever a site or a file is called."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.errors import ConfigError
from archive.layout import SLUG, Layout, bare_name, slug

STORE = Layout(Path("/store"))
MAY = datetime(2026, 5, 31, 23, 59, tzinfo=UTC)

FIXED = {
    "journal": (STORE.journal, "journal.db"),
    "lock": (STORE.lock, "lock"),
    "warcs": (STORE.warcs, "warc"),
    "warc": (STORE.warc("a.warc.gz"), "warc/a.warc.gz"),
    "quarantine": (STORE.quarantine, "quarantine"),
    "tails": (STORE.tails, "quarantine/tails"),
    "staging": (STORE.staging, "staging"),
    "dataset": (STORE.dataset("articles"), "articles"),
    "partition": (STORE.partition("articles", "x", MAY), "articles/site=x/month=2026-05"),
    "run": (STORE.run("20260518T120000Z-9c41"), "runs/20260518T120000Z-9c41"),
}


@pytest.mark.parametrize(("path", "expected"), FIXED.values(), ids=FIXED.keys())
def test_a_store_is_laid_out_as_its_readme_says(path: Path, expected: str) -> None:
    assert path.relative_to(STORE.root).as_posix() == expected


SITES = {
    "a_name": ("variety", "variety"),
    "a_domain": ("www.x-news.example", "www-x-news-example"),
    "capitals": ("FandomWire", "fandomwire"),
    "runs_of_signs": ("x  &&  y", "x-y"),
    "edges": ("--x--", "x"),
    "way_out": ("../../etc/passwd", "etc-passwd"),
    "long": ("x" * 100, "x" * 63),
    "hyphen_at_the_cut": ("x" * 62 + ".y", "x" * 62),
    "mixed_script": ("é1", "1"),
}


@pytest.mark.parametrize(("site", "expected"), SITES.values(), ids=SITES.keys())
def test_a_site_becomes_a_folders_name(site: str, expected: str) -> None:
    assert slug(site) == expected


@pytest.mark.parametrize("site", ["", "...", "-", "Ж", "\0"])
def test_a_site_without_a_letter_or_digit_is_refused(site: str) -> None:
    with pytest.raises(ConfigError, match="no letter or digit"):
        slug(site)


def slug_or_none(site: str) -> str | None:
    try:
        return slug(site)
    except ConfigError:
        return None


@given(site=st.text() | st.from_regex(r"[a-zA-Z0-9./_-]{1,80}", fullmatch=True))
@example("x" * 62 + "-" + "y")
def test_a_folders_name_is_its_own_folders_name(site: str) -> None:
    name = slug_or_none(site)

    assert name is None or (SLUG.fullmatch(name) and slug(name) == name)


@given(site=st.text(), day=st.dates(min_value=date(1000, 1, 1)))
def test_a_partition_stays_inside_its_dataset(site: str, day: date) -> None:
    if (name := slug_or_none(site)) is None:
        return
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)

    folder = STORE.partition("articles", site, moment)

    assert folder.parts[-3:] == ("articles", f"site={name}", f"month={day.isoformat()[:7]}")
    assert folder.parent.parent.parent == STORE.root


WAYS_OUT = ("", ".", "..", "../x", "/etc/x", "a/b", "a\\b", "a\0b")


@pytest.mark.parametrize("name", WAYS_OUT, ids=map(repr, WAYS_OUT))
def test_a_name_that_leads_out_of_its_folder_is_refused(name: str) -> None:
    for place in (STORE.warc, STORE.run, bare_name):
        with pytest.raises(ConfigError, match="not the bare name"):
            place(name)


@given(name=st.text())
def test_a_file_of_the_archive_lies_in_the_archives_folder_or_nowhere(name: str) -> None:
    try:
        path = STORE.warc(name)
    except ConfigError:
        return

    assert path.parent == STORE.warcs
    assert path.name == name


def test_a_tail_never_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.tails.mkdir(parents=True)

    paths = []
    for _ in range(3):
        paths.append(layout.tail("a.warc.gz", 7))
        paths[-1].touch()

    assert [path.name for path in paths] == [f"a.warc.gz.tail-7.{count}" for count in (1, 2, 3)]
