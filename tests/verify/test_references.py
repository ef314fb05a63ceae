"""A journal that contradicts itself is named, sentence by sentence; every check has its damage."""

from pathlib import Path

import pytest

from archive.verify.problem import Check
from archive.verify.store import verify
from tests.verify.small_store import change_journal
from tests.verify.test_rows import DAMAGES as ROW_DAMAGES
from tests.verify.test_warcs import DAMAGES as WARC_DAMAGES

CONTRADICTIONS = {
    "capture_of_no_address": ("UPDATE capture SET address_id = 999", "is of no address"),
    "capture_of_no_run": ("UPDATE capture SET run_id = 'x'", "capture <urn:uuid:"),
    "capture_in_no_warc": ("UPDATE capture SET warc_filename = 'x.gz'", "which is not named"),
    "capture_beyond_the_end": (
        "UPDATE capture SET warc_offset = 99999",
        "behind the committed end",
    ),
    "capture_of_a_request": ("UPDATE capture SET record_type = 'request'", "has a request record"),
    "answer_without_a_place": ("UPDATE capture SET warc_filename = NULL", "has a response record"),
    "two_at_one_time": (
        "UPDATE capture SET fetched_at = 5, url = 'x'",
        "captures of x have the same",
    ),
    "capture_in_no_part": ("UPDATE capture SET part_id = 999", "is in no part of captures"),
    "warc_of_no_run": ("UPDATE warc SET run_id = 'x'", "is of no run"),
    "part_of_no_run": ("UPDATE part SET run_id = 'x'", "is of no run"),
    "version_of_no_capture": ("UPDATE version SET capture_id = 999", "of no capture that was read"),
    "version_in_no_part": ("UPDATE version SET part_id = 999", "is in no part of articles"),
    "settled_without_a_fate": ("UPDATE address SET fate = NULL", "is settled without a fate"),
    "archived_without_a_version": ("DELETE FROM version", "an article that has no version"),
    "decided_by_no_capture": ("UPDATE address SET capture_id = 999", "decided by no capture"),
    "validators_of_no_response": (
        "UPDATE address SET payload_id = 999",
        "validators of no response",
    ),
}


@pytest.mark.parametrize(
    ("statement", "sentence"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys()
)
def test_a_journal_that_contradicts_itself_is_named(
    statement: str, sentence: str, store: Path
) -> None:
    change_journal(store, statement)

    found = [p.what for p in verify(store).problems if p.check is Check.REFERENCE]

    assert [what for what in found if sentence in what]


def test_every_check_has_a_damage_that_it_names() -> None:
    named = {case.check for case in WARC_DAMAGES.values()}
    named |= {check for _, checks in ROW_DAMAGES.values() for check in checks}

    # Those stand in test_indexes.py, tests/forget, tests/rendering and test_sound.py.
    elsewhere = {Check.REFERENCE, Check.INDEX, Check.WITHDRAWN, Check.CONVERSION, Check.RUN}
    assert named | elsewhere == set(Check)
