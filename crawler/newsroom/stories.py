"""The invented stories, as their writers left them: texts, pictures and people, no markup yet."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from archive.article import PageKind
from crawler.newsroom.prose import Passage, read_passages

SITE_NAMES: Final = ("lampwick", "proscenium", "hearthside")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditForm:
    """One way in which sites print who holds the rights to a picture."""

    line: str = "{caption}"
    """The words in the caption's element."""
    credit: str | None = None
    """The words in an element of their own beside it; None when the line holds both."""


# The spellings that extraction must take apart; each occurs in some story.
_CREDIT_FORMS: Final[Mapping[str, CreditForm]] = {
    "pipe": CreditForm(line="{caption} | {credit}"),
    "photo_by": CreditForm(line="{caption} (Photo by {credit})"),
    "image_credit": CreditForm(line="{caption} (Image credit: {credit})"),
    "credits": CreditForm(credit="Credits: {credit}"),
    "photo": CreditForm(credit="Photo: {credit}"),
    "courtesy": CreditForm(credit="Courtesy of {credit}"),
    "bare": CreditForm(credit="{credit}"),
    "cite": CreditForm(credit="{credit}"),
    "cite_courtesy": CreditForm(credit="Courtesy of {credit}"),
    "cite_photo_by": CreditForm(credit="Photo by {credit}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One picture of a story."""

    name: str
    credit: str
    form: str
    caption: str | None = None
    alt: str | None = None
    """None where the site repeats the printed line as alt text."""
    lead: bool = False

    @property
    def printed_caption(self) -> str | None:
        """The words in the caption's element; None when it is left out."""
        if self.caption is None:
            return None
        line = _CREDIT_FORMS[self.form].line
        return line.format(caption=self.caption, credit=self.credit)

    @property
    def printed_credit(self) -> str | None:
        """The words in the credit's own element; None when the caption's line holds them."""
        credit = _CREDIT_FORMS[self.form].credit
        return credit.format(credit=self.credit) if credit else None

    @property
    def printed(self) -> str:
        """The whole line below the picture."""
        return " ".join(filter(None, (self.printed_caption, self.printed_credit)))

    @property
    def alt_text(self) -> str:
        """What the img element says."""
        return self.alt or self.printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who writes for a site."""

    name: str
    slug: str
    role: str | None = None
    bio: str | None = None
    articles_published: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story, and what an editor may later do to it."""

    slug: str
    headline: str
    section: str
    tags: tuple[str, ...]
    authors: tuple[Person, ...]
    passages: tuple[Passage, ...]
    figures: tuple[Figure, ...]
    kind: PageKind = PageKind.ARTICLE
    kicker: str | None = None
    dek: str | None = None
    key_points: tuple[str, ...] = ()
    note: str | None = None
    """A boxed note above the body, on spoilers or sources; None when there is none."""
    later_headline: str | None = None
    later_dek: str | None = None
    correction: str | None = None

    @property
    def lead(self) -> Figure | None:
        """The picture above the body; None when the story has none."""
        return next((figure for figure in self.figures if figure.lead), None)

    def figure(self, name: str) -> Figure:
        """Return the picture of that name."""
        return next(figure for figure in self.figures if figure.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSheet:
    """Everything that is written down about one site."""

    name: str
    title: str
    host: str
    tagline: str
    utc_offset_hours: int
    stories: tuple[Story, ...]
    gone: Mapping[str, int]
    """Paths that are advertised though nothing is there, and the status they answer with."""
    moved: Mapping[str, str]
    """Paths that answer with a redirect, and the slug of the story they lead to."""
    tracked: str | None
    """The slug that the front page links with tracking parameters; None when there is none."""


@cache
def read_sites() -> tuple[SiteSheet, ...]:
    """Return the three sites, in the order of `SITE_NAMES`."""
    return tuple(_read_site(name) for name in SITE_NAMES)


def _read_site(name: str) -> SiteSheet:
    path = files("crawler.newsroom") / "stories" / f"{name}.toml"
    sheet = tomllib.loads(path.read_text("utf-8"))
    people = {key: Person(**person) for key, person in sheet.pop("authors").items()}
    gone = sheet.pop("gone")
    moved = sheet.pop("moved", None)
    return SiteSheet(
        name=name,
        stories=tuple(_read_story(story, people) for story in sheet.pop("stories")),
        gone={gone["path"]: gone["status"]},
        moved={moved["from"]: moved["to"]} if moved else {},
        tracked=sheet.pop("tracked", None),
        **sheet,
    )


def _read_story(written: dict[str, Any], people: Mapping[str, Person]) -> Story:
    body = written.pop("body")
    return Story(
        authors=tuple(people[key] for key in written.pop("authors")),
        passages=read_passages(body),
        figures=tuple(Figure(**figure) for figure in written.pop("figures")),
        tags=tuple(written.pop("tags")),
        key_points=tuple(written.pop("key_points", ())),
        kind=PageKind(written.pop("kind", PageKind.ARTICLE)),
        **written,
    )
