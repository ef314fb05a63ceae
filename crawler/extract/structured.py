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
_BETWEEN: Final = re.compile(r"[\s\ufeff;,]*")
"""What stands around the values of a script, one or several."""
_DECODER: Final = json.JSONDecoder(strict=False)
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


def _loads(script: str) -> list[Any]:
    """Return the values that a script says, mended where it has to be; none when that fails.

    What can be read of a script that breaks off, or that has a brace too many, is kept.
    """
    if len(script) > _LONGEST_SCRIPT:
        return []
    script = _WRAPPERS.sub("", script)
    values, is_whole = _values(script)
    if is_whole:
        return values
    mended, _ = _values(_TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", script)))
    return max(values, mended, key=len)


def _values(text: str) -> tuple[list[Any], bool]:
    """Return the values that stand one behind the other, and whether that is all of the text."""
    values: list[Any] = []
    at = _end_of_gap(text, 0)
    while at < len(text):
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return values, False
        values.append(value)
        at = _end_of_gap(text, end)
    return values, True


def _end_of_gap(text: str, start: int) -> int:
    """Return where the next value begins, or the text's length."""
    gap = _BETWEEN.match(text, start)
    assert gap is not None
    return gap.end()


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
