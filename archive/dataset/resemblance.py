"""Near duplicates: articles of any sites that share most of their words, by MinHash.

A derived table: it is computed from `articles` and can be thrown away and made again. Every article
of 50 words is taken with its newest version, as its five-word shingles; two of which seven in ten
shingles are shared are near duplicates. The numbers are those of Broder (1997) and of datatrove.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Final

import duckdb
import pyarrow as pa

from archive.columns import column
from archive.dataset.rows import to_table
from archive.extras import extra_missing

LEAST_WORDS: Final = 50
"""Below, two notes are alike by their kind: "This story is developing."""
THRESHOLD: Final = 0.7
_SHINGLE_WORDS: Final = 5
_PERMUTATIONS: Final = 128
# 16 bands of 8: a pair with 0.7 of its shingles in common shares a band with a chance of 61 %, one
# with 0.8 of 95 %, one with 0.3 of 0.1 %.
_BAND_ROWS: Final = 8
_SEED: Final = 42
_ROWS_AT_ONCE: Final = 500
_ASK: Final = """
SELECT article_id, version, url, site_domain, published_at, fetch_time, text FROM articles_latest
WHERE word_count >= $least_words AND article_id IS NOT NULL
ORDER BY coalesce(published_at, fetch_time), fetch_time, url
"""

Signature = Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resemblance:
    """One article of a group whose texts are near duplicates."""

    group_id: str = column(
        "The article_id of the earliest of the group; stable while that article stays.",
        example="b3f1c2d4e5a697887766554433221100",
    )
    group_size: int = column("Articles in the group.", example=3, width=32)
    article_id: str = column("The article.", example="b3f1c2d4e5a697887766554433221100")
    version: int | None = column("Its newest version, which was compared.", example=1, width=32)
    url: str = column("Its address.", example="https://x.example/2026/a-story/")
    site_domain: str | None = column("The registrable domain.", example="x.example")
    published_at: datetime | None = column(
        "UTC; null when the page gives no time that can be trusted.", example="2026-05-18T07:02:41Z"
    )
    fetch_time: datetime | None = column("UTC; its capture.", example="2026-05-18T07:12:00Z")
    is_earliest: bool = column(
        "Whether it is the group's earliest: by published_at, else by fetch_time.", example=True
    )
    similarity: float = column(
        "Estimated share of shingles in common with the earliest, 0 to 1; through a third article "
        "it may be below 0.7.",
        example=0.94,
    )


@dataclass(frozen=True, slots=True)
class _Text:
    row: dict[str, Any]
    signature: Signature


def near_duplicates(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return every article that has a near duplicate, group by group, the earliest first.

    About 2 KB of memory an article. Raises ConfigError when rensa is not installed.
    """
    texts = list(_texts(connection))
    groups = _groups([text.signature for text in texts])
    return to_table(Resemblance, [row for group in groups for row in _told(texts, group)])


def _texts(connection: duckdb.DuckDBPyConnection) -> Iterator[_Text]:
    min_hash = _min_hash()
    for batch in connection.sql(_ASK, params={"least_words": LEAST_WORDS}).to_arrow_reader(
        _ROWS_AT_ONCE
    ):
        for row in batch.to_pylist():
            if shingles := _shingles(row.pop("text")):
                hashed = min_hash(num_perm=_PERMUTATIONS, seed=_SEED)
                hashed.update(shingles)
                yield _Text(row, tuple(hashed.digest()))


def _shingles(text: str) -> list[str]:
    words = "".join(c if c.isalnum() else " " for c in text.casefold()).split()
    return [
        " ".join(words[start : start + _SHINGLE_WORDS])
        for start in range(len(words) - _SHINGLE_WORDS + 1)
    ]


def _groups(signatures: Sequence[Signature]) -> list[list[int]]:
    """Return the indexes of texts that resemble each other, also through a third."""
    leader = list(range(len(signatures)))

    def found(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    for one, other in _candidates(signatures):
        ends = sorted((found(one), found(other)))
        if ends[0] != ends[1] and _similarity(signatures[one], signatures[other]) >= THRESHOLD:
            leader[ends[1]] = ends[0]
    members: dict[int, list[int]] = defaultdict(list)
    for index in range(len(signatures)):
        members[found(index)].append(index)
    return [group for group in members.values() if len(group) > 1]


def _candidates(signatures: Sequence[Signature]) -> Iterator[tuple[int, int]]:
    """Yield pairs that share a band: each text with the first of its bucket, and the one before."""
    for start in range(0, _PERMUTATIONS, _BAND_ROWS):
        buckets: dict[Signature, tuple[int, int]] = {}
        for index, signature in enumerate(signatures):
            band = signature[start : start + _BAND_ROWS]
            first, last = buckets.get(band, (index, index))
            if first != index:
                yield from {(first, index), (last, index)}
            buckets[band] = (first, index)


def _similarity(one: Signature, other: Signature) -> float:
    return sum(map(int.__eq__, one, other)) / _PERMUTATIONS


def _told(texts: Sequence[_Text], group: Iterable[int]) -> Iterator[Resemblance]:
    members = sorted(group)  # texts come in the order of their time
    earliest = texts[members[0]]
    for index in members:
        text = texts[index]
        yield Resemblance(
            group_id=earliest.row["article_id"],
            group_size=len(members),
            is_earliest=text is earliest,
            similarity=_similarity(earliest.signature, text.signature),
            **text.row,
        )


def _min_hash() -> Any:
    try:
        return import_module("rensa").RMinHash
    except ImportError as error:
        raise extra_missing("near duplicates need rensa", "dedup") from error
