"""One site of the newsroom: which stories are up, and how they change."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from crawler.newsroom.briefs import write_brief
from crawler.newsroom.edition import Edition, first_edition, next_edit
from crawler.newsroom.lots import draw, shuffle
from crawler.newsroom.markup import Desk, Neighbour
from crawler.newsroom.stories import SiteSheet
from crawler.newsroom.themes import Theme

_NEIGHBOURS: Final = 7


@dataclass(slots=True, kw_only=True)
class Site:
    """A site and its stories; every change it makes to itself is the same for the same seed."""

    sheet: SiteSheet
    theme: Theme
    opened_at: datetime
    seed: int
    gone: dict[str, int] = field(init=False)
    """Paths that sitemaps name though nothing stands there, and the status they answer with."""
    _up: dict[str, Edition] = field(init=False)
    _first: dict[str, Edition] = field(init=False)
    _turn: int = field(default=0, init=False)
    _briefs: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.gone = dict(self.sheet.gone)
        self._first = {edition.story.slug: edition for edition in self._first_editions()}
        self._up = dict(self._first)

    @property
    def editions(self) -> dict[str, Edition]:
        """The stories that are up, newest first, by the path of their page."""
        newest = sorted(self._up.values(), key=lambda e: e.published_at, reverse=True)
        return {self.theme.story_path(edition): edition for edition in newest}

    @property
    def changed_at(self) -> datetime:
        """When a story last appeared or changed."""
        return max(edition.modified_at for edition in self._up.values())

    @property
    def advertised(self) -> dict[str, datetime]:
        """Every path that sitemaps name, the moved and the gone too, with its last change."""
        up = {path: edition.modified_at for path, edition in self.editions.items()}
        return up | dict.fromkeys((*self.sheet.moved, *self.gone), self.opened_at)

    def desk(self, path: str, base: str) -> Desk | None:
        """Return what the page of a story is made from; None where no story stands."""
        edition = self.editions.get(urlsplit(path).path)
        if edition is None:
            return None
        # Boxes show the first headlines of the first stories, so that an edit changes one page.
        others = [e for e in self._first.values() if e.story.slug != edition.story.slug]
        chosen = shuffle(others, self.seed, edition.story.slug)[:_NEIGHBOURS]
        return Desk(
            theme=self.theme,
            base=base,
            edition=edition,
            paths={slug: self.theme.story_path(e) for slug, e in self._first.items()},
            neighbours=tuple(self.neighbour(other, base) for other in chosen),
        )

    def neighbour(self, edition: Edition, base: str) -> Neighbour:
        """Return a story as a box elsewhere shows it."""
        lead = edition.story.lead
        small = self.theme.picture_paths(edition, lead)[1] if lead else "/assets/logo.svg"
        url = base + self.theme.story_path(edition)
        return Neighbour(url=url, headline=edition.headline, image=base + small)

    def moved_to(self, path: str) -> str | None:
        """Return where a story that stood at a path is now; None where none has moved away."""
        slug = self.sheet.moved.get(path)
        return self.theme.story_path(self._first[slug]) if slug else None

    def picture(self, path: str) -> tuple[str, int, Edition] | None:
        """Return the name and the width of the picture at a path, and its story."""
        widths = (self.theme.image["width"], self.theme.image["small_width"])
        for edition in {**self._first, **self._up}.values():
            for figure in edition.story.figures:
                places = self.theme.picture_paths(edition, figure)
                if path in places:
                    return figure.name, widths[places.index(path)], edition
        return None

    def edit(self, at: datetime) -> Edition:
        """Change one story and return it as it stands now."""
        ready = shuffle(tuple(self._up.values()), self.seed, self.sheet.name, "edit")
        edition = next_edit(ready, self._turn, at)
        self._turn += 1
        self._up[edition.story.slug] = edition
        return edition

    def publish(self, at: datetime) -> Edition:
        """Put up one brief more and return it."""
        self._briefs += 1
        edition = first_edition(write_brief(self.sheet, self._briefs, self.seed), at)
        self._up[edition.story.slug] = edition
        return edition

    def republish(self, path: str, at: datetime) -> Edition:
        """Put a story up a second time, under another address, and return the new edition."""
        story = self.editions[path].story
        again = first_edition(replace(story, slug=f"{story.slug}-again"), at)
        self._up[again.story.slug] = again
        return again

    def withdraw(self, path: str, status: int) -> None:
        """Take a story down; sitemaps go on naming its path."""
        edition = self.editions[path]
        del self._up[edition.story.slug]
        self.gone[path] = status

    def _first_editions(self) -> Iterator[Edition]:
        for place, story in enumerate(shuffle(self.sheet.stories, self.seed, self.sheet.name)):
            minutes = 25 + 420 * place + draw(self.seed, story.slug, "minutes") % 360
            at = self.opened_at.replace(microsecond=0) - timedelta(minutes=minutes)
            yield first_edition(story, at)
