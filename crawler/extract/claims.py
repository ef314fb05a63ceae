"""What a page says of itself in JSON-LD and meta elements, before anybody looks at its text."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crawler.extract.structured import LinkedNode, linked_nodes, types_of
from crawler.extract.tree import Node, text_of
from crawler.extract.wording import letters, tidy, tidy_or_none, without_markup

_STRONG_TYPES: Final = frozenset(
    {"Article", "NewsArticle", "BlogPosting", "LiveBlogPosting", "Report", "Review"}
    | {"AnalysisNewsArticle", "BackgroundNewsArticle", "OpinionNewsArticle", "ReviewNewsArticle"}
    | {"ReportageNewsArticle", "AskPublicNewsArticle", "AdvertiserContentArticle", "TechArticle"}
    | {"SatiricalArticle", "ScholarlyArticle", "MedicalScholarlyArticle", "SocialMediaPosting"}
)
_WEAK_TYPES: Final = frozenset({"WebPage", "CreativeWork", "VideoObject", "Recipe", "ImageGallery"})
_ARTICLE_TYPES: Final = _STRONG_TYPES | _WEAK_TYPES
_FEWEST_KEYS: Final = 3
"""A node with less is a reference to another."""
_META_NAMES: Final = ("property", "name", "itemprop", "http-equiv")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonClaim:
    """One author as the page's metadata names them."""

    name: str
    url: str | None = None
    role: str | None = None
    is_person: bool = True
    """False when the metadata calls it an organisation."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The metadata of one page."""

    meta: Mapping[str, tuple[str, ...]]
    """The content of meta elements, in order, by lower-case name or property."""
    article: LinkedNode
    """The JSON-LD node that describes the article; empty when there is none."""
    nodes: tuple[LinkedNode, ...]
    title: str
    """The document's title; empty when it has none."""

    @property
    def headlines(self) -> tuple[str, ...]:
        """What the page calls itself, the most reliable first."""
        named = (self.text("headline"), self.first("og:title"), self.first("twitter:title"))
        return tuple(text for text in (*named, self.title) if text)

    @property
    def descriptions(self) -> tuple[str, ...]:
        """What the page says it is about."""
        names = ("og:description", "description", "twitter:description")
        named = (self.text("description"), *(self.first(name) for name in names))
        return tuple(text for text in named if text)

    @property
    def types(self) -> frozenset[str]:
        """The types of every JSON-LD node."""
        return frozenset[str]().union(*map(types_of, self.nodes))

    @property
    def is_article(self) -> bool:
        """Whether a JSON-LD node or Open Graph calls the page an article."""
        told = types_of(self.article) - _WEAK_TYPES
        return bool(told) or (self.first("og:type") or "").lower().endswith("article")

    @property
    def is_live(self) -> bool:
        """Whether a JSON-LD node calls the page a live blog."""
        return "LiveBlogPosting" in self.types

    @property
    def is_paywalled(self) -> bool | None:
        """Whether the page says that it is not free; None when it does not say."""
        for node in self.nodes:
            free = node.get("isAccessibleForFree")
            if free is not None:
                return str(free).strip().lower() in {"false", "0", "no"}
        return None

    @property
    def site_names(self) -> tuple[str, ...]:
        """What the publication is called, the most reliable first."""
        publishers = self._resolved(self.article.get("publisher"))
        named = (self.first("og:site_name"), self.first("application-name"))
        return tuple(filter(None, (*named, *(_text(node.get("name")) for node in publishers))))

    def first(self, *names: str) -> str | None:
        """Return the first meta content among these names that says something."""
        for name in names:
            for content in self.meta.get(name, ()):
                if text := tidy_or_none(content):
                    return text
        return None

    def all(self, *names: str) -> tuple[str, ...]:
        """Return every meta content among these names, in the order of the names."""
        return tuple(tidy(content) for name in names for content in self.meta.get(name, ()))

    def text(self, key: str) -> str | None:
        """Return a text of the article's JSON-LD node."""
        return _text(self.article.get(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of the article's JSON-LD node, whether it holds one or a list."""
        return tuple(text for value in _listed(self.article.get(key)) if (text := _text(value)))

    @property
    def people(self) -> tuple[PersonClaim, ...]:
        """The authors named by JSON-LD, references to other nodes followed."""
        for key in ("author", "creator"):
            people = tuple(map(_person, self._resolved(self.article.get(key))))
            if named := tuple(person for person in people if person is not None):
                return named
        return ()

    @property
    def images(self) -> tuple[str, ...]:
        """The addresses of images named by JSON-LD and Open Graph, best first."""
        nodes = self._resolved(self.article.get("image"))
        keys = ("url", "contentUrl", "name")
        found = [next(filter(None, (_text(node.get(key)) for key in keys)), "") for node in nodes]
        found += self.all("og:image", "twitter:image", "twitter:image:src")
        return tuple(url for url in found if url.startswith(("http", "/")))

    def _resolved(self, value: Any) -> list[LinkedNode]:
        """Return nodes for a value that may be text, a node, a reference, or a list of these."""
        by_id = {
            node["@id"]: node
            for node in self.nodes
            if isinstance(node.get("@id"), str) and len(node) > 1
        }
        resolved = []
        for item in _listed(value):
            if isinstance(item, str):
                resolved.append({"name": item})
            elif isinstance(item, dict):
                target = by_id.get(item.get("@id")) if isinstance(item.get("@id"), str) else None
                resolved.append({**(target or {}), **item})
        return resolved


def claims_of(root: Node, url: str) -> Claims:
    """Return what a page claims; reads the head and the scripts, so before they are pruned."""
    meta: dict[str, tuple[str, ...]] = {}
    for node in root.iter("meta"):
        # Some templates write `value`, and so do parsers that save the page they have read.
        content = node.get("content") or node.get("value")
        if content:
            for attribute in _META_NAMES:
                if name := (node.get(attribute) or "").strip().lower():
                    meta[name] = (*meta.get(name, ()), content)
                    break
    nodes = linked_nodes(root)
    called = tidy("".join(meta.get("og:title", ())[:1]))
    title = next((text_of(node) for node in root.iter("title")), "")
    return Claims(meta, _article_node(nodes, url, called), nodes, title)


def _article_node(nodes: Iterable[LinkedNode], url: str, title: str) -> LinkedNode:
    """Return the node that describes this page's article rather than one it links to.

    A page may carry a node for every teaser: the page's own address or title decides, then the
    more telling type, then the richer node.
    """

    def rank(node: LinkedNode) -> tuple[bool, bool, bool, int]:
        headline = _text(node.get("headline")) or _text(node.get("name")) or ""
        return (
            bool(types_of(node) - _WEAK_TYPES),
            _same_page(node, url),
            bool(headline) and letters(headline)[:40] == letters(title)[:40],
            len(node),
        )

    candidates = [
        node for node in nodes if types_of(node) & _ARTICLE_TYPES and len(node) >= _FEWEST_KEYS
    ]
    best = max(candidates, key=rank, default={})
    # A video that is neither this page nor called like it is one that the page shows: its name and
    # its date are its own.
    is_shown = types_of(best) == {"VideoObject"} and not any(rank(best)[1:3])
    return {} if is_shown else best


def _same_page(node: LinkedNode, url: str) -> bool:
    """Whether a node gives this page's address as its own."""
    own = url.split("#", maxsplit=1)[0].split("?", maxsplit=1)[0].rstrip("/").split("://")[-1]
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        value = value.get("@id") if isinstance(value, dict) else value
        if isinstance(value, str):
            theirs = value.split("#")[0].split("?")[0].rstrip("/").split("://")[-1]
            if theirs == own:
                return True
    return False


def _person(node: LinkedNode) -> PersonClaim | None:
    """Return the author a node names, or None when it names nobody."""
    name = " and ".join(filter(None, map(_text, _listed(node.get("name")))))
    if not name or name.startswith("http"):
        return None
    return PersonClaim(
        name=name,
        url=_text(node.get("url")) or next(iter(_listed(node.get("sameAs"))), None),
        role=_text(node.get("jobTitle")),
        is_person=not types_of(node) & {"Organization", "NewsMediaOrganization"},
    )


def _listed(value: Any) -> list[Any]:
    """Return a list whether the page wrote one or not."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str | None:
    """Return the text of a JSON value: entities resolved, markup gone, None when it is no text.

    Of a list the first; of a value object (JSON-LD 1.1 section 4.2) its value; a number's digits.
    """
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return tidy_or_none(without_markup(html.unescape(html.unescape(value))))
