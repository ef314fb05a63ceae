"""The JSON-LD that a story's page carries, in the three shapes that sites give it."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from archive.article import PageKind
from crawler.newsroom.markup import Desk
from crawler.newsroom.stories import Person
from crawler.newsroom.themes import Html, iso

_TYPES: Final = {
    PageKind.LIVE_BLOG: "LiveBlogPosting",
    PageKind.VIDEO: "VideoObject",
    PageKind.GALLERY: "ImageGallery",
}


def write_schema(desk: Desk, title: str, published: datetime, modified: datetime) -> Html:
    """Return the script element; the times are in the site's own zone."""
    facts = _facts(desk, published, modified)
    shaped = _SHAPES[desk.theme.schema](desk, title, facts)
    # "</script>" in a headline would end the element: JSON may write "<" as an escape.
    text = json.dumps(shaped, ensure_ascii=False).replace("<", "\\u003c")
    return Html(f'<script type="application/ld+json">{text}</script>')


def _facts(desk: Desk, published: datetime, modified: datetime) -> dict[str, Any]:
    edition, lead = desk.edition, desk.edition.story.lead
    story = edition.story
    facts = {
        "@type": _TYPES.get(story.kind, "NewsArticle"),
        "headline": edition.headline,
        "datePublished": iso(published),
        "dateModified": iso(modified),
        "mainEntityOfPage": desk.url,
        "articleSection": story.section,
        "keywords": list(story.tags),
        "isAccessibleForFree": story.kind is not PageKind.PAYWALL,
    }
    if lead:
        size = {name: desk.theme.image[name] for name in ("width", "height")}
        facts["image"] = {"@type": "ImageObject", "url": desk.picture(lead)[0], **size}
    if story.kind is PageKind.PAYWALL:
        facts["hasPart"] = {
            "@type": "WebPageElement",
            "isAccessibleForFree": False,
            "cssSelector": f".{desk.theme.body_element}",
        }
    if story.kind is PageKind.VIDEO:
        facts |= {"name": edition.headline, "uploadDate": iso(published), "duration": "PT2M31S"}
    return facts


def _person(desk: Desk, person: Person) -> dict[str, Any]:
    address = desk.base + desk.theme.author_path(person.slug)
    return {"@type": "Person", "name": person.name, "url": address}


def _graph(desk: Desk, title: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Return one graph whose nodes refer to each other, as WordPress writes it."""
    people = [_person(desk, person) for person in desk.edition.story.authors]
    named = [{"@id": f"{person['url']}#person"} for person in people]
    article = facts | {
        "@id": f"{desk.url}#article",
        "author": named,
        "inLanguage": desk.theme.language,
    }
    site = {
        "@type": "WebSite",
        "@id": f"{desk.base}/#website",
        "name": title,
        "url": f"{desk.base}/",
    }
    nodes = [article, site, *(p | key for p, key in zip(people, named, strict=True))]
    return {"@context": "https://schema.org", "@graph": nodes}


def _single(desk: Desk, title: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Return one object, its authors as names."""
    names = [{"@type": "Person", "name": person.name} for person in desk.edition.story.authors]
    publisher = {"@type": "Organization", "name": title}
    return {"@context": "http://schema.org", "author": names, "publisher": publisher, **facts}


def _list(desk: Desk, title: str, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a list of one object of two types, its authors with their jobs."""
    people = [
        _person(desk, person) | {"jobTitle": person.role, "description": person.bio}
        for person in desk.edition.story.authors
    ]
    publisher = {"@type": "Organization", "name": title}
    shaped = facts | {"@type": [facts["@type"]], "author": people, "publisher": publisher}
    return [{"@context": "http://schema.org", **shaped}]


_SHAPES: Final[Mapping[str, Callable[[Desk, str, dict[str, Any]], object]]] = {
    "graph": _graph,
    "single": _single,
    "list": _list,
}
