"""What a site file declares, written into the page: a rule makes an element say what it is.

Every layer reads the same names and tags, so a site with rules and one without are read by the same
code. An element found by a rule gets the word for it in an attribute of ours; one that is a figure
or a quote becomes a `figure` or a `blockquote`.
"""

from typing import Final

from crawler.extract.rules import Rules, nodes_matching
from crawler.extract.tree import DECLARED, Node, remove, text_of

# Rule and the words by which `marks` knows such an element.
_WORDS: Final = (
    ("kicker", "kicker"),
    ("dek", "dek"),
    ("key_points", "key points"),
    ("caption", "caption"),
    ("credit", "credit"),
    ("byline", "byline"),
    ("author_card", "author"),
    ("author_bio", "bio"),
    ("tags", "tags"),
    ("headline", "headline"),
)
_TAGS: Final = (("figure", "figure"), ("quote", "blockquote"))


def declare(root: Node, rules: Rules) -> tuple[str, ...]:
    """Write the rules into the page, and return the required rules that found nothing."""
    for selector in rules.furniture:
        for node in nodes_matching(selector, root):
            remove(node)
    for rule, words in _WORDS:
        for node in nodes_matching(getattr(rules, rule), root):
            node.set(DECLARED, f"{node.get(DECLARED, '')} {words}".strip())
    for rule, tag in _TAGS:
        for node in nodes_matching(getattr(rules, rule), root):
            node.tag = tag
            node.set(DECLARED, f"{node.get(DECLARED, '')} {rule}".strip())
    return tuple(
        rule
        for rule in ("headline", "body")
        if (selector := getattr(rules, rule)) and not nodes_matching(selector, root)
    )


def declared_bodies(root: Node, rules: Rules) -> frozenset[Node]:
    """Return the elements that a rule says hold the body."""
    return frozenset(nodes_matching(rules.body, root))


def declared_tags(root: Node, rules: Rules) -> tuple[str, ...]:
    """Return the tags that a rule finds, each once."""
    found = (text_of(node).strip(" ,") for node in nodes_matching(rules.tags, root))
    return tuple(dict.fromkeys(tag for tag in found if tag))


def declared_date(root: Node, rules: Rules) -> str | None:
    """Return the text that dates the page by a rule, or None."""
    for node in nodes_matching(rules.published, root):
        if text := node.get("datetime") or node.get("content") or text_of(node):
            return text
    return None
