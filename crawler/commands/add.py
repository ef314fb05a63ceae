"""`newsreel add`: look at a site, say what is there to crawl, and write its site file.

It is a real crawl of a few articles into a store that is thrown away, so that what it tells is what
a crawl would find.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import crawler.spiders
from archive import open_store
from archive.address import origin_of
from archive.counted import counted
from archive.dataset.reader import OpenStore
from archive.errors import ConfigError
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.layout import SLUG, Layout, slug
from archive.message import decode_content, parse_message, split_interim
from crawler.commands.crawl import crawl, plan_crawl
from crawler.console import answer_console, message_console
from crawler.discover.robots import read_robots
from crawler.extract.page import SourcePage
from crawler.page import LARGEST_BODY_BYTES
from crawler.plan import Plan
from crawler.progress import Progress
from crawler.registry import known_sites
from crawler.run import AGENT
from crawler.skeleton import address_skeleton, expected_skeleton, page_skeleton
from crawler.telling import reason_in_words

PROBED: Final = 8
"""Articles that are looked at: enough to tell a field that is never there from one that is."""
_DAY: Final = timedelta(days=1)
_LISTINGS: Final = (
    "SELECT c.url, a.address_kind AS kind, a.fetch_status AS status, c.fate, "
    "(SELECT count(*) FROM coverage d WHERE list_contains(d.advertised_by, c.url)) AS named "
    "FROM coverage c JOIN captures a ON a.warc_record_id = c.warc_record_id "
    "WHERE a.address_kind IN ('feed', 'sitemap') ORDER BY kind, c.url"
)
_OTHERS: Final = "SELECT fate, reason FROM coverage WHERE fate NOT IN ('archived', 'read')"
_FIELDS: Final = (
    *("headline", "kicker", "dek", "key_points", "text", "quotes", "images", "authors"),
    *("tags", "section", "published_at", "modified_at"),
)
_PROMISED: Final = ("dek", "key_points", "images", "authors", "tags", "section")
_LONGEST: Final = 60
_LEAST: Final = 0.8
_SHOWN: Final = "Nothing was written: --write does that."
_WRITTEN: Final = "Written. Give selectors to what is empty (docs/how-to/add-a-site.md)."
_PAGE_WRITTEN: Final = (
    "{folder}: the markup of one article, its words replaced. Look through it, and write into "
    "expected.json what a reader sees there; until then its tests fail."
)
_FIRST_PAGE: Final = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a site has to offer."""

    name: str
    home: str
    robots: str
    listings: Sequence[dict[str, Any]]
    articles: Sequence[dict[str, Any]]
    refused: Counter[str]
    """What became of the pages that were no article."""
    page: SourcePage | None = None
    """The article with most of its fields filled; None without articles."""

    def fill_rate(self, field: str) -> float:
        """Return the share of the articles that have a field."""
        return sum(bool(row[field]) for row in self.articles) / max(1, len(self.articles))


def add_site(url: str, *, name: str | None, is_written: bool, options: dict[str, Any]) -> int:
    """Print what a site offers and the file for it; write that when asked to.

    Returns 3 when no article was found. Raises ConfigError when the site has a file already.
    """
    plan = plan_crawl((url,), most_pages=PROBED, **options)
    target = plan.targets[0]
    if not target.is_site:
        raise ConfigError(f"{url} is one page; give add the front page of its site")
    if known_sites().holding(target.seeds[0].url) is not None:
        raise ConfigError(
            f"{target.site.name} has a site file already, crawler/spiders/{target.site.name}.py: "
            "edit that, and see with `newsreel probe` how one of its pages reads"
        )
    chosen = _site_name(name or target.site.name.split("-")[0])
    place = Path(crawler.spiders.__path__[0]) / f"{chosen.replace('-', '_')}.py"
    if place.exists():
        raise ConfigError(f"{place} is there already; give the site another --name")
    found = _look(plan, chosen)
    text, console = site_file(found), answer_console()
    for line in (*_told(found), "", f"{place}:", ""):
        console.print(line, soft_wrap=True)
    console.out(text, end="")
    if not found.articles:
        return 3
    if is_written:
        place.write_text(text, "utf-8")
    console.print(f"\n{_WRITTEN if is_written else _SHOWN}", soft_wrap=True)
    if is_written and (folder := write_page(found, place.parents[2] / "tests" / "sites")):
        console.print(_PAGE_WRITTEN.format(folder=folder), soft_wrap=True)
    return 0


def write_page(found: Found, sites: Path) -> Path | None:
    """Write the folder that a golden page begins with; None where there are no tests of sites."""
    folder = sites / found.name / _FIRST_PAGE
    if found.page is None or not sites.is_dir() or folder.exists():
        return None
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(page_skeleton(found.page, found.name), "utf-8")
    (folder / "url.txt").write_text(address_skeleton(found.page, found.name) + "\n", "utf-8")
    (folder / "expected.json").write_text(expected_skeleton(), "utf-8")
    return folder


def _site_name(name: str) -> str:
    if not SLUG.fullmatch(name) or not name[0].isalpha():
        raise ConfigError(f"--name {name}: use lower case letters, digits and hyphens")
    return name


def _look(plan: Plan, name: str) -> Found:
    with tempfile.TemporaryDirectory(prefix="newsreel-add-") as folder:
        root = Path(folder)
        summary = crawl(root, plan, Progress(message_console(), is_quiet=True))
        if summary.outcome == "stopped":
            raise SystemExit(summary.exit_code)
        store = open_store(root)
        others = store.sql(_OTHERS)
        home = plan.targets[0].site.home
        articles = store.articles.to_arrow().to_pylist()
        return Found(
            name=name,
            home=home,
            robots=_robots(Layout(root), home),
            listings=store.sql(_LISTINGS).to_pylist(),
            articles=articles,
            page=_fullest_page(store, articles),
            refused=Counter(
                f"{row['fate']}: {reason_in_words(row['reason'] or 'no reason')}"
                for row in others.to_pylist()
            ),
        )


def _fullest_page(store: OpenStore, articles: Sequence[dict[str, Any]]) -> SourcePage | None:
    if not articles:
        return None
    row = max(articles, key=lambda each: sum(bool(each[field]) for field in _FIELDS))
    message = parse_message(split_interim(store.record(row))[1])
    fields = {name.lower(): value.decode("latin-1") for name, value in message.fields}
    body = decode_content(
        message.entity(), fields.get(b"content-encoding"), limit_bytes=LARGEST_BODY_BYTES
    ).body
    return SourcePage(url=row["url"], body=body, content_type=fields.get(b"content-type"))


def _robots(layout: Layout, home: str) -> str:
    journal = Journal.read(layout.journal)
    try:
        origin = origin_of(home)
        answer = journal.runs.robots(origin, now=now_utc(), keep_for=_DAY)
    finally:
        journal.close()
    if answer is None:
        return "none was asked for"
    rules = read_robots(answer.status, answer.body, base=f"{origin}/robots.txt")
    if rules.is_unreachable:
        return f"not to be had ({answer.status or 'no answer'}): nothing may be asked for"
    delay_s = rules.crawl_delay_s(AGENT)
    front = "allows" if rules.is_allowed(home, AGENT) else "forbids"
    pause = f", asks for {delay_s:g} s between requests" if delay_s else ""
    return f"{front} the front page{pause}, names {counted(len(rules.sitemaps), 'sitemap')}"


def _told(found: Found) -> Iterator[str]:
    yield f"site      {found.name} ({found.home})"
    yield f"robots    {found.robots}"
    for row in found.listings:
        yield f"{row['kind']:9} {row['url']}  {row['fate']}, {counted(row['named'], 'address')}"
    yield f"articles  {len(found.articles)} read"
    for what, count in found.refused.most_common():
        yield f"          {counted(count, 'address')} {what}"
    for field in _FIELDS if found.articles else ():
        shown = next((row[field] for row in found.articles if row[field]), None)
        yield f"{field:14}{found.fill_rate(field):5.0%}  {_shown(shown)}"


def _shown(value: object) -> str:
    if isinstance(value, list):
        value = value[0]
    if isinstance(value, dict):
        value = value.get("name") or value.get("text") or value.get("url")
    if isinstance(value, datetime):
        value = f"{value:%Y-%m-%d %H:%M} UTC"
    text = " ".join(str(value if value is not None else "-").split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def site_file(found: Found) -> str:
    """Return the site file: what was found, and what is promised of it."""
    feeds = [row["url"] for row in found.listings if row["kind"] == "feed" and row["named"]]
    promised = [field for field in _PROMISED if found.fill_rate(field) >= _LEAST]
    title = found.name.replace("-", " ").title()
    lines = [
        f'"""{title}: as `newsreel add` found it."""',
        "",
        "from crawler.extract.rules import Expect",
        "from crawler.spider import NewsSpider",
        "",
        "",
        f"class {title.replace(' ', '')}(NewsSpider):",
        f'    """{title}."""',
        "",
        f"    name = {json.dumps(slug(found.name))}",
        f"    home = {json.dumps(found.home)}",  # of the web: quoted, whatever it holds
        *(["    feeds = ("] if feeds else []),
        *(f"        {json.dumps(url)}," for url in feeds),
        *(["    )"] if feeds else []),
        "    expect = Expect(",
        "        optional={",
        *(f'            "{field}": {_LEAST},' for field in promised),
        "        },",
        "    )",
        "",
    ]
    return "\n".join(lines)
