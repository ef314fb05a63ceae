"""A page's markup with every word of it replaced: where the golden page of a new site begins.

No article of somebody else's belongs into a repository; its markup is what the rules read. Equal
words are replaced by equal ones, so that the headline is still what the page's metadata calls it.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lxml import html

from archive.address import registrable_domain
from crawler.extract.decode import decode
from crawler.extract.page import SourcePage
from crawler.extract.tree import Node, named

EXPECTED: Final = (
    *("kind", "canonical_url", "headline", "kicker", "dek", "key_points", "blocks", "quotes"),
    *("images", "authors", "attributions", "disclaimers", "tags", "section", "language"),
    *("published_at", "modified_at", "published_source", "extraction_warnings"),
)
"""What a golden page says of every page, in the order in which it is written."""

# By length, so that a byline stays as short as it was.
_INVENTED: Final = (
    *("ab", "el", "on", "ur", "ash", "bay", "elm", "fen", "oak", "rye", "wey", "brook", "crane"),
    *("dale", "fern", "gorse", "heron", "larch", "lintel", "mallow", "marsh", "orchard", "plover"),
    *("quarry", "lantern", "sparrow", "thicket", "harbour", "juniper", "kestrel", "wainscot"),
    *("bellwether", "candlewick", "hedgerow", "meadowlark", "nightjar", "whirligig", "weathervane"),
    *("copperplate", "thistledown", "gossamerwing", "candleflower"),
)
# Reading depends on these: who a picture is by, where news comes from, what a date is.
_KEPT: Final = named(
    "a an and as at by for from in is of on or the to was with via per source sources image images "
    "photo photos picture credit credits courtesy copyright getty updated published posted last "
    "january february march april may june july august september october november december jan feb "
    "mar apr jun jul aug sep sept oct nov dec am pm utc gmt est pst"
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_SLUG: Final = re.compile(r"(?<=/)(?!wp-)[^/?#]*-[^/?#]*")
_EXTENSION: Final = re.compile(r"\.[a-z0-9]{2,5}\Z", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(?:https?:)?//|/|#", re.IGNORECASE)
_FACT: Final = re.compile(r"[\d:.+TZ\s-]+|[a-z]{2}(?:[_-][A-Za-z]{2})?|[a-z]+(?:[:/._-][a-z-]+)*")
_LD_JSON: Final = "application/ld+json"
_DROPPED: Final = ("style", "noscript", "template", "iframe", "svg")
_SPOKEN: Final = frozenset({"alt", "title", "aria-label", "placeholder", "value", "label"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Renaming:
    """Puts invented words in the place of a site's own."""

    domain: str
    host: str

    def words(self, text: str) -> str:
        """Return a text with its words replaced; figures and signs stay."""
        return _WORD.sub(_invented, text)

    def address(self, text: str) -> str:
        """Return an address below an invented host, its slug replaced."""
        moved = text.replace(self.domain, self.host)
        return _SLUG.sub(self._slug, moved)

    def value(self, text: str) -> str:
        """Return an attribute's or a claim's value: an address, a fact, or words."""
        if _ADDRESS.match(text.strip()):
            return self.address(text)
        return text if _FACT.fullmatch(text) else self.words(text)

    def claims(self, told: Any) -> Any:
        """Return structured data with its words replaced; what has a meaning by itself stays."""
        if isinstance(told, dict):
            return {
                key: each if key in {"@type", "@context"} else self.claims(each)
                for key, each in told.items()
            }
        if isinstance(told, list):
            return [self.claims(each) for each in told]
        return self.value(told) if isinstance(told, str) else told

    def _slug(self, found: re.Match[str]) -> str:
        extension = _EXTENSION.search(found[0])
        stem = found[0][: extension.start()] if extension else found[0]
        return self.words(stem) + (extension[0] if extension else "")


def page_skeleton(page: SourcePage, name: str) -> str:
    """Return the markup of a page with invented words, below `name`.example."""
    renaming = _Renaming(domain=registrable_domain(page.url), host=f"{name}.example")
    root = html.document_fromstring(decode(page).encode("utf-8", "replace"), parser=_parser())
    for node in list(root.iter()):
        _rename(node, renaming)
    markup: str = html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")
    return f"{markup}\n"


def address_skeleton(page: SourcePage, name: str) -> str:
    """Return the address of a page with an invented host and slug."""
    renaming = _Renaming(domain=registrable_domain(page.url), host=f"{name}.example")
    return renaming.address(page.url)


def expected_skeleton() -> str:
    """Return what is expected of a page before anybody has looked at it: nothing, so it fails."""
    return json.dumps(dict.fromkeys(EXPECTED), indent=1) + "\n"


def _parser() -> html.HTMLParser:
    return html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def _rename(node: Node, renaming: _Renaming) -> None:
    if node.tag in _DROPPED:
        _drop(node, renaming)
        return
    if node.tag == "script":
        node.text = _script(node, renaming)
    elif node.text:
        node.text = renaming.words(node.text)
    if node.tail:
        node.tail = renaming.words(node.tail)
    for attribute, value in list(node.items()):
        kept = _attribute(node, str(attribute), str(value), renaming)
        if kept is None:
            del node.attrib[attribute]
        else:
            node.set(attribute, kept)


def _drop(node: Node, renaming: _Renaming) -> None:
    """Empty an element that holds nothing to be read; it may still be what a rule leaves out."""
    tail = renaming.words(node.tail) if node.tail else None
    for child in list(node):
        node.remove(child)
    node.text, node.tail = None, tail
    for attribute in set(node.keys()) - {"class", "id"}:
        del node.attrib[attribute]


def _script(node: Node, renaming: _Renaming) -> str | None:
    """Return structured data with invented words; no other script is kept."""
    if (node.get("type") or "").strip().lower() != _LD_JSON:
        return None
    try:
        return json.dumps(renaming.claims(json.loads(node.text or "")), ensure_ascii=False)
    except (ValueError, RecursionError):
        return None


# What becomes of an attribute, by its name; the first that fits. None: it is left out.
_ATTRIBUTES: Final[Mapping[str, Callable[[_Renaming, str], str | None]]] = {
    r"href|src|poster|action|cite|itemid|data-(?:src|href|url)": _Renaming.address,
    r"content": _Renaming.value,
    r"(?:data-)?srcset|sizes|style|on\w+|integrity|nonce|data-.*": lambda _, __: None,
}


def _attribute(node: Node, name: str, value: str, renaming: _Renaming) -> str | None:
    if name in _SPOKEN:
        return renaming.words(value)
    if name == "src" and node.tag == "script":
        return None
    for form, renamed in _ATTRIBUTES.items():
        if re.fullmatch(form, name):
            return renamed(renaming, value)
    return value


def _invented(found: re.Match[str]) -> str:
    """Return the word that stands for another, always the same one, with its capitals."""
    word = found[0]
    lower = word.lower()
    if lower in _KEPT or len(word) == 1:
        return word
    near = sorted(_INVENTED, key=lambda each: (abs(len(each) - len(word)), each))[:8]
    digest = hashlib.sha256(lower.encode()).digest()
    chosen = near[digest[0] % len(near)]
    return chosen.upper() if word.isupper() else chosen.title() if word[0].isupper() else chosen
