"""Extractors of others, in a process of their own: build/peers has what Newsreel does not need.

A line of JSON asks for a page to be read by one of them; a line answers with what was read and the
CPU seconds that it took, measured here, so that the way between the processes costs nobody.
"""

import base64
import json
import sys
import time
from collections.abc import Callable
from importlib import metadata
from typing import Any

from lxml import html
from newspaper import Article
from readability import Document
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding
from resiliparse.parse.html import HTMLTree


def newspaper4k(body: bytes, url: str) -> dict[str, Any]:
    """Return what newspaper4k reads; it is told not to ask for the page's images."""
    page = Article(url, fetch_images=False)
    page.download(input_html=body.decode("utf-8", "replace"))
    page.parse()
    return {
        "headline": page.title,
        "body": page.text,
        "authors": list(page.authors),
        "day": str(page.publish_date)[:10] if page.publish_date else None,
    }


def readability(body: bytes, url: str) -> dict[str, Any]:
    """Return what readability-lxml reads: a headline, and the text of the markup that it leaves."""
    page = Document(body, url=url)
    left = html.fromstring(page.summary(html_partial=True))
    return {"headline": page.short_title(), "body": "\n".join(left.itertext())}


def resiliparse(body: bytes, _: str) -> dict[str, Any]:
    """Return what Resiliparse reads: the text that it takes for the main one."""
    tree = HTMLTree.parse(bytes_to_str(body, detect_encoding(body)))
    return {"body": extract_plain_text(tree, main_content=True)}


READERS: dict[str, Callable[[bytes, str], dict[str, Any]]] = {
    "newspaper4k": newspaper4k,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
}


def main() -> None:
    """Answer until nobody asks; the first line tells each version."""
    print(json.dumps({name: metadata.version(name) for name in READERS}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        body = base64.b64decode(asked["body"])
        began, failed = time.process_time(), False
        try:
            read = READERS[asked["reader"]](body, asked["url"])
        except Exception as error:  # noqa: BLE001 - what others cannot read is a score, not an end
            read, failed = {}, str(error)
        took = time.process_time() - began
        print(json.dumps({"cpu_s": took, "failed": failed, "read": read}), flush=True)


if __name__ == "__main__":
    main()
