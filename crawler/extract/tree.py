"""The page as a tree: parsed once, freed of what no reader sees, shared by every layer."""

import copy
import re
from collections.abc import Iterator
from typing import Final, TypeAlias, cast

from lxml import etree, html
from lxml.etree import _Element

from crawler.extract.wording import tidy

Node: TypeAlias = _Element


def named(tags: str) -> frozenset[str]:
    """Return the tags in a list parted by spaces."""
    return frozenset(tags.split())


DECLARED: Final = "data-newsreel"
"""The attribute in which a site's rules say what an element is."""
# Elements that start on a line of their own when a browser lays the page out.
BLOCKS: Final = named(
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main menu nav ol option p pre "
    "section summary table tbody td tfoot th thead tr ul"
)
IMAGES: Final = named("img picture amp-img")
BREAKERS: Final = (BLOCKS - {"br"}) | IMAGES | {"video", "iframe"}
"""Elements that end a line of text; inside a line they make its element a container."""
_UNREAD: Final = named("style template svg object script link math datalist canvas")
_CONTROLS: Final = named("nav menu select textarea")
_METADATA: Final = named("title meta link script style base noscript template object")
_CONTROL: Final = bytes([*range(9), 11, 12, *range(14, 32)])
# What no XML text may hold (XML 1.0 section 2.2), as itself or by number: one would cost the page.
_NO_CHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())
_NO_NUMBER: Final = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45]"
    rb"|55(?:29[6-9]|[3-9][0-9]{2})|56[0-9]{3}|57(?:[0-2][0-9]{2}|3[0-3][0-9]|34[0-3]))(?![0-9])"
    rb"|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|[fF]{3}[efEF]|[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"(?![0-9a-fA-F]));?"
)
"""Of controls, of halves of a pair in UTF-16, and of the two that are no characters."""
_DOCTYPE: Final = re.compile(r"<!DOCTYPE[^>]{0,500}>", re.IGNORECASE)
# Text for screen readers only repeats, or labels, what stands beside it.
_UNSEEN_CLASS: Final = re.compile(
    r"(?:^|\s)(?:sr-only|screen-?reader(?:-text|-only)?|visually-?hidden|visuallyhidden|a11y-hidden"
    r"|u-hidden-visually)(?:\s|$)",
    re.IGNORECASE,
)
_MAYBE_UNSEEN: Final = etree.XPath(
    "//span[contains(@class, 'hidden') or contains(@class, 'sr-') or contains(@class, 'reader')]"
)
_OPENING_A_PICTURE: Final = etree.XPath("//button[.//figure]")
"""Buttons around a picture: a press shows it large, it is seen before."""
# `//p//*` would gather all that stands in paragraphs before it asks, in the square of their number.
_NOT_SHOWN: Final = etree.XPath("//p/descendant::*[@hidden or contains(@style, 'none')]")
_HEAD: Final = 2000
_LONGEST_LABEL: Final = 120


def _parser() -> html.HTMLParser:
    """Return a parser whose elements cost no Python call to create.

    lxml.html asks a Python method for the class of every element it touches; every element being
    the same class, as here, saves a tenth of the time trafilatura takes. Comments must go: React
    splits sentences with them.
    """
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    return parser


_PARSER: Final = _parser()


def parse(markup: str) -> Node:
    """Return the root element of a page; a page without markup gets an empty body."""
    head, rest = _DOCTYPE.sub("", markup[:_HEAD], count=1), markup[_HEAD:]
    data = (head + rest).encode("utf-8", "replace").translate(None, _CONTROL)
    for character in _NO_CHARACTERS:
        data = data.replace(character, b"")
    data = _NO_NUMBER.sub(b"", data)
    root = etree.fromstring(data or b"<html/>", parser=_PARSER)
    if root is None:
        root = etree.fromstring(b"<html><body/></html>", parser=_PARSER)
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    _empty_head(root, body)
    return root


def _empty_head(root: Node, body: Node) -> None:
    """Move what stands in the head by mistake to the front of the body.

    libxml2 knows the elements of HTML 4: `main` or `article` end no head that has no end tag.
    """
    head = root.find("head")
    children = list(head) if head is not None else []
    first = next((n for n, node in enumerate(children) if node.tag not in _METADATA), None)
    if first is not None:
        body[:0] = children[first:]


def prune(root: Node) -> None:
    """Take out what no reader sees, and give every `br` the space it makes."""
    _unwrap_noscript(root)
    etree.strip_elements(root, *_UNREAD, with_tail=False)
    for node in found_by(_MAYBE_UNSEEN, root):
        if _UNSEEN_CLASS.search(node.get("class", "")) and len(text_of(node)) < _LONGEST_LABEL:
            remove(node)
    for node in found_by(_NOT_SHOWN, root):
        if "hidden" in node.attrib or "display:none" in node.get("style", "").replace(" ", ""):
            remove(node)
    for node in found_by(_OPENING_A_PICTURE, root):
        node.tag = "div"
        node.attrib.clear()  # its names say that it is a control
    for node in root.iter("br"):
        node.tail = f"\n{node.tail or ''}"


def drop_controls(root: Node) -> None:
    """Take out what is there to move about in the site or to fill in, a tenth of most pages.

    No story stands in it, but a rule may find tags there: do it when rules have looked.
    """
    etree.strip_elements(root, *_CONTROLS, with_tail=False)


def _unwrap_noscript(root: Node) -> None:
    """Keep the image that a `noscript` offers when scripts are off; the rest goes.

    Lazy loading puts the only true address of an image there.
    """
    for node in list(root.iter("noscript")):
        picture = next(node.iter("img"), None)
        before = node.getprevious()
        if picture is not None and picture.get("src"):
            waiting = None if before is None else next(before.iter("img"), None)
            if waiting is None:
                parent = node.getparent()
                if parent is not None and parent.tag not in {"head", "html"}:
                    node.addprevious(copy.copy(picture))
            elif not waiting.get("src") or waiting.get("src", "").startswith("data:"):
                waiting.set("src", picture.get("src", ""))
        remove(node)


def remove(node: Node) -> None:
    """Take an element out of its tree; the text after it stays."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is None:
            parent.text = (parent.text or "") + node.tail
        else:
            before.tail = (before.tail or "") + node.tail
    parent.remove(node)


def holds_any(node: Node, tags: frozenset[str]) -> bool:
    """Whether an element of some tag stands below another.

    lxml's own search by many tags takes longer to set up than small elements take to walk, and a
    generator longer than a loop.
    """
    for inner in node:  # noqa: SIM110 - see above
        if inner.tag in tags or (len(inner) and holds_any(inner, tags)):
            return True
    return False


def texts_of(node: Node) -> Iterator[str]:
    """Yield the runs of an element's text as they stand in the markup."""
    return cast("Iterator[str]", node.itertext())


def raw_text(node: Node) -> str:
    """Return an element's text as it stands in the markup."""
    return "".join(texts_of(node))


def found_by(path: etree.XPath, root: Node) -> list[Node]:
    """Return the elements that a path finds, in reading order."""
    return cast("list[Node]", path(root))


def text_of(node: Node) -> str:
    """Return an element's text as it reads on screen: `<li>one<li>two` is two words."""
    if not len(node):
        return tidy(node.text or "")
    if not holds_any(node, BLOCKS):
        return tidy(raw_text(node))
    parts: list[str] = []
    for event, inner in etree.iterwalk(node, events=("start", "end")):
        is_block = inner.tag in BLOCKS
        if event == "start":
            parts.append(f"\n{inner.text or ''}" if is_block else inner.text or "")
        elif inner is not node:
            parts.append(f"\n{inner.tail or ''}" if is_block else inner.tail or "")
    return tidy("".join(parts))
