"""A re-extraction: task by task into files beside the store, then all of them in one step.

A job that was killed goes on with what it had finished, whoever did it; and crawls go on writing
meanwhile, for only the last step holds the store.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.layout import Layout
from archive.selection import Selection
from archive.store import Store
from crawler.reextract.crew import Crew
from crawler.reextract.finds import Find, pages_without_row
from crawler.reextract.publishing import Publishing
from crawler.reextract.rereading import Designs, Tally
from crawler.reextract.tasks import FindRows, Order, Output, RereadPart, Task

_ARTICLES: Final = "articles"


@dataclass(slots=True)
class Outcome:
    """What a re-extraction makes of a store, or would."""

    sites: dict[str, Tally] = field(default_factory=dict)
    new: Counter[str] = field(default_factory=Counter)
    """Versions of articles that had no row, by site."""
    snapshot: int | None = None
    """The one in which it is published; None when nothing changed, or nothing was written."""

    def tally(self, site: str) -> Tally:
        """Return a site's tally."""
        return self.sites.setdefault(site, Tally())

    @property
    def total(self) -> Tally:
        """All sites' tallies together."""
        total = Tally()
        for each in self.sites.values():
            total.add(each)
        return total

    def count(self, outputs: Sequence[Output]) -> None:
        """Count in what became of the rows of parts."""
        for output in outputs:
            self.tally(_site_of(output.part)).add(output.tally)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One re-extraction of a store."""

    layout: Layout
    journal: Journal
    """For reading."""
    designs: Designs
    """All of them: an address may belong to another site now than its part does."""
    crew: Crew
    selection: Selection
    report: Callable[[str], None]
    pause: Callable[[float], None]
    """Waits some seconds, while plain readers are refused where rows change."""

    def foresee(self) -> Outcome:
        """Return what would change; nothing is written."""
        order = Order(selection=self.selection, is_rehearsal=True)
        outcome = Outcome()
        outcome.count(self._outputs(order))
        outcome.new.update(find.site for find in self._finds(order))
        return outcome

    def carry_out(
        self, open_store: Callable[[], AbstractContextManager[Store]], *, now: datetime
    ) -> Outcome:
        """Read everything again and publish what changed as the next snapshot.

        Parts that a compaction replaced meanwhile are read again under their new names.
        """
        order = Order(selection=self.selection, is_rehearsal=False)
        outcome = Outcome()
        found = self._finds(order)
        while True:
            outputs = self._outputs(order)
            with open_store() as store:
                named = {part.path: part.sha256 for part in store.journal.parts.all()}
                if all(named.get(each.part.path) == each.part.sha256 for each in outputs):
                    publishing = Publishing(store=store, run_id=order.run_id, pause=self.pause)
                    outcome.snapshot, outcome.new = publishing.publish(outputs, found, now=now)
                    break
        outcome.count(outputs)
        shutil.rmtree(self.layout.rereading, ignore_errors=True)
        return outcome

    def _outputs(self, order: Order) -> tuple[Output, ...]:
        """Return every part that may hold selected rows, read again, in the store's order."""
        parts = [part for part in self.journal.parts.all() if part.dataset == _ARTICLES]
        tasks = [
            RereadPart(order=order, part=part, designs=self.designs)
            for part in parts
            if self._is_meant(part)
        ]
        # The long ones first: no process is left alone with one of them at the end.
        tasks.sort(key=lambda task: task.part.rows, reverse=True)
        outputs = {output.part.path: output for _, output in self._performed(tasks)}
        return tuple(outputs[part.path] for part in parts if part.path in outputs)

    def _finds(self, order: Order) -> tuple[Find, ...]:
        """Return the articles among the pages without a row, site by site."""
        tasks = [
            FindRows(order=order, site=site, captures=tuple(captures), designs=self.designs)
            for site, captures in pages_without_row(self.journal).items()
            if self.selection.site in {None, site}
        ]
        tasks.sort(key=lambda task: len(task.captures), reverse=True)
        found = {task.title: finds for task, finds in self._performed(tasks)}
        return tuple(find for title in sorted(found) for find in found[title])

    def _performed(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
        """Have tasks done, and tell how far that is; yield each with its outcome."""
        for done, (task, outcome) in enumerate(self.crew.perform(tasks), 1):
            self.report(f"{done} of {len(tasks)} done: {task.title}")
            yield task, outcome

    def _is_meant(self, part: PublishedPart) -> bool:
        """Whether a part may hold selected rows: by its site and its month."""
        site, month = _site_of(part), _month_of(part)
        since, until = self.selection.since, self.selection.until
        return (
            self.selection.site in {None, site}
            and (since is None or month >= f"{since:%Y-%m}")
            and (until is None or month <= f"{until:%Y-%m}")
        )


def _site_of(part: PublishedPart) -> str:
    return part.path.split("/")[1].removeprefix("site=")


def _month_of(part: PublishedPart) -> str:
    return part.path.split("/")[2].removeprefix("month=")
