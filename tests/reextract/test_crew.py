"""Tasks done by processes: one that is killed costs its time, and no row."""

import os
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.errors import ConfigError
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.selection import Selection
from crawler.reextract.crew import Ground, LocalCrew, perform_here
from crawler.reextract.edition import reader_edition
from crawler.reextract.tasks import Order, RereadPart
from tests.e2e.command import NEWSREEL
from tests.reextract.dying import Dying
from tests.reextract.older_rows import read_by_another


def ground_of(store: Path) -> Ground:
    return Ground(root=store, journal=store / "journal.db", edition=reader_edition())


def part_of(store: Path) -> RereadPart:
    with closing(Journal.read(store / "journal.db")) as journal:
        (part,) = (each for each in journal.parts.all() if each.dataset == "articles")
    order = Order(selection=Selection(), is_rehearsal=False)
    return RereadPart(order=order, part=part, designs={})


def test_a_process_killed_within_a_part_costs_no_row_and_doubles_none(
    store: Path, tmp_path: Path
) -> None:
    read_by_another(store, lambda _: True)
    task = Dying(part=part_of(store), died=tmp_path / "died")

    with LocalCrew(ground_of(store), workers=2) as crew:
        ((_, output),) = crew.perform([task])

    assert task.died.exists()
    assert output.tally.changed == output.tally.rows == output.part.rows == len(output.versions)
    assert output.file.parent == Layout(store).rereading / task.part.order.name


def test_a_worker_of_another_edition_is_refused(store: Path) -> None:
    other = replace(ground_of(store), edition="0" * 64)

    with pytest.raises(ConfigError, match="same Newsreel"):
        perform_here(part_of(store), other)


def test_a_machine_where_no_process_can_begin_is_told_in_one_sentence(
    store: Path, tmp_path: Path
) -> None:
    no_room_for_a_socket = tmp_path / ("x" * 100)
    no_room_for_a_socket.mkdir()

    ended = subprocess.run(
        [*NEWSREEL, "reextract", "--store", store, "--dry-run"],
        env={**os.environ, "TMPDIR": str(no_room_for_a_socket)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode != 0
    assert ended.stderr.splitlines()[-1].startswith("error: the processes that read pages cannot")
    assert "Traceback" not in ended.stderr
