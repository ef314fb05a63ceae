"""The pages of a site: a story's own, and the lists of stories that lead to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from archive.article import PageKind
from crawler.newsroom.markup import Desk, Neighbour, write_body, write_figure
from crawler.newsroom.schema import write_schema
from crawler.newsroom.stories import SiteSheet
from crawler.newsroom.themes import Html, Theme, iso

_DESCRIPTION_LENGTH = 155
_BOXED = 3
"""How many neighbours stand in the box below a story; the rest are trending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page that is a list of stories: the front, a tag, a section, an author."""

    path: str
    heading: str
    cards: tuple[Neighbour, ...]
    tags: tuple[str, ...]
    elsewhere: tuple[tuple[str, str], ...]
    """Titles and addresses of the other sites."""


def write_story(desk: Desk, sheet: SiteSheet) -> Html:
    """Return the whole page of a story."""
    story = desk.edition.story
    published, modified = _local(desk, sheet)
    return desk.theme.fill(
        "page",
        language=desk.theme.language,
        title=sheet.title,
        base=desk.base,
        url=desk.url,
        kind=story.kind,
        og_type="video.other" if story.kind is PageKind.VIDEO else "article",
        headline=desk.edition.headline,
        short_headline=f"{story.tags[0]}: {desk.edition.headline}",
        description=_description(desk),
        kicker=desk.theme.optional("kicker", story.kicker),
        dek=desk.theme.optional("dek", desk.edition.dek),
        note=desk.theme.optional("note", story.note),
        published=iso(published),
        modified=iso(modified),
        published_utc=iso(published.astimezone(UTC)),
        modified_utc=iso(modified.astimezone(UTC)),
        date=published.strftime(desk.theme.date_format),
        schema=write_schema(desk, sheet.title, published, modified),
        body=write_body(desk),
        **_pictures(desk),
        **_people(desk),
        **_filing(desk, sheet),
        **_furniture(desk),
    )


def write_listing(listing: Listing, theme: Theme, sheet: SiteSheet, base: str) -> Html:
    """Return a page that lists stories."""
    return theme.fill(
        "listing",
        language=theme.language,
        title=sheet.title,
        base=base,
        url=base + listing.path,
        heading=listing.heading,
        tagline=sheet.tagline,
        cards=_each(_card(theme, "card", other) for other in listing.cards),
        tags=_tags(theme, base, listing.tags),
        elsewhere=_each(theme.fill("elsewhere", name=n, url=u) for n, u in listing.elsewhere),
        **_frame(theme, sheet, base),
    )


def _local(desk: Desk, sheet: SiteSheet) -> tuple[datetime, datetime]:
    zone = timezone(timedelta(hours=sheet.utc_offset_hours))
    return desk.edition.published_at.astimezone(zone), desk.edition.modified_at.astimezone(zone)


def _description(desk: Desk) -> str:
    """Return the dek; where there is none, the opening of the story as search engines cut it."""
    text = desk.edition.dek or desk.edition.story.passages[0].text
    cut = text[:_DESCRIPTION_LENGTH]
    return cut if cut == text else cut.rsplit(" ", 1)[0] + " …"


def _each(pieces: Iterable[str]) -> Html:
    return Html("".join(pieces))


def _pictures(desk: Desk) -> dict[str, str]:
    lead = desk.edition.story.lead
    if lead is None:
        return {"lead": Html(), "lead_url": f"{desk.base}/assets/logo.svg"}
    large, _ = desk.picture(lead)
    if desk.edition.story.kind is PageKind.VIDEO:
        return {"lead": desk.theme.fill("video", large=large), "lead_url": large}
    return {"lead": write_figure(desk, lead, "lead"), "lead_url": large}


def _people(desk: Desk) -> dict[str, str]:
    authors = desk.edition.story.authors
    addresses = [desk.base + desk.theme.author_path(person.slug) for person in authors]
    links = [
        desk.theme.fill("byline", name=person.name, url=url)
        for person, url in zip(authors, addresses, strict=True)
    ]
    cards = _each(
        desk.theme.fill(
            "author_card",
            name=person.name,
            url=url,
            role=person.role,
            bio=person.bio,
            count=person.articles_published,
        )
        for person, url in zip(authors, addresses, strict=True)
    )
    names = " and ".join(person.name for person in authors)
    return {"byline": Html(" and ".join(links)), "byline_names": names, "author_cards": cards}


def _filing(desk: Desk, sheet: SiteSheet) -> dict[str, str]:
    theme, story = desk.theme, desk.edition.story
    points = [theme.fill("key_point", text=text) for text in story.key_points]
    return {
        "section": story.section,
        "section_url": desk.base + theme.section_path(story.section),
        "tags": _tags(theme, desk.base, story.tags),
        "tag_names": ",".join(story.tags),
        "tag_metas": _each(theme.fill("tag_meta", name=tag) for tag in story.tags),
        "key_points": theme.fill("key_points", items=_each(points)) if points else Html(),
        **_frame(theme, sheet, desk.base),
    }


def _furniture(desk: Desk) -> dict[str, str]:
    boxed, trending = desk.neighbours[:_BOXED], desk.neighbours[_BOXED:]
    return {
        "related": _each(_card(desk.theme, "card", other) for other in boxed),
        "trending": _each(_card(desk.theme, "trend", other) for other in trending),
    }


def _card(theme: Theme, piece: str, other: Neighbour) -> Html:
    return theme.fill(piece, url=other.url, headline=other.headline, image=other.image)


def _tags(theme: Theme, base: str, tags: Iterable[str]) -> Html:
    return _each(theme.fill("tag", name=tag, url=base + theme.tag_path(tag)) for tag in tags)


def _frame(theme: Theme, sheet: SiteSheet, base: str) -> dict[str, str]:
    """Return the head and the foot that every page of a site shares."""
    sections = dict.fromkeys(story.section for story in sheet.stories)
    menu = _each(
        theme.fill("menu", name=name, url=base + theme.section_path(name)) for name in sections
    )
    return {
        "header": theme.fill("header", title=sheet.title, menu=menu),
        "footer": theme.fill("footer", title=sheet.title),
    }
