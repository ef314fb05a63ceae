"""Deadline: Penske's WordPress; an older design hid the author's other stories in the byline."""

from dataclasses import replace
from datetime import date

from crawler.extract.families import PENSKE
from crawler.extract.rules import Design, Expect, Rules
from crawler.spider import NewsSpider


class Deadline(NewsSpider):
    """Film and television trade news."""

    name = "deadline"
    home = "https://deadline.com/"
    feeds = ("https://deadline.com/feed/",)
    article_url = r"https?://(?:www\.)?deadline\.com/\d{4}/\d\d/[a-z0-9-]+-\d{6,}/"
    designs = (
        Design(
            name="2018",
            valid_until=date(2020, 6, 30),
            rules=Rules(
                headline="header h1.c-title",
                body="div.a-content",
                figure="figure.c-figure",
                credit="figcaption.c-figure__caption span",
                furniture=("section.author", "div.admz", "div.social-share", "section.newsletter"),
            ),
        ),
        # The family's design; no page of Deadline's in it has been compared yet.
        Design(
            name="2020",
            valid_from=date(2020, 7, 1),
            rules=replace(PENSKE, headline="header h1, h1.c-title", dek=None),
        ),
    )
    expect = Expect(optional={"authors": 0.95, "lead_image": 0.9, "credits": 0.7})
    checked = date(2019, 4, 15)
