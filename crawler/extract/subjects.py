"""What it is about: tags, section and language, as the page files itself."""

import re
from collections.abc import Iterable
from typing import Final

from crawler.extract.claims import Claims
from crawler.extract.marks import Mark
from crawler.extract.story import Story
from crawler.extract.tree import Node, text_of
from crawler.extract.wording import letters, tidy

_LANGUAGE: Final = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")
_FILING: Final = re.compile(r"\s*[a-z][\w-]*:")
"""What a system files for itself among the keywords: `content-type: Standard Article`."""
_MOST: Final = 60
_LONGEST: Final = 50
_NOT_ITS_OWN: Final = Mark.HIDDEN | Mark.LISTING | Mark.COMMENTS | Mark.AUTHOR
_REGION: Final = 2


def read_tags(claims: Claims) -> tuple[str, ...]:
    """Return the tags of the metadata, the most explicit list alone."""
    sources = (
        claims.all("article:tag", "og:article:tag", "og:video:tag"),
        tuple(claims.texts("keywords")),
        claims.all("parsely-tags", "sailthru.tags", "news_keywords", "keywords", "swiftype:tags"),
    )
    for values in sources:
        if tags := _split(values):
            return tags
    return ()


def displayed_tags(story: Story) -> tuple[str, ...]:
    """Return the tags that a page displays with its story; asked when its metadata has none."""
    found: dict[str, str] = {}
    for piece in story.flow[story.headline_at :]:
        marks = story.region.marks(piece)
        if piece.links and not marks & _NOT_ITS_OWN:
            tagged = [link for link in piece.links if marks & Mark.TAGS or _is_tag_link(link)]
            for link in tagged:
                text = text_of(link).strip(" ,#")
                if 1 < len(text) <= _LONGEST and letters(text):
                    found.setdefault(letters(text), text)
    return tuple(list(found.values())[:_MOST])


def _is_tag_link(link: Node) -> bool:
    """Whether a link says that it leads to a tag (HTML, section 4.6.6.24), and not to a section."""
    kinds = (link.get("rel") or "").split()
    return "tag" in kinds and "category" not in kinds and "/category/" not in link.get("href", "")


def read_section(claims: Claims) -> str | None:
    """Return the section, or None when the page names none."""
    for values in (
        claims.all("article:section"),
        claims.texts("articleSection"),
        claims.all("parsely-section", "section", "og:section", "category"),
    ):
        for value in values:
            if value:
                return value
    return None


def read_language(root: Node, claims: Claims) -> str | None:
    """Return the language the page declares as a BCP 47 tag, or None."""
    for value in (
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        claims.text("inLanguage"),
        claims.first("content-language", "og:locale", "language"),
    ):
        if value and _LANGUAGE.match(value.strip()):
            primary, *rest = value.strip().replace("_", "-").split("-")
            # Regions are two letters and written in upper case (BCP 47, section 2.1.1).
            rest = [part.upper() if len(part) == _REGION else part for part in rest]
            return "-".join([primary.lower(), *rest])
    return None


def _split(values: Iterable[str]) -> tuple[str, ...]:
    """Return single tags, each once, from lists that may be joined by commas."""
    listed = list(values)
    if len(listed) == 1:
        listed = re.split(r"\s*[,;]\s*", listed[0])
    tags = {
        letters(tag): tidy(tag)
        for tag in reversed(listed)
        if letters(tag) and not _FILING.match(tag)
    }
    return tuple(list(tags.values())[::-1][:_MOST])
