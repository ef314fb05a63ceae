"""What a site file declares: where its fields stand, since when, and how often they are filled."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Final, cast

from cssselect import SelectorError
from lxml.cssselect import CSSSelector

from archive.article import Article
from archive.errors import ConfigError
from crawler.extract.tree import Node

# Each promise a site file can make, and when an article keeps it. The set is closed: a promise
# about anything else would never be measured.
_FILLED: Final[Mapping[str, Callable[[Article], bool]]] = MappingProxyType(
    {
        "headline": lambda article: bool(article.headline),
        "kicker": lambda article: bool(article.kicker),
        "dek": lambda article: bool(article.dek),
        "key_points": lambda article: bool(article.key_points),
        "text": lambda article: bool(article.text),
        "quotes": lambda article: bool(article.quotes),
        "images": lambda article: bool(article.images),
        "lead_image": lambda article: any(image.role == "lead" for image in article.images),
        "captions": lambda article: any(image.caption for image in article.images),
        "credits": lambda article: any(image.credit for image in article.images),
        "authors": lambda article: bool(article.authors),
        "author_bio": lambda article: any(author.bio for author in article.authors),
        "tags": lambda article: bool(article.tags),
        "section": lambda article: bool(article.section),
        "published_at": lambda article: article.published_at is not None,
        "modified_at": lambda article: article.modified_at is not None,
    }
)


@cache
def compiled(selector: str) -> CSSSelector:
    """Return a CSS selector ready for use, or raise ConfigError when it is none."""
    try:
        return CSSSelector(selector, translator="html")
    except SelectorError as error:
        raise ConfigError(f"{selector!r} is not a CSS selector: {error}") from error


def nodes_matching(selector: str | None, root: Node) -> list[Node]:
    """Return the elements a selector finds, in reading order; none for no selector."""
    return cast("list[Node]", compiled(selector)(root)) if selector else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Where the fields of one design of a site stand, each as a CSS selector.

    A field without a selector is read as on any other site; so is one whose selector finds
    nothing, which is recorded as a warning.
    """

    headline: str | None = None
    kicker: str | None = None
    """The label above the headline."""
    dek: str | None = None
    """The standfirst below the headline."""
    key_points: str | None = None
    """The bullets themselves, one element each."""
    body: str | None = None
    """The element, or the elements, that hold the body and nothing before or after it."""
    figure: str | None = None
    """The element that holds one image with its caption and credit."""
    caption: str | None = None
    """Within a figure, or directly beside one."""
    credit: str | None = None
    """Within a figure, or directly beside one."""
    quote: str | None = None
    """Block quotes that are not marked up as such."""
    byline: str | None = None
    """One element an author; its text is the name, its link the author's page."""
    author_card: str | None = None
    """The box about an author below the body."""
    author_bio: str | None = None
    """Within an author card."""
    published: str | None = None
    """An element with a `datetime` or `content` attribute, or a text that says it."""
    tags: str | None = None
    """One element a tag."""
    furniture: tuple[str, ...] = ()
    """What stands in the body without belonging to it."""

    def __post_init__(self) -> None:
        """Refuse a selector that cannot be read before any page is."""
        for rule in fields(self):
            value = getattr(self, rule.name)
            for selector in value if isinstance(value, tuple) else (value,):
                if selector is not None:
                    compiled(selector)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """One design of a site, and the days on which the site wore it."""

    name: str
    """Written into `rules_version` of every row, e.g. `fandomwire/2024`."""
    rules: Rules = Rules()
    valid_from: date | None = None
    """The first day; None when it has always been so."""
    valid_until: date | None = None
    """The last day; None when it is still so."""

    def covers(self, day: date) -> bool:
        """Whether the site wore this design on that day."""
        began = self.valid_from is None or self.valid_from <= day
        return began and (self.valid_until is None or day <= self.valid_until)


def design_for(designs: Sequence[Design], captured_at: datetime | None) -> Design | None:
    """Return the design a page was captured in, or None when none covers that day.

    A page of unknown age is taken for a page of today; of two designs that cover a day, the later
    one wins.
    """
    if captured_at is None:
        matching = [design for design in designs if design.valid_until is None]
    else:
        matching = [design for design in designs if design.covers(captured_at.date())]
    return max(matching, key=lambda design: design.valid_from or date.min, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a site promises of its articles; a crawl that breaks a promise exits non-zero."""

    required: tuple[str, ...] = ("headline", "text", "published_at")
    """Fields that every article has."""
    optional: Mapping[str, float] = field(default_factory=dict)
    """Fields that this share of the articles has, 0 to 1."""
    article_every: timedelta | None = None
    """How long the site may be without a new article; None: nobody promised."""

    def __post_init__(self) -> None:
        """Refuse a promise that cannot be measured."""
        unknown = sorted({*self.required, *self.optional} - _FILLED.keys())
        if unknown:
            raise ConfigError(f"no promise can be made about {', '.join(unknown)}")
        if self.article_every is not None and self.article_every <= timedelta():
            raise ConfigError("article_every must be longer than nothing")
        for name, rate in self.optional.items():
            if not 0 < rate <= 1:
                raise ConfigError(f"the fill rate of {name} must be above 0 and at most 1: {rate}")

    @property
    def rates(self) -> Mapping[str, float]:
        """The least fill rate of every field promised."""
        return {**dict.fromkeys(self.required, 1.0), **self.optional}


def filled_fields(article: Article) -> frozenset[str]:
    """Return the fields, of those that can be promised, that an article fills."""
    return frozenset(name for name, is_filled in _FILLED.items() if is_filled(article))
