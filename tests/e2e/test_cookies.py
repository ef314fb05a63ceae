"""A site gets its cookies back when its file says so, and never else."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import ROOT
from tests.e2e.wire_cases import HTML, NOT_FOUND, OK, article, sized
from tests.fetch.wire_origin import Answer, WireOrigin

PAGE = "/news/page.html"


def answer(path: str, turn: int) -> Answer:
    if path != PAGE:
        return Answer(pieces=(NOT_FOUND,))
    if turn == 0:  # as sites do that show nothing to whoever keeps no cookie
        return Answer(
            pieces=(
                b"HTTP/1.1 302 Found\r\nLocation: " + PAGE.encode() + b"\r\n"
                b"Set-Cookie: seen=yes; Path=/\r\nContent-Length: 0\r\n\r\n",
            )
        )
    return Answer(pieces=(OK + HTML + sized(article("a page behind a cookie")),))


@pytest.mark.parametrize(
    ("word", "sent"),
    [
        pytest.param("cookies", [b"", b"seen=yes"], id="on"),
        pytest.param("none", [b""], id="off", marks=pytest.mark.soak),
    ],
)
def test_cookies_are_sent_back_when_a_site_file_says_so(
    tmp_path: Path, word: str, sent: list[bytes]
) -> None:
    with WireOrigin(answer) as origin:
        subprocess.run(
            [sys.executable, "-m", "tests.e2e.mannered", origin.base_url + PAGE, tmp_path, word],
            cwd=ROOT,
            check=True,
            capture_output=True,
            timeout=120,
        )
        asked = [each.data for each in origin.received if each.path == PAGE]

    assert [cookie_of(each) for each in asked] == sent


def cookie_of(request: bytes) -> bytes:
    lines = [line for line in request.split(b"\r\n") if line.lower().startswith(b"cookie:")]
    return lines[0].partition(b":")[2].strip() if lines else b""
