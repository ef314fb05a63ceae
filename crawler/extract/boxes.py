"""Boxes that no class name gives away, known by what they hold and marked as what they are.

Class names made by a build say nothing. What a box holds does: one picture and a line of text make
a figure, and a short text around a way to donate or to subscribe is a prompt.
"""

import re
from collections import Counter
from itertools import islice
from typing import Final

from lxml.etree import XPath

from crawler.extract.figures import join_captions, stands_for_figure
from crawler.extract.marks import Mark, marks_of
from crawler.extract.moments import shows_date
from crawler.extract.names import is_byline
from crawler.extract.tree import DECLARED, Node, found_by, holds_any, named, text_of, texts_of

_BOXES: Final = named("div section aside form")
_AROUND_PICTURES: Final = named("div span picture a")
_APPEALING: Final = re.compile(
    r"/(?:donat\w*|contribute|subscri\w+|membership|newsletters?|sign-?up)\b", re.IGNORECASE
)
_PROMPT: Final = "newsletter"
"""A word by which `marks` knows furniture."""
_METERED: Final = XPath("//div[contains(@class, 'teaser')]")
_FEWEST_BOXES: Final = 2
"""Boxes of the story's own kind in a free part, and behind it; one alone may be chance."""
_MOST: Final = 300
"""Boxes looked into; each may be as large as the page, and an attack has thousands."""
_LONGEST_PROMPT: Final = 300
_LONGEST_CAPTION: Final = 250
_FEWEST_WORDS: Final = 4
_NOT_IN_PROMPT: Final = named("h1 time figure article main img")
_NOT_IN_CAPTION: Final = named("p h1 h2 h3 h4 h5 h6 li table form time")
_NOBODY: Final = Mark.AUTHOR | Mark.BYLINE | Mark.BIO | Mark.FURNITURE | Mark.LISTING


def mark_boxes(root: Node) -> None:
    """Mark prompts as furniture, and make figures of pictures and the lines below them."""
    join_captions(root)
    for part in islice(found_by(_METERED, root), _MOST):
        if _is_free_part(part):
            del part.attrib["class"]
    seen: set[Node] = set()
    for node in islice(filter(_is_appealing, root.iter("form", "a")), _MOST):
        _mark_prompt(node, seen)
    seen = set()
    for image in list(islice(root.iter("img", "amp-img"), _MOST)):
        _make_figure(image, seen)


def _is_free_part(node: Node) -> bool:
    """Whether a box holds the beginning of the story around it: what is read without paying.

    Its boxes are of the same kind as those that go on behind it. A teaser's are not, so that a name
    like `teaser-content` would lose the first paragraphs.
    """
    inside = Counter(map(_kind_of_box, node))
    behind = Counter(map(_kind_of_box, islice(node.itersiblings(), _MOST)))
    return any(
        kind[1] and min(count, behind[kind]) >= _FEWEST_BOXES for kind, count in inside.items()
    )


def _kind_of_box(node: Node) -> tuple[str, str]:
    """Return what boxes of one template have in common."""
    return str(node.tag), node.get("class", "")


def _is_appealing(node: Node) -> bool:
    """Whether a form or a link leads to where one gives or subscribes."""
    return bool(_APPEALING.search(node.get("action") or node.get("href") or ""))


def _mark_prompt(node: Node, seen: set[Node]) -> None:
    """Mark the largest box around a way to subscribe that holds little but the asking for it."""
    prompt = None
    # A link may stand in the story's own paragraphs, a form does not.
    most = 2 if node.tag == "form" else 1
    around = node if node.tag in _BOXES else node.getparent()
    while around is not None and around not in seen and _is_short(around):
        seen.add(around)
        paragraphs = sum(1 for _ in around.iter("p"))
        if paragraphs > most or holds_any(around, _NOT_IN_PROMPT):
            break
        prompt = around if around.tag in _BOXES else prompt
        around = around.getparent()
    if prompt is not None and len(text_of(prompt)) > len(text_of(node)):
        prompt.set(DECLARED, f"{prompt.get(DECLARED, '')} {_PROMPT}".strip())


def _make_figure(image: Node, seen: set[Node]) -> None:
    """Make a figure of the first box around a picture that says anything, if it is one."""
    around = image.getparent()
    # A box that was seen before holds another picture.
    while around is not None and around not in seen and around.tag in _AROUND_PICTURES:
        seen.add(around)
        if around.tag != "picture" and marks_of(around) & _NOBODY:
            return
        if _says_anything(around):
            if _is_figure(around):
                around.tag = "figure"
            return
        around = around.getparent()


def _is_figure(box: Node) -> bool:
    """Whether a box holds one picture and, in an element of its own, one line about it."""
    if box.tag != "div" or box.get(DECLARED) is not None or not _is_short(box):
        return False
    text = text_of(box)
    if len(text.split()) < _FEWEST_WORDS or len(text) > _LONGEST_CAPTION:
        return False
    if holds_any(box, _NOT_IN_CAPTION) or is_byline(text) or shows_date(text):
        return False
    # Text beside the picture in the same element is a paragraph that a picture opens.
    beside = (box.text, *(child.tail for child in box))
    return not any(text and text.strip() for text in beside) and stands_for_figure(box)


def _says_anything(node: Node) -> bool:
    """Whether any text stands in an element."""
    return any(not text.isspace() for text in texts_of(node))


def _is_short(node: Node) -> bool:
    """Whether an element holds no more text than a prompt does; a longer one is not read whole."""
    letters = 0
    for text in texts_of(node):
        letters += len(text.strip())
        if letters > _LONGEST_PROMPT:
            return False
    return True
