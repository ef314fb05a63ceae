"""A piece of the page: one heading, paragraph, item, quote or image at its place in the reading."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from crawler.extract.figures import Figure
from crawler.extract.tree import Node
from crawler.extract.wording import letters

_LINKED_SHARE: Final = 0.7


class PieceKind(StrEnum):
    """What stands at one place of the page; blocks of the body carry the same names."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    PULL_QUOTE = "pull_quote"
    EMBED = "embed"
    TABLE = "table"
    CODE = "code"
    FIGURE = "figure"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What a piece stands in, as far as elements around it say so."""

    roots: tuple[tuple[Node, int], ...] = ()
    """The marked elements around it with their marks, outermost first."""
    kind: PieceKind = PieceKind.PARAGRAPH
    link: Node | None = None
    """The link around it, when there is one."""
    in_aside: bool = False

    @property
    def in_link(self) -> bool:
        """Whether it stands in a link."""
        return self.link is not None

    def entering(self, node: Node, marks: int) -> "Context":
        """Return the context inside a marked element."""
        if not marks:
            return self
        return Context((*self.roots, (node, marks)), self.kind, self.link, self.in_aside)


@dataclass(slots=True, eq=False)
class Piece:
    """One place of the page."""

    kind: PieceKind
    node: Node
    context: Context
    text: str = ""
    level: int | None = None
    """1 to 6 for a heading."""
    links: tuple[Node, ...] = ()
    link_chars: int = 0
    """How many characters of the text are links."""
    figure: Figure | None = None
    cite: str | None = None
    """Who is speaking, as a quote's own markup says."""
    kept: bool = False
    """Whether trafilatura holds it to be part of the body."""
    key: str = field(default="", init=False)
    """Its letters: what it is compared by."""

    def __post_init__(self) -> None:
        """Remember how the text compares."""
        self.key = letters(self.text)

    @property
    def is_linked(self) -> bool:
        """Whether it is little more than links."""
        return bool(self.text) and self.link_chars > _LINKED_SHARE * len(self.text)
