"""What `newsreel probe` says of a page that was never asked for."""

from crawler.commands.probe import unasked_lines


def test_an_address_that_was_not_asked_for_is_told_with_the_reason() -> None:
    rows = (
        {"url": "https://x.example/private/a", "reason": "robots"},
        {"url": "https://y.example/a", "reason": "robots_unreachable"},
    )

    assert list(unasked_lines(rows)) == [
        "not asked https://x.example/private/a  robots.txt does not allow it",
        "not asked https://y.example/a  robots.txt could not be had",
    ]
