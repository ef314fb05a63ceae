"""A web of numbered pages: what each of them answers, links to and holds is known beforehand."""

from dataclasses import dataclass

from archive.article import Article, article_id

_HEAD = "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server sends, or why it does not."""

    response: bytes
    failure: str | None = None


def is_gone(number: int) -> bool:
    """Whether a page answers 404."""
    return number % 9 == 8


def is_shy(number: int) -> bool:
    """Whether a page answers only when it is asked a second time."""
    return number % 7 == 6


def body_of(number: int) -> bytes:
    """Return a page's body; every fifth page has the same."""
    word = b"notice" if number % 5 == 4 else b"story %d" % number
    return b"<p>" + b"%s. " % word * 40 + b"</p>"


def answer_at(number: int, *, is_first_time: bool) -> Answer:
    """Return what comes back when a page is asked for."""
    if is_shy(number) and is_first_time:
        return Answer(response=b"", failure="reset")
    body = b"gone" if is_gone(number) else body_of(number)
    status = "404 Not Found" if is_gone(number) else "200 OK"
    head = _HEAD.format(status=status, length=len(body))
    return Answer(response=head.encode() + body)


def links_on(number: int, pages: int) -> list[int]:
    """Return the pages that a page links to; together they reach every page that is not gone."""
    links = range(4 * number + 1, 4 * number + 5)
    return [
        page
        for link in links
        for page in (link, *(links_on(link, pages) if is_gone(link) and link < pages else ()))
        if page < pages
    ]


def requests_of(number: int) -> int:
    """Return how often a page is asked for until it has answered."""
    return 2 if is_shy(number) else 1


def story_on(number: int, url: str) -> Article:
    """Return the article on a page."""
    text = body_of(number).decode()
    return Article(
        article_id=article_id("x.example", url),
        url=url,
        site_domain="x.example",
        headline=f"Story {number}",
        text=text,
    )
