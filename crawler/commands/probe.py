"""`newsreel probe`: one page, every step explained; nothing is stored.

It is a real crawl of that page into a store that is thrown away, so that what it tells is what a
crawl would do.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from archive import open_store
from archive.columns import plain
from archive.counted import counted
from archive.errors import ConfigError
from archive.rendering import CONVERSION
from crawler.commands.crawl import crawl, plan_crawl
from crawler.console import answer_console, message_console
from crawler.plan import Plan
from crawler.progress import Progress
from crawler.telling import reason_in_words

_STEPS = (
    "SELECT c.*, v.fate, v.reason, v.advertised_in FROM captures c "
    "JOIN coverage v ON v.url = c.url AND v.run_id = c.run_id ORDER BY c.fetch_time"
)
_UNASKED = "SELECT url, reason FROM coverage WHERE fate = 'refused' ORDER BY url"
_LONGEST = 100


def probe_page(
    url: str,
    *,
    proxy: str | None,
    networks: Sequence[str],
    contact: str | None,
    as_json: bool,
) -> int:
    """Fetch a page as a crawl would, print what became of it, and keep nothing.

    Returns 0 when it is an article, 3 when it is none or could not be had.
    """
    plan = plan_crawl((url,), allowed_networks=networks, proxy=proxy, contact=contact, delay_s=1.0)
    if plan.targets[0].is_site:
        raise ConfigError(f"{url} is a whole site; give probe the address of one page of it")
    with tempfile.TemporaryDirectory(prefix="newsreel-probe-") as folder:
        root = Path(folder)
        summary = crawl(root, plan, Progress(message_console(), is_quiet=True))
        if summary.outcome == "stopped":
            return summary.exit_code
        store = open_store(root)
        steps = store.sql(_STEPS).to_pylist()
        unasked = store.sql(_UNASKED).to_pylist()
        rows = store.articles.to_arrow().to_pylist()
    article = rows[0] if rows else None
    console = answer_console()
    if as_json:
        answer = {"steps": plain(steps), "unasked": unasked, "article": plain(article)}
        console.out(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        fetching = (*_step_lines(steps), *unasked_lines(unasked))
        for line in (*_site_lines(plan), *fetching, *_field_lines(article)):
            console.print(line, soft_wrap=True)
        console.print("Nothing was stored.")
    return 0 if article else 3


def _site_lines(plan: Plan) -> Iterator[str]:
    site = plan.targets[0].site
    known = f"crawler/spiders/{site.name}.py" if site.designs or site.expect else "no site file"
    yield f"site      {site.name} ({known})"


def _step_lines(steps: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield each request: what was asked, how long it waited, what came, what it led to."""
    for step in steps:
        if step["record_type"] == CONVERSION:
            size = f"{step['content_length'] or 0:,} B"
            yield f"rendered  {step['url']}  {size}  {step['elapsed_ms'] / 1000:.2f} s"
            continue
        waited = f"waited {step['waited_ms'] / 1000:.1f} s ({step['wait_reason']})"
        yield f"request   {step['request_method']} {step['url']}  " + (
            waited if step["wait_reason"] else "waited for nothing"
        )
        answer = step["fetch_status"] or reason_in_words(step["fetch_failure"] or "no_answer")
        kind = step["content_mime_type"] or "no type"
        size = f"{step['content_length'] or 0:,} B"
        yield f"answer    {answer}  {kind}  {size}  {step['elapsed_ms'] / 1000:.2f} s"
        reason = f" ({step['reason']})" if step["reason"] else ""
        yield f"led to    {step['address_kind']} {step['fate']}{reason}"


def unasked_lines(unasked: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield each address that was not asked for, and why."""
    for row in unasked:
        yield f"not asked {row['url']}  {reason_in_words(row['reason'] or 'refused')}"


def _field_lines(article: dict[str, Any] | None) -> Iterator[str]:
    """Yield every field a reader would look for, filled or not."""
    if article is None:
        yield "article   none"
        return
    for name in ("headline", "kicker", "dek", "published_at", "section", "language"):
        yield f"{name:14}{_mark(article[name])}"
    for name in ("authors", "key_points", "images", "quotes", "attributions", "tags", "links"):
        yield f"{name:14}{_mark(len(article[name]) or None)}"
    blocks = counted(len(article["blocks"]), "block")
    yield f"{'body':14}{blocks}, {counted(article['word_count'], 'word')}"
    if article["extraction_warnings"]:
        yield f"{'warnings':14}{', '.join(article['extraction_warnings'])}"


def _mark(value: object) -> str:
    text = " ".join(str(value).split())
    return "✗ none" if value is None else f"✓ {text[:_LONGEST]}"
