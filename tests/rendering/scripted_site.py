"""A site whose articles are put in by a script, on loopback, and a crawl of it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.e2e.command import ROOT
from tests.e2e.wire_cases import HTML, NOT_FOUND, OK, sized
from tests.fetch.wire_origin import Answer, WireOrigin

PAGE: Final = "/news/harbour.html"
HEADLINE: Final = "The Harbour Stage Opens Late"
_SENTENCES: Final = (
    "The harbour stage opened late on its {} evening, and nobody in the audience went home before "
    "the last song, although the rain had been falling on the benches since the afternoon."
)
STORY: Final = json.dumps(
    {
        "headline": HEADLINE,
        "text": [_SENTENCES.format(day) * 2 for day in ("first", "second", "third", "fourth")],
    }
).encode()
SHELL: Final = b"""<!doctype html><html lang=en><head><meta charset=utf-8><title>Harbour</title>
<link rel=stylesheet href=/site.css><script src=/app.js></script></head>
<body><div id=root></div><img src=/pixel.png onerror="this.remove()"></body></html>"""
SCRIPT: Final = """
addEventListener("DOMContentLoaded", async () => {
  const story = await (await fetch("%s/story.json", {headers: {"X-Edition": "late"}})).json();
  const paragraphs = story.text.map(text => "<p>" + text + "</p>").join("");
  document.getElementById("root").innerHTML =
    "<article><h1>" + story.headline + "</h1>" + paragraphs + "</article>";
  fetch("http://169.254.169.254/latest/").catch(() => 0);
  fetch("file:///etc/hostname").catch(() => 0);
  fetch("/private/secret.json").catch(() => 0);
  fetch("/posted", {method: "POST", body: "x"}).catch(() => 0);
  navigator.sendBeacon("/beacon", "x");
  new EventSource("/events");
  try { new WebSocket("ws://" + location.host + "/socket"); } catch {}
});
"""


def script(body: str) -> bytes:
    """Return the answer that is a script."""
    return OK + b"Content-Type: text/javascript\r\n" + sized(body.encode())


def page(body: bytes) -> bytes:
    """Return the answer that is a page."""
    return OK + HTML + sized(body)


def site_answers(api: str) -> dict[str, bytes]:
    """Return what the site answers; its stories come from another server."""
    return {
        "/robots.txt": OK + sized(b"User-agent: *\nDisallow: /private/\n"),
        PAGE: page(SHELL),
        "/app.js": script(SCRIPT % api),
        "/site.css": OK + b"Content-Type: text/css\r\n" + sized(b"p { margin: 0 }"),
    }


API_ANSWERS: Final = {
    "/story.json": OK
    + b"Content-Type: application/json\r\nAccess-Control-Allow-Origin: *\r\n"
    + sized(STORY),
}


def origin(answers: Mapping[str, bytes]) -> WireOrigin:
    """Return a server with these answers, and none else."""
    return WireOrigin(lambda path, _: Answer(pieces=(answers.get(path, NOT_FOUND),)))


def command(url: str, store: Path, seconds: float = 10) -> list[str]:
    """Return the command that crawls a page of the site."""
    return [sys.executable, "-m", "tests.rendering.scripted_crawl", url, str(store), str(seconds)]


def crawl(url: str, store: Path, seconds: float = 10, **environ: str) -> Any:
    """Crawl a page of the site; return the summary."""
    done = subprocess.run(
        command(url, store, seconds),
        cwd=ROOT,
        check=False,
        capture_output=True,
        timeout=120,
        env={**os.environ, **environ},
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def issues(store: Path) -> list[dict[str, Any]]:
    """Return what the crawls of a store noted."""
    files = sorted(store.glob("runs/*/issues.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
