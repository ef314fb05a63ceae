"""A Hugging Face dataset folder: the parts of a store, and a card that says what is in them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc

from archive.counted import counted
from archive.dataset.parted import SharedParts, share_parts
from archive.dataset.scan import DatasetReader
from archive.dictionary import page, schema_file
from archive.layout import ExportFolder

# https://huggingface.co/docs/hub/datasets-cards: the steps of size_categories.
_SIZES: Final = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)


def export_folder(
    readers: Iterable[DatasetReader], folder: Path, *, site: str | None, now: datetime
) -> Mapping[str, SharedParts]:
    """Make the folder: `data/` with hard links to the parts, card, dictionary and JSON schema."""
    export = ExportFolder(folder)
    shared: dict[str, SharedParts] = {}
    facts: dict[str, Any] = {}
    for reader in readers:
        shared[reader.dataset.name] = share_parts(reader, export.parts, site=site)
        if reader.dataset.name == "articles":
            facts = _facts(reader, site)
    export.card.write_text(_card(shared, facts, now), "utf-8")
    export.dictionary.write_text(page(), "utf-8")
    export.schema.write_bytes(schema_file())
    return shared


def _facts(reader: DatasetReader, site: str | None) -> dict[str, Any]:
    table = reader.to_arrow(["site", "site_domain", "language", "fetch_time", "article_id"])
    if site is not None:
        table = table.filter(pc.equal(table["site"], site))
    spoken = {code.split("-")[0].lower() for code in table["language"].to_pylist() if code}
    times = [time for time in table["fetch_time"].to_pylist() if time]
    return {
        "sites": sorted({name for name in table["site_domain"].to_pylist() if name}),
        "languages": sorted(code for code in spoken if code.isalpha() and len(code) in {2, 3}),
        "articles": len(set(table["article_id"].to_pylist())),
        "first": min(times, default=None),
        "last": max(times, default=None),
    }


def _card(shared: Mapping[str, SharedParts], facts: Mapping[str, Any], now: datetime) -> str:
    return "\n".join([*_front_matter(shared, facts), *_body(shared, facts, now)])


def _front_matter(shared: Mapping[str, SharedParts], facts: Mapping[str, Any]) -> list[str]:
    rows = shared["articles"].rows
    size = next((name for limit, name in _SIZES if rows < limit), "n>10M")
    lines = ["---", "pretty_name: Entertainment news, archived", "license: other"]
    lines += ["license_name: rights-of-the-publishers", "task_categories:", "- text-classification"]
    lines += ["- summarization", "tags:", "- news", "- entertainment", "- web-archive"]
    if facts["languages"]:
        lines += ["language:", *(f"- {code}" for code in facts["languages"])]
    lines += ["size_categories:", f"- {size}", "configs:"]
    for name, parts in shared.items():
        if parts.files:  # a config without files fails to load
            lines += [f"- config_name: {name}", f"  data_files: data/{name}/**/*.parquet"]
            lines += ["  default: true"] if name == "articles" else []
    return [*lines, "---", ""]


def _body(
    shared: Mapping[str, SharedParts], facts: Mapping[str, Any], now: datetime
) -> Iterable[str]:
    yield "# Entertainment news, archived\n"
    yield (
        f"{counted(facts['articles'], 'article')} in "
        f"{counted(shared['articles'].rows, 'version')} from "
        f"{counted(len(facts['sites']), 'site')}, captured {_period(facts)}; "
        f"written on {now:%Y-%m-%d} by Newsreel.\n"
    )
    yield "| config | rows | files | MB | one row |"
    yield "|---|---|---|---|---|"
    for name, parts in shared.items():
        row = {"articles": "a version of an article", "captures": "a request"}.get(
            name, "an advertised address and run"
        )
        size = f"{parts.size_bytes / 1e6:,.1f}"
        yield f"| {name} | {parts.rows:,} | {len(parts.files):,} | {size} | {row} |"
    yield _REST.format(sites=", ".join(facts["sites"]) or "none")


def _period(facts: Mapping[str, Any]) -> str:
    if facts["first"] is None:
        return "never"
    return f"from {facts['first']:%Y-%m-%d} to {facts['last']:%Y-%m-%d} (UTC)"


_REST: Final = """
## Use

```python
from datasets import load_dataset

articles = load_dataset("path/to/this/folder", "articles", split="train")
```

`DICTIONARY.md` says what each column holds, `schema.json` says it to programs. An article that was
edited has a row a version: take the one with the greatest `version` of each `article_id` for what
was last seen.

## How it was made

Pages were fetched from what the sites advertise (robots.txt, sitemaps, feeds, front pages),
archived byte for byte as WARC, and read by rules; no row was written by hand. `extractor` and
`rules_version` say which rules. `warc_filename`, `warc_record_offset` and `warc_record_length` say
where a row's bytes are in the archive that it came from, `content_digest` which bytes they are.
`coverage` has every address that was advertised and what became of it: what is missing can be
counted.

## Sites

{sites}

## Limits

- `published_at` is null where a page gives no time that can be trusted; `published_source` says
  what it rests on.
- Text that a page loads by script after it was opened is not in it.
- Sites are what they are: their choice of subjects and words is no sample of anything else.

## Rights and people

The texts belong to their publishers. `rights` holds what each page and site said of reuse when it
was fetched: robots.txt, robots meta, TDM reservation, paywall. These are signals, not permission.
Names of authors and of people written about are personal data in many places: check what applies
to you before you publish this folder.
"""
