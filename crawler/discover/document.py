"""An XML document of the web as text: decoded once, refused or cut before any parser sees it."""

import re
from typing import Final

from crawler.discover.candidate import Flaw
from crawler.extract.decode import decode
from crawler.extract.page import SourcePage

_DECLARED_ENCODING: Final = re.compile(
    rb"""\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']"""
)
_BOMLESS_UTF16: Final = ((b"<\0", "utf-16le"), (b"\0<", "utf-16be"))
_XML_DECLARATION: Final = re.compile(r"<\?xml\s[^>]{0,300}>\s*")
_IN_FRONT: Final = "\ufeff\0 \t\r\n"

# White space, processing instructions and comments may stand before a root or a document type.
# Atomic and possessive, so that no arrangement of them makes the search go back.
_PROLOG: Final = r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+"
_DOCTYPE: Final = re.compile(rf"{_PROLOG}<!DOCTYPE\b", re.DOTALL | re.IGNORECASE)
_ROOT: Final = re.compile(
    rf"{_PROLOG}(?:<!DOCTYPE\s+|<)(?:[\w.-]+:)?(?P<name>[\w.-]+)", re.DOTALL | re.IGNORECASE
)
# The one document type that feeds were ever told to declare (RSS 0.91, 1999). It is never loaded,
# and the form leaves no room for declarations of its own.
_RSS_091: Final = re.compile(
    r"""\s+rss\s+PUBLIC\s+"-//Netscape[^"<>\[]{0,99}"\s+"[^"<>\[]{0,199}"\s*>""", re.IGNORECASE
)

_END_OF_ENTRY: Final = re.compile(r"</(?:[\w.-]+:)?(?:url|sitemap|item|entry)\s*>")
_ROOTS: Final = frozenset({"urlset", "sitemapindex", "rss", "feed", "rdf"})
_END_OF_ROOT: Final = re.compile(
    r"</(?:[\w.-]+:)?(?:urlset|sitemapindex|rss|feed|RDF)\s*>|\A<[^<>]*/>", re.IGNORECASE
)
_TAIL: Final = 4096


def xml_text(body: bytes, content_type: str | None = None) -> str:
    """Return the document as text without byte order mark, white space and declaration in front.

    Decoded by the encodings that pages may choose, before anything looks into it: what UTF-7
    would hide from a search of the bytes is plain here.
    """
    label = next((label for start, label in _BOMLESS_UTF16 if body.startswith(start)), None)
    if label is None and (declared := _DECLARED_ENCODING.match(body)):
        label = declared[1].decode("ascii")
        # A declaration that could be read as ASCII cannot be in UTF-16.
        label = "utf-8" if label.lower().startswith("utf-16") else label
    if label is not None:
        content_type = f"application/xml; charset={label}"
    text = decode(SourcePage(url="", body=body, content_type=content_type)).lstrip(_IN_FRONT)
    return _XML_DECLARATION.sub("", text, count=1) if text.startswith("<?xml") else text


def root_name(text: str) -> str:
    """Return the name of the root element, or of the document type, in lower case; empty: none."""
    found = _ROOT.match(text)
    return found["name"].lower() if found else ""


def refusal(text: str) -> Flaw | None:
    """Return why a document must not be parsed, or None when it may be.

    Entities can only be declared in a document type. No sitemap and no feed of this century has
    one, so nobody looks what is in it.
    """
    if root_name(text) == "html":
        return Flaw.HTML
    found = _DOCTYPE.match(text)
    if found is None or _RSS_091.match(text, found.end()):
        return None
    return Flaw.DOCTYPE


def is_cut(text: str) -> bool:
    """Whether a sitemap or feed ends before its root does."""
    tail = _END_OF_ROOT.search(text, max(0, len(text) - _TAIL))
    return tail is None and root_name(text) in _ROOTS


def whole_entries(text: str) -> str:
    """Return what is left of a document up to the end of its last entry; empty without one.

    A parser that mends would close the last entry itself, and half an address is another address.
    """
    end = 0
    for entry in _END_OF_ENTRY.finditer(text):
        end = entry.end()
    return text[:end]
