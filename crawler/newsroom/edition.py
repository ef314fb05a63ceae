"""A story as it stands on its site now: when it appeared and what editors did to it since."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from crawler.newsroom.stories import Story


class Change(StrEnum):
    """What an editor can do to a story that is up."""

    HEADLINE = "headline"
    CORRECTION = "correction"
    DEK = "dek"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One story as readers see it now."""

    story: Story
    published_at: datetime
    modified_at: datetime
    headline: str
    dek: str | None
    added: tuple[str, ...] = ()
    """Paragraphs that editors put below the body: corrections and updates."""
    changes: tuple[Change, ...] = ()
    """What was done to it, oldest first."""


def first_edition(story: Story, at: datetime) -> Edition:
    """Return a story as it was published."""
    return Edition(
        story=story, published_at=at, modified_at=at, headline=story.headline, dek=story.dek
    )


def _change_headline(edition: Edition) -> Edition | None:
    later = edition.story.later_headline
    return replace(edition, headline=later) if later and later != edition.headline else None


def _add_correction(edition: Edition) -> Edition | None:
    said = edition.story.correction
    return replace(edition, added=(*edition.added, said)) if said and not edition.added else None


def _change_dek(edition: Edition) -> Edition | None:
    later = edition.story.later_dek
    return replace(edition, dek=later) if later and later != edition.dek else None


def _add_update(edition: Edition) -> Edition | None:
    nth = len(edition.added) + 1
    said = (
        f"Update {nth}: {edition.story.tags[0]} could not be reached again before this was filed."
    )
    return replace(edition, added=(*edition.added, said))


# An update can always be added, so that the editors of a long simulation never run out.
_CHANGES: Final[Mapping[Change, Callable[[Edition], Edition | None]]] = {
    Change.HEADLINE: _change_headline,
    Change.CORRECTION: _add_correction,
    Change.DEK: _change_dek,
    Change.UPDATE: _add_update,
}
_TURNS: Final = (Change.HEADLINE, Change.CORRECTION, Change.DEK)


def next_edit(editions: Iterable[Edition], turn: int, at: datetime) -> Edition:
    """Return one of the editions with the change of this turn made to it.

    Headline, correction and dek take turns. The first edition, in the order given, that can take
    the change and has not been touched gets it; when none can, the least touched gets an update.
    """
    rows = sorted(
        (edition for edition in editions if edition.story.kind.is_article),
        key=lambda edition: len(edition.changes),
    )
    for wanted in (_TURNS[turn % len(_TURNS)], Change.UPDATE):
        for edition in rows:
            if edition.changes and wanted is not Change.UPDATE:
                continue
            if changed := _CHANGES[wanted](edition):
                return replace(changed, modified_at=at, changes=(*edition.changes, wanted))
    raise LookupError("a site without articles has nothing to edit")
