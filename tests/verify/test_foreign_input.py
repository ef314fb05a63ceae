"""A damaged WARC as input: whatever is wrong with it, the rest is read, and places are told."""

from pathlib import Path

import pytest

from archive.errors import ConfigError
from archive.warc.foreign import Damage, ForeignRecord, read_any
from tests.origin.damaged import PAGES, ROWS, Harm
from tests.verify.small_store import FIRST_WARC
from tests.verify.test_reference_page import MATRIX
from tests.verify.test_warcs import DAMAGES


def read(root: Path) -> tuple[list[ForeignRecord], list[Damage]]:
    """Return the pages of the first run's file, and what is said to be damaged."""
    damages: list[Damage] = []
    return list(read_any(root / "warc" / FIRST_WARC, on_damage=damages.append)), damages


def test_the_sound_file_has_all_its_pages(sound: Path) -> None:
    pages, damages = read(sound)

    assert (len(pages), damages) == (PAGES, [])


@pytest.mark.parametrize("name", [name for name, harm in ROWS.items() if harm.pages])
def test_of_a_damaged_file_the_rest_is_read(name: str, store: Path) -> None:
    harm: Harm = ROWS[name]
    offset = DAMAGES[name].damage(store)

    pages, damages = read(store)

    assert len(pages) == harm.pages
    assert sum(page.problem is not None for page in pages) == harm.breaking_off
    assert [damage.offset for damage in damages] == [offset] * harm.damages


def test_an_empty_file_is_said_to_be_empty(store: Path) -> None:
    DAMAGES["empty_file"].damage(store)

    with pytest.raises(ConfigError, match="is empty"):
        read(store)


def test_every_damage_that_verify_names_is_tried_as_input() -> None:
    assert list(ROWS) == list(DAMAGES)[:MATRIX]
