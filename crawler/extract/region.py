"""Where the body stands: the smallest element that holds nearly all that trafilatura keeps."""

from collections import Counter
from typing import Final

from crawler.extract.kept import Kept
from crawler.extract.marks import Mark
from crawler.extract.pieces import Piece, PieceKind
from crawler.extract.tree import BREAKERS, Node, holds_any
from crawler.extract.wording import letters

PROSE: Final = frozenset(
    {
        PieceKind.PARAGRAPH,
        PieceKind.LIST_ITEM,
        PieceKind.QUOTE,
        PieceKind.PULL_QUOTE,
        PieceKind.CODE,
    }
)
_OF_PARAGRAPHS: Final = frozenset({PieceKind.QUOTE, PieceKind.PULL_QUOTE, PieceKind.EMBED})
_SHARE: Final = 0.92
_LEAF_TAGS: Final = frozenset({"p", "li", "blockquote", "td", "h2", "h3", "span", "tr"})
_LONGEST_TITLE: Final = 150
"""Letters; a longer linked paragraph is no other article's title."""
_TOO_MUCH: Final = 0.3
"""An element that holds more of the kept text than this is the body's, whatever its name."""


def mark_kept(flow: list[Piece], kept: Kept) -> None:
    """Note on every piece whether trafilatura keeps it."""
    for piece in flow:
        if piece.key and piece.kind not in {PieceKind.TITLE, PieceKind.CAPTION}:
            piece.kept = kept.holds(piece.key)
            if not piece.kept and piece.kind in _OF_PARAGRAPHS:
                piece.kept = any(kept.holds(letters(part)) for part in piece.text.split("\n\n"))


def mark_declared(flow: list[Piece], bodies: frozenset[Node]) -> None:
    """Note on every piece whether it stands in an element that a rule calls the body."""
    for piece in flow:
        if piece.key and piece.kind not in {PieceKind.TITLE, PieceKind.CAPTION}:
            is_told = not piece.is_linked or _is_prose_of_links(piece)
            around = (piece.node, *piece.node.iterancestors())
            piece.kept = is_told and any(node in bodies for node in around)


def mark_posts(flow: list[Piece], post: Node) -> bool:
    """Note on every piece of a live blog that it is body; return whether there are more posts.

    trafilatura takes one post, an `article` like all the others, for the whole.
    """
    around = post.getparent()
    like = (post.tag, post.get("class"))
    beside = () if around is None else around
    posts = {node for node in beside if (node.tag, node.get("class")) == like}
    for piece in flow if len(posts) > 1 else ():
        if piece.key and piece.kind in PROSE and not posts.isdisjoint(piece.node.iterancestors()):
            piece.kept = True
    return len(posts) > 1


def _is_prose_of_links(piece: Piece) -> bool:
    """Whether a long paragraph names so many linked things that little of it is no link."""
    is_long = piece.kind is PieceKind.PARAGRAPH and len(piece.key) > _LONGEST_TITLE
    return is_long and len(piece.links) > 1


def holder(piece: Piece) -> Node | None:
    """Return the element that a piece shares with its siblings.

    Lines of bare text share the element they stand in; a `div` with one line is like a `p`.
    """
    node = piece.node
    is_bare = piece.kind is PieceKind.PARAGRAPH and node.tag != "p"
    if is_bare and holds_any(node, BREAKERS | {"br"}):
        return node
    return node.getparent()


class Region:
    """The element that holds the body, and what of its surroundings counts against a piece."""

    def __init__(self, flow: list[Piece], body: Node) -> None:
        self._weight: Counter[Node] = Counter()
        self._prose: Counter[Node | None] = Counter()
        self._named: Counter[str] = Counter()
        self._total = 0
        for piece in flow:
            if piece.kept:
                self._weigh(piece)
        self.main = self._descend(body)
        self._around = {self.main, *self.main.iterancestors()}
        self._marks: dict[int, int] = {}
        self._within = frozenset(self.main.iter())

    def _weigh(self, piece: Piece) -> None:
        """Count a kept piece for every element that holds it."""
        size = len(piece.key)
        self._total += size
        self._weight[piece.node] += size
        for node in piece.node.iterancestors():
            self._weight[node] += size
        for name in {node.get("class", "") for node, _ in piece.context.roots}:
            self._named[name] += size
        if piece.kind in PROSE:
            self._prose[holder(piece)] += 1

    def _descend(self, node: Node) -> Node:
        """Return the deepest element that still holds nearly all of the kept text."""
        while self._total:
            inner = next(
                (child for child in node if self._weight[child] >= _SHARE * self._total), None
            )
            if inner is None or inner.tag in _LEAF_TAGS:
                break
            node = inner
        return node

    def clear_around(self, node: Node) -> None:
        """Let the elements around a node, the headline's, count against no piece either."""
        self._around.update(node.iterancestors())
        self._marks.clear()

    def holds(self, piece: Piece) -> bool:
        """Whether a piece stands within the region."""
        return piece.node in self._within

    def kept_beside(self, piece: Piece) -> int:
        """Return how many kept pieces of prose share a piece's element, itself excepted."""
        return self._prose[holder(piece)] - (piece.kept and piece.kind in PROSE)

    def _holds_story(self, node: Node) -> bool:
        """Whether an element, or all elements of its name together, hold much of the kept text.

        The posts of a live blog are cards, each of them small.
        """
        bound = _TOO_MUCH * self._total
        name = node.get("class", "")
        return self._weight[node] > bound or (bool(name) and self._named[name] > bound)

    def elements_marked(self, piece: Piece, mark: int) -> list[Node]:
        """Return the elements around a piece, but not around the body, that carry a mark."""
        roots = piece.context.roots
        return [node for node, marks in roots if marks & mark and node not in self._around]

    def asides(self, piece: Piece) -> list[Node]:
        """Return the asides around a piece, but not around the body."""
        return [node for node in piece.node.iterancestors("aside") if node not in self._around]

    def marks(self, piece: Piece) -> int:
        """Return what the elements around a piece say of it, those around the whole body excepted.

        A page whose every wrapper is called `has-newsletter` must not lose its text for it.
        """
        context = piece.context
        known = self._marks.get(id(context))
        if known is None:
            known = Mark.NONE
            for node, marks in context.roots:
                if node in self._around:
                    continue
                known |= marks & Mark.COMMENTS if self._holds_story(node) else marks
            self._marks[id(context)] = known
        return known
