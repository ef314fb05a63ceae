"""JSON-LD as pages carry it: broken in familiar ways, nested, and cross-referenced by @id."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from crawler.extract.tree import Node

LinkedNode: TypeAlias = dict[str, Any]

_WRAPPERS: Final = re.compile(
    r"^\s*(?:<!--|(?://\s*)?<!\[CDATA\[)|(?:-->|(?://\s*)?\]\]>)?\s*;?\s*$"
)
_TRAILING_COMMA: Final = re.compile(r",\s*([\]}])")
_CONTROL: Final = re.compile(r"[\x00-\x1f]+")
# Longer scripts are product catalogues or attacks, and json recurses.
_LONGEST_SCRIPT: Final = 1_000_000
_MOST_NODES: Final = 2000


def linked_nodes(root: Node) -> tuple[LinkedNode, ...]:
    """Return every JSON-LD node of a page in reading order, those inside @graph and others too."""
    nodes: list[LinkedNode] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            for node in _nodes_within(_loads(script.text)):
                nodes.append(node)
                if len(nodes) >= _MOST_NODES:
                    return tuple(nodes)
    return tuple(nodes)


def types_of(node: LinkedNode) -> frozenset[str]:
    """Return a node's types without the vocabulary's address in front."""
    declared = node.get("@type")
    names = declared if isinstance(declared, list) else [declared]
    return frozenset(name.rsplit("/", 1)[-1] for name in names if isinstance(name, str))


def _loads(script: str) -> Any:
    """Return what a script says, or None when it cannot be read even after mending."""
    if len(script) > _LONGEST_SCRIPT:
        return None
    script = _WRAPPERS.sub("", script)
    for text in (script, _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", script))):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes_within(value: Any) -> Iterator[LinkedNode]:
    """Yield the nodes of a parsed script, outer before inner."""
    waiting = [value]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = value
        elif isinstance(value, dict):
            yield value
            inner = (value.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage"))
            waiting.extend(inside for inside in inner if isinstance(inside, dict | list))
