"""What a re-extraction hands out."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.journal.journal import Journal
from archive.layout import Layout
from archive.selection import Selection
from crawler.reextract.job import Job
from crawler.reextract.tasks import Task
from crawler.registry import known_sites


@dataclass(slots=True)
class Idle:
    """A crew that does nothing."""

    asked: list[Any] = field(default_factory=list)

    def perform(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
        """Note what is to be done."""
        self.asked += tasks
        return iter(())


def test_a_part_is_read_by_the_rules_of_whatever_site_its_pages_belong_to_now(store: Path) -> None:
    idle, designs = Idle(), known_sites().designs
    with closing(Journal.read(store / "journal.db")) as journal:
        Job(
            layout=Layout(store),
            journal=journal,
            designs=designs,
            crew=idle,
            selection=Selection(),
            report=lambda _: None,
            pause=lambda _: None,
        ).foresee()

    assert idle.asked
    assert {id(task.designs) for task in idle.asked} == {id(designs)}
    assert designs["fandomwire"]
