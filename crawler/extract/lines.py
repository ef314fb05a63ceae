"""Lines of inline text, collected until a block element ends them."""

from collections.abc import Iterator

from crawler.extract.tree import Node, raw_text, text_of
from crawler.extract.wording import tidy


class Lines:
    """The paragraphs that inline text makes: two `br`s part them, except inside a `p`."""

    __slots__ = ("_breaks", "_is_paragraph", "_lines")

    def __init__(self, *, is_paragraph: bool) -> None:
        self._is_paragraph = is_paragraph
        self._lines: list[tuple[list[str], list[Node]]] = []
        self._breaks = 0

    def __bool__(self) -> bool:
        """Whether anything but white space was collected."""
        return bool(self._lines)

    def add(self, text: str | None) -> None:
        """Add text; anything but white space ends a row of breaks."""
        if not text:
            return
        if not text.isspace():
            if self._breaks > 1 and not self._is_paragraph:
                self._lines.append(([], []))
            self._breaks = 0
        elif not self._lines:
            return
        self._line()[0].append(text)

    def add_inline(self, node: Node) -> None:
        """Add an inline element's text, its tail excepted."""
        self.add(raw_text(node) if len(node) else node.text)
        if node.tag == "a":
            self._line()[1].append(node)
        elif len(node):
            self._line()[1].extend(node.iter("a"))

    def line_break(self) -> None:
        """Add a `br`: one is a space, two end the paragraph."""
        self._breaks += 1
        if self._lines:
            self._lines[-1][0].append(" ")

    def paragraphs(self) -> Iterator[tuple[str, tuple[Node, ...]]]:
        """Yield the paragraphs collected, each with its links."""
        for parts, links in self._lines:
            if text := tidy("".join(parts)):
                yield text, tuple(links)

    def _line(self) -> tuple[list[str], list[Node]]:
        """Return the line being collected."""
        if not self._lines:
            self._lines.append(([], []))
        return self._lines[-1]


def link_chars(links: tuple[Node, ...]) -> int:
    """Return how many characters links hold."""
    return sum(len(text_of(link)) for link in links) if links else 0
