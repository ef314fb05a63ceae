"""`newsreel add`: the site file it writes is one, whatever the web says."""

import ast
from collections import Counter
from typing import Any

from crawler.commands.add import Found, site_file
from crawler.spider import NewsSpider

HOME = "https://www.x.example/"


def found(**changes: Any) -> Found:
    told: dict[str, Any] = {
        "name": "x-times",
        "home": HOME,
        "robots": "allows the front page",
        "listings": [
            {"kind": "feed", "url": f"{HOME}feed", "named": 3},
            {"kind": "feed", "url": f"{HOME}comments/feed", "named": 0},
            {"kind": "sitemap", "url": f"{HOME}sitemap.xml", "named": 9},
        ],
        "articles": [{"dek": "Below.", "tags": []}] * 9 + [{"dek": None, "tags": ["a"]}],
        "refused": Counter(),
    }
    articles = [dict.fromkeys(FIELDS, None) | row for row in told["articles"]]
    return Found(**(told | {"articles": articles} | changes))


FIELDS = ("dek", "key_points", "images", "authors", "tags", "section")


def declared(text: str) -> type[NewsSpider]:
    """Return the spider that a file declares."""
    names: dict[str, Any] = {"__name__": "written"}
    exec(compile(text, "written", "exec"), names)
    spider: type[NewsSpider] = names["XTimes"]
    return spider


def test_the_file_says_where_to_look_and_what_is_promised() -> None:
    site = declared(site_file(found())).site()

    assert (site.name, site.home, site.feeds) == ("x-times", HOME, (f"{HOME}feed",))
    assert site.expect is not None
    assert site.expect.optional == {"dek": 0.8}


def test_what_a_site_calls_its_feed_is_text_and_no_code() -> None:
    evil = f'{HOME}feed"); import os; ("'
    listings = [{"kind": "feed", "url": evil, "named": 1}]

    tree = ast.parse(site_file(found(listings=listings)))

    assert evil in {each.value for each in ast.walk(tree) if isinstance(each, ast.Constant)}
    imports = [each for each in ast.walk(tree) if isinstance(each, ast.Import)]
    assert imports == []
