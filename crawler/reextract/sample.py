"""A look before a re-extraction: some rows, read again and compared, and nothing written."""

from collections.abc import Iterator
from dataclasses import dataclass

from archive import open_store
from archive.selection import Selection
from crawler.reextract.rereading import Designs, Rereader


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """One row, and how it would read."""

    url: str
    version: int
    columns: tuple[str, ...]
    """Those that would not be as they are."""
    kept: str | None
    """Why today's reader gets no article there; None when it does."""


def sample(
    rereader: Rereader, selection: Selection, count: int, designs: Designs
) -> Iterator[Sampled]:
    """Yield some of the selected rows, always the same ones of the same store, read again."""
    # By the digest of its key a row comes up by chance, and every time.
    query = (
        f"SELECT * FROM articles WHERE {_where(selection)} "  # noqa: S608 - slug and dates
        f"ORDER BY sha256(article_id || '/' || version) LIMIT {count:d}"
    )
    rows = open_store(rereader.layout.root).sql(query).to_pylist()
    for _, each in rereader.reread(rows, designs):
        yield Sampled(
            url=each.before["url"],
            version=each.before["version"],
            columns=each.columns,
            kept=each.kept,
        )


def _where(selection: Selection) -> str:
    conditions = ["true"]
    if selection.site is not None:
        conditions.append(f"site = '{selection.site}'")
    if selection.begins_at is not None:
        conditions.append(f"fetch_time >= '{selection.begins_at.isoformat()}'")
    if selection.ends_before is not None:
        conditions.append(f"fetch_time < '{selection.ends_before.isoformat()}'")
    return " AND ".join(conditions)
