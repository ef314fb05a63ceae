"""The page in reading order: one flat list of headings, paragraphs, items, quotes and images.

Every field of an article is a choice from this list. Text that stands in no paragraph (between
`br`s, beside block elements in a `div`) makes paragraphs of its own, as a browser's anonymous boxes
do (CSS 2.2 section 9.2.1.1).
"""

import re
from typing import Final

from crawler.extract.captions import settle_captions
from crawler.extract.figures import (
    is_credit_line,
    read_caption,
    read_figure,
    stands_for_figure,
)
from crawler.extract.lines import Lines, link_chars
from crawler.extract.marks import Mark, marks_of
from crawler.extract.pieces import Context, Piece, PieceKind
from crawler.extract.tree import (
    BREAKERS,
    DECLARED,
    IMAGES,
    Node,
    holds_any,
    named,
    raw_text,
    text_of,
)
from crawler.extract.wording import tidy

_SKIPPED: Final = named(
    "script style noscript template svg button select option textarea input iframe object audio "
    "video canvas dialog head label progress meter map datalist nav menu"
)
_APART: Final = BREAKERS | _SKIPPED
_HEADINGS: Final = named("h1 h2 h3 h4 h5 h6")
_WHOLE: Final = _HEADINGS | named("blockquote pre table")
"""Elements that are, or may be, one piece."""
_LEAVES: Final = named("p dt summary")
_ONE_LINE: Final = _LEAVES | _HEADINGS | {"li"}
_CAPTION_TAGS: Final = named("div p span figcaption small cite em dd td footer section i")
_FIGURE_TEXT: Final = Mark.CAPTION | Mark.CREDIT
_PICTURED: Final = Mark.PICTURE | Mark.EMBED
_NO_FIGURE: Final = Mark.AUTHOR | Mark.BYLINE | Mark.BIO | Mark.FURNITURE | Mark.LISTING | Mark.TAGS
_LABELS: Final = _FIGURE_TEXT | Mark.KICKER | Mark.DEK | Mark.BYLINE | Mark.TIMESTAMP
_SHORTEST_TITLE: Final = 20
_LONGEST_CAPTION: Final = 900
_MOST_CAPTION_PARAGRAPHS: Final = 3
_LONGEST_CELL: Final = 400
_DEEPEST: Final = 240
"""Deeper markup is an attack; libxml2 stops at 256 of its own."""
_DEPTH_OF_QUOTES: Final = 200
_MOST_QUOTES: Final = 4
"""Quotes within quotes beyond this are read as one text."""
_SPEAKERS: Final = re.compile(r"attribution|citation|author|speaker|source", re.IGNORECASE)
_ANCHOR: Final = re.compile(r"\s+[#§¶🔗]+$")
"""The mark of a link to the heading itself."""


def read_flow(body: Node) -> list[Piece]:
    """Return everything readable below an element, in order."""
    reader = _FlowReader()
    reader.container(body, Context(), 0)
    settle_captions(reader.pieces)
    return reader.pieces


class _FlowReader:
    """Walks a tree once and collects its pieces."""

    def __init__(self, quotes: int = 0) -> None:
        self.pieces: list[Piece] = []
        self._quotes = quotes
        """How many quotes what is read stands in."""

    def container(self, node: Node, context: Context, depth: int) -> None:
        """Read an element that holds others: text between block elements is a paragraph."""
        is_paragraph = node.tag in _LEAVES
        lines = Lines(is_paragraph=is_paragraph)
        lines.add(node.text)
        for child in node:
            tag = child.tag
            if tag == "br":
                lines.line_break()
            elif _is_inline(child, tag, node):
                lines.add_inline(child)
            elif tag not in _SKIPPED:
                if lines:
                    self._flush(lines, node, context)
                    lines = Lines(is_paragraph=is_paragraph)
                self._element(child, tag, context, depth + 1)
            lines.add(child.tail)
        if lines:
            self._flush(lines, node, context)

    def _element(self, node: Node, tag: str, context: Context, depth: int) -> None:
        """Read one element that starts on a line of its own."""
        if tag in IMAGES:
            self._picture(node, context)
            return
        if depth > _DEEPEST or not (len(node) or node.text):
            return
        marks = marks_of(node)
        if tag == "footer":
            marks |= Mark.FURNITURE
        if (tag == "figcaption" and not _is_headed(node)) or (
            marks & _FIGURE_TEXT and tag in _CAPTION_TAGS and _is_caption(node)
        ):
            self._caption(node, context.entering(node, marks))
        elif (tag == "figure" and _is_picture(node, marks)) or (
            marks & _PICTURED and _is_figure(node, marks, context)
        ):
            # A figure's own names describe its place on the page more often than its content.
            figure = read_figure(node)
            self.pieces.append(Piece(PieceKind.FIGURE, node, context, figure=figure))
        else:
            inside = context.entering(node, marks & ~_FIGURE_TEXT)
            may_be_whole = tag in _WHOLE or tag == "aside" or marks & Mark.PULL_QUOTE
            if not (may_be_whole and self._is_read_whole(node, tag, inside, marks)):
                self.container(node, _inside(node, tag, inside), depth)

    def _is_read_whole(self, node: Node, tag: str, inside: Context, marks: int) -> bool:
        """Read an element that is one piece, or a piece a cell; return whether it was one."""
        if tag in _HEADINGS:
            self._heading(node, tag, inside)
        elif tag == "blockquote" or (marks & Mark.PULL_QUOTE and _is_quote_box(node)):
            self._quote(node, inside, marks)
        elif tag == "aside" and _is_only_quote(node):
            self._leaf(PieceKind.PULL_QUOTE, node, inside)
        elif tag == "pre":
            self._leaf(PieceKind.CODE, node, inside)
        elif tag == "table" and _is_data_table(node):
            for cell in node.iter("td", "th"):
                self._leaf(PieceKind.TABLE, cell, inside)
        else:
            return False
        return True

    def _flush(self, lines: Lines, node: Node, context: Context) -> None:
        """End the lines collected so far: each is a piece."""
        for text, links in lines.paragraphs():
            linked = len(text) if context.in_link else link_chars(links)
            around = links or _link_of(context)
            self.pieces.append(
                Piece(context.kind, node, context, text, links=around, link_chars=linked)
            )

    def _leaf(
        self,
        kind: PieceKind,
        node: Node,
        context: Context,
        *,
        text: str | None = None,
        level: int | None = None,
    ) -> None:
        """Read an element as one piece, whatever it holds; `text` when it is known already."""
        text = text_of(node) if text is None else text
        if text:
            links = tuple(node.iter("a")) or _link_of(context)
            linked = len(text) if context.in_link else link_chars(links)
            self.pieces.append(
                Piece(kind, node, context, text, level, links=links, link_chars=linked)
            )

    def _heading(self, node: Node, tag: str, context: Context) -> None:
        """Read a heading, and the images some sites wrap in one."""
        for image in node.iter("img"):
            self._picture(image, context)
        kind = PieceKind.TITLE if tag == "h1" else PieceKind.HEADING
        text = _ANCHOR.sub("", text_of(node))
        self._leaf(kind, node, context, text=text, level=int(tag[1]))

    def _picture(self, node: Node, context: Context) -> None:
        """Read an image that stands in no figure."""
        figure = read_figure(node)
        if figure.url is not None:
            self.pieces.append(Piece(PieceKind.FIGURE, node, context, figure=figure))

    def _caption(self, node: Node, context: Context) -> None:
        """Read a line of figure text, and the images inside it."""
        for image in node.iter("img", "amp-img"):
            self._picture(image, context)
        figure = read_caption(node, is_credit=is_credit_line(node))
        if figure.raw:
            self.pieces.append(Piece(PieceKind.CAPTION, node, context, figure.raw, figure=figure))

    def _quote(self, node: Node, context: Context, marks: int) -> None:
        """Read a block quote: its paragraphs together, its cite apart."""
        kind = PieceKind.QUOTE
        parent = node.getparent()
        if parent is not None and node.getprevious() is None and node.getnext() is None:
            marks |= marks_of(parent)  # a box around the quote alone is named for it
        if marks & Mark.PULL_QUOTE or context.in_aside:
            kind = PieceKind.PULL_QUOTE
        if marks & Mark.EMBED:
            kind = PieceKind.EMBED
        text, cite = _quoted(node, self._quotes + 1)
        if text:
            links = tuple(node.iter("a"))
            self.pieces.append(
                Piece(
                    kind,
                    node,
                    context,
                    text,
                    links=links,
                    link_chars=link_chars(links),
                    cite=cite,
                )
            )


def _link_of(context: Context) -> tuple[Node, ...]:
    """Return the link around a piece."""
    return () if context.link is None else (context.link,)


def _inside(node: Node, tag: str, context: Context) -> Context:
    """Return the context of an element's children."""
    if tag not in {"li", "a", "aside"}:
        return context
    # An item with a heading of its own is a slide or an entry: what it says are paragraphs.
    is_item = tag == "li" and not (len(node) and holds_any(node, _HEADINGS))
    return Context(
        context.roots,
        PieceKind.LIST_ITEM if is_item else context.kind,
        node if tag == "a" else context.link,
        context.in_aside or tag == "aside",
    )


def _is_figure(node: Node, marks: int, context: Context) -> bool:
    """Whether an element named for a picture is a figure by another name, and nobody's portrait."""
    for _, around in context.roots:
        marks |= around
    return not marks & _NO_FIGURE and stands_for_figure(node)


def _holds_image(node: Node) -> bool:
    """Whether an image stands in an element."""
    return next(node.iter(*IMAGES), None) is not None


def _is_picture(node: Node, marks: int) -> bool:
    """Whether a figure shows a picture, and is neither a teaser nor a slide that tells a story."""
    if not _holds_image(node) or (marks & Mark.LISTING and _is_card(node)):
        return False
    return not any(_is_headed(caption) for caption in node.iter("figcaption"))


def _is_headed(caption: Node) -> bool:
    """Whether a caption is a slide's text, with a heading and more than it."""
    heading = next(caption.iter("h2", "h3", "h4"), None)
    return heading is not None and len(raw_text(caption)) > len(raw_text(heading)) + _SHORTEST_TITLE


def _is_card(node: Node) -> bool:
    """Whether a figure is a link to another page, with its picture and its title."""
    link = next(node.iter("a"), None)
    if link is None or not _holds_image(link) or next(link.iter("figcaption"), None) is not None:
        return False
    return len(text_of(link)) > _SHORTEST_TITLE


def _is_inline(child: Node, tag: str, parent: Node) -> bool:
    """Whether a child is part of the line it stands in."""
    if tag in _APART or (len(child) and holds_any(child, BREAKERS)):
        return False
    if child.get(DECLARED) is not None and parent.tag not in _ONE_LINE:
        return False
    # A span named `credit` in a `div` is a line of its own, in a paragraph it is a word.
    return parent.tag in _ONE_LINE or not marks_of(child) & _LABELS


def _is_caption(node: Node) -> bool:
    """Whether an element named after captions is short enough, and flat enough, to be one."""
    if next(node.iter("h1", "h2", "figure", "time"), None) is not None:
        return False
    paragraphs = sum(1 for _ in node.iter("p"))
    return paragraphs <= _MOST_CAPTION_PARAGRAPHS and len(raw_text(node)) < _LONGEST_CAPTION


def _is_only_quote(node: Node) -> bool:
    """Whether all that an element says is a short quote, marked up as in a line of text."""
    quote = next(node.iter("q"), None)
    return quote is not None and tidy(raw_text(quote)) == tidy(raw_text(node))


def _is_quote_box(node: Node) -> bool:
    """Whether an element named after pull quotes is the quote, not a wrapper around one."""
    return next(node.iterdescendants("blockquote", "h2", "figure"), None) is None


def _is_data_table(node: Node) -> bool:
    """Whether a table holds data rather than the layout of the page."""
    if next(node.iterdescendants("table", "h1", "figure", "img"), None) is not None:
        return False
    cells = [len(text_of(cell)) for cell in node.iter("td", "th")]
    return len(cells) > 1 and max(cells) < _LONGEST_CELL


def _quoted(node: Node, quotes: int) -> tuple[str, str | None]:
    """Return a block quote's paragraphs and the name its own markup gives."""
    cite = next((text_of(mark) for mark in node.iter("cite", "footer", "figcaption")), "")
    if not cite and len(node) > 1 and _SPEAKERS.search(node[-1].get("class", "")):
        cite = text_of(node[-1])
    around = node.getparent()
    if not cite and around is not None and around.tag == "figure":
        # A quote with its source is a figure with a caption (HTML, section 4.4.4).
        cite = next((text_of(mark) for mark in around.iter("figcaption")), "")
    if quotes > _MOST_QUOTES:
        return text_of(node), cite.lstrip("—–- ") or None
    reader = _FlowReader(quotes)
    reader.container(node, Context(), _DEPTH_OF_QUOTES)
    parts = [piece.text for piece in reader.pieces if piece.text]
    name = cite.lstrip("—–- ")
    if name:
        parts = [
            part.removesuffix(cite).rstrip(" —–-") for part in parts if part.lstrip("—–- ") != name
        ]
    return "\n\n".join(part for part in parts if part), name or None
