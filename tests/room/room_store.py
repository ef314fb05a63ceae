"""A store that the reading room is tested with: two runs, an edit, trouble, and hostile words."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from archive.address import crawl_address
from archive.article import Attribution, Author, Block, BlockKind, Image
from archive.coverage import Fate
from archive.journal.alarms import Alarm
from archive.layout import Layout
from tests.verify.small_store import BEGIN, FIRST_RUN, HOST, SECOND_RUN, SITE, answer, crawling

NOW: Final = datetime(2026, 5, 19, 12, tzinfo=UTC)
PUBLISHED: Final = BEGIN - timedelta(minutes=12)

BLOCKED: Final = Alarm(
    site=SITE,
    kind="blocked",
    what="1 address blocked; what was answered is archived",
    began_at=BEGIN + timedelta(hours=6),
)

PROMISES: Final[Mapping[str, Mapping[str, float]]] = {SITE: {"dek": 0.9, "authors": 1.0}}

# Ways to run what was only to be read: in text, in an attribute, in an address, in a style.
PAYLOADS: Final = (
    "<script>document.documentElement.dataset.ran=1</script>",
    "<img src=x onerror=document.documentElement.dataset.ran=1>",
    '"><svg onload=document.documentElement.dataset.ran=1>',
    "' autofocus onfocus='document.documentElement.dataset.ran=1",
    "javascript:document.documentElement.dataset.ran=1",
    "</title><script>document.documentElement.dataset.ran=1</script>",
    "</style><script>document.documentElement.dataset.ran=1</script>",
    "<iframe srcdoc='<script>parent.document.documentElement.dataset.ran=1</script>'></iframe>",
    "<a href=javascript:document.documentElement.dataset.ran=1>x</a>",
    "<body onload=document.documentElement.dataset.ran=1>",
    "{{ 7 * 7 }}{% for x in [] %}",
    "${document.documentElement.dataset.ran=1}",
    "<details open ontoggle=document.documentElement.dataset.ran=1>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=x=1>",
    "<!--><script>document.documentElement.dataset.ran=1</script>-->",
    "&lt;script&gt;document.documentElement.dataset.ran=1&lt;/script&gt;",
    "<link rel=stylesheet href=//trap.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//trap.example/'>",
    "\u202e<script>\u2028document.documentElement.dataset.ran=1</script>",
    "<object data=data:text/html,<script>alert(1)</script>></object>",
)


def make_room_store(root: Path) -> Layout:
    """Make a store of two runs, with two stories, one of them edited, and the hostile ones."""
    with crawling(root, FIRST_RUN) as crawl:
        crawl.settle(crawl.fetch("/robots.txt", answer(b"", status="404 No")), Fate.READ)
        crawl.keep_article(
            crawl.fetch("/vesper", answer(_page("Halcyon Moves Vesper to Spring"))),
            "Halcyon Moves Vesper to Spring",
            dek="The calendar empties.",
            key_points=("It opens in May.",),
            text="A borrowed piano stood on the stage.\n\nNobody played it.",
            blocks=(
                Block(kind=BlockKind.PARAGRAPH, text="A borrowed piano stood on the stage."),
                Block(kind=BlockKind.PARAGRAPH, text="Nobody played it."),
            ),
            images=(_image("A stage", "Tallgrass Pictures"),),
            authors=(Author(name="Ida Marsh", bio="Ida covers film."),),
            attributions=(Attribution(name="Empire"),),
            published_at=PUBLISHED,
            word_count=10,
            site_domain="x.example",
        )
        crawl.keep_article(
            crawl.fetch("/harrow", answer(_page("Harrow Lane Ends"))),
            "Harrow Lane Ends",
            text="The last night was quiet.",
            published_at=PUBLISHED - timedelta(days=2),
            site_domain="x.example",
        )
        for number, payload in enumerate(PAYLOADS):
            crawl.keep_article(
                crawl.fetch(_path(f"/payload-{number}?q='\"<{payload}>"), answer(_page("kept"))),
                f"payload {number} {payload}",
                dek=payload,
                kicker=payload,
                key_points=(payload,),
                text=f"hostile {payload}",
                blocks=(Block(kind=BlockKind.PARAGRAPH, text=payload),),
                images=(_image(payload, payload),),
                authors=(Author(name=payload, bio=payload, url=payload),),
                tags=(payload,),
                published_at=PUBLISHED - timedelta(days=9, minutes=number),
                site_domain="x.example",
            )
        gone = crawl.fetch("/gone", answer(b"", status="404 Not Found"))
        crawl.settle(gone, Fate.GONE, "http_404")
        crawl.finish()
    with crawling(root, SECOND_RUN, BEGIN + timedelta(hours=6)) as crawl:
        crawl.keep_article(
            crawl.fetch("/vesper", answer(_page("Halcyon Pushes Vesper to Spring"))),
            "Halcyon Pushes Vesper to Spring",
            2,
            dek="The calendar empties.",
            key_points=("It opens in May.",),
            text="A borrowed piano stood on the stage.\n\nSomebody played it.",
            blocks=(
                Block(kind=BlockKind.PARAGRAPH, text="A borrowed piano stood on the stage."),
                Block(kind=BlockKind.PARAGRAPH, text="Somebody played it."),
            ),
            images=(_image("A stage", "Tallgrass Pictures"),),
            authors=(Author(name="Ida Marsh", bio="Ida covers film."),),
            published_at=PUBLISHED,
            word_count=10,
            site_domain="x.example",
        )
        blocked = crawl.fetch("/blocked", answer(b"no", status="403 Forbidden"))
        crawl.settle(blocked, Fate.BLOCKED, "http_403")
        crawl.recorder.write(lambda journal: journal.alarms.keep(BLOCKED)).result()
        crawl.finish()
    layout = Layout(root)
    layout.run(SECOND_RUN).mkdir(parents=True, exist_ok=True)
    layout.summary(SECOND_RUN).write_text(json.dumps(_SUMMARY), encoding="utf-8")
    return layout


_SUMMARY: Final = {
    "run_id": SECOND_RUN,
    "fates": {SITE: {"archived": 1, "blocked": 1}},
    "exit_code": 3,
    "sentence": "2 of 3 advertised articles are archived; 1 of 1 site needs a look.",
    "problems": [
        {
            "site": SITE,
            "kind": BLOCKED.kind,
            "what": BLOCKED.what,
            "hint": "newsreel sql 'from coverage'",
            "exit_code": 3,
        }
    ],
}


def _path(path: str) -> str:
    """Return a path as an address in a crawl has it."""
    return str(crawl_address(HOST + path)).removeprefix(HOST)


def _image(caption: str, credit: str) -> Image:
    return Image(url="https://x.example/a.jpg", role="lead", caption=caption, credit=credit)


def _page(words: str) -> bytes:
    return (
        f"<!doctype html><html lang=en><title>{words}</title><h1>{words}</h1><p>As captured.</p>"
        "<script>document.documentElement.dataset.ran = 1</script>"
    ).encode()
