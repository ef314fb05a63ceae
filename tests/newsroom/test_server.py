"""The newsroom over real sockets: HTTP as servers speak it, and a log of what was asked."""

import gzip
import io
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from http.client import HTTPConnection
from signal import SIGINT
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from typing_extensions import override

from archive.errors import ConfigError
from crawler.newsroom.__main__ import main
from crawler.newsroom.listener import Response
from crawler.newsroom.server import Newsroom
from crawler.newsroom.stories import SITE_NAMES

Talk = Callable[..., Response]


def path(url: str) -> str:
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


@pytest.mark.parametrize("site", range(3), ids=SITE_NAMES)
def test_every_story_answers_over_one_kept_connection(
    open_newsroom: Newsroom, talk: Talk, site: int
) -> None:
    urls = open_newsroom.stories(SITE_NAMES[site])

    statuses = {talk(path(url), site).status for url in urls}

    assert statuses == {200}
    assert len(open_newsroom.requests) == len(urls)


def test_each_site_has_a_port_that_its_links_name(open_newsroom: Newsroom, talk: Talk) -> None:
    bases = {site.name: site.base_url for site in open_newsroom.sites}

    page = talk("/").body.decode()

    assert len(set(bases.values())) == 3
    assert f'href="{open_newsroom.stories("lampwick")[0]}"' in page
    assert f'href="{bases["hearthside"]}/"' in page
    assert ".example/" not in page


def test_head_is_get_without_the_body(talk: Talk) -> None:
    got, head = talk("/"), talk("/", method="HEAD")

    assert head.headers == got.headers
    assert head.body == b""
    assert talk("/robots.txt").status == 200


def test_one_site_sends_its_pages_in_chunks(open_newsroom: Newsroom, talk: Talk) -> None:
    story = path(open_newsroom.stories("proscenium")[0])

    answer = talk(story, 1)

    assert ("transfer-encoding", "chunked") in answer.headers
    assert answer.body.endswith(b"</html>")
    assert "content-length" not in dict(answer.headers)
    assert "content-length" in dict(talk("/robots.txt", 1).headers)


def test_a_client_of_the_old_protocol_gets_no_chunks(open_newsroom: Newsroom) -> None:
    place = urlsplit(open_newsroom.sites[1].base_url)

    with socket.create_connection((place.hostname, place.port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert b"Transfer-Encoding" not in answer
    assert answer.endswith(b"</html>")


def test_text_is_compressed_for_those_who_take_it(talk: Talk) -> None:
    plain, packed = talk("/"), talk("/", accept_encoding="br, gzip")

    assert dict(packed.headers)["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert dict(packed.headers)["etag"] != dict(plain.headers)["etag"]


CODINGS = {
    "refused": ("gzip;q=0", False),
    "weighed": ("gzip;q=0.5, br", True),
    "another": ("br", False),
    "none": ("", False),
    "upper_case": ("GZIP", True),
}


@pytest.mark.parametrize(("accepted", "packed"), CODINGS.values(), ids=CODINGS.keys())
def test_compression_is_the_clients_choice(talk: Talk, accepted: str, *, packed: bool) -> None:
    answer = talk("/", accept_encoding=accepted)

    assert ("content-encoding" in dict(answer.headers)) is packed


def test_pictures_and_packed_sitemaps_are_not_compressed_again(
    open_newsroom: Newsroom, talk: Talk
) -> None:
    picture = open_newsroom.expected(open_newsroom.stories("lampwick")[0]).images[0].url

    for where, site in ((path(picture), 0), ("/sitemap_1.xml.gz", 2)):
        assert "content-encoding" not in dict(talk(where, site, accept_encoding="gzip").headers)


CONDITIONS: dict[str, tuple[Callable[[dict[str, str]], dict[str, str]], int]] = {
    "same_tag": (lambda h: {"if_none_match": h["etag"]}, 304),
    "weak_form_of_the_tag": (lambda h: {"if_none_match": f"W/{h['etag']}"}, 304),
    "one_of_several_tags": (lambda h: {"if_none_match": f'"x", {h["etag"]}'}, 304),
    "any_tag": (lambda _: {"if_none_match": "*"}, 304),
    "another_tag": (lambda _: {"if_none_match": '"x"'}, 200),
    "same_date": (lambda h: {"if_modified_since": h["last-modified"]}, 304),
    "later_date": (lambda _: {"if_modified_since": "Sun, 22 Nov 2026 18:30:00 GMT"}, 304),
    "earlier_date": (lambda _: {"if_modified_since": "Sun, 01 Nov 2026 00:00:00 GMT"}, 200),
    "no_date": (lambda _: {"if_modified_since": "yesterday"}, 200),
    "date_without_zone": (lambda _: {"if_modified_since": "Sun, 22 Nov 2026 18:30:00 -0000"}, 200),
    "the_tag_wins_over_the_date": (
        lambda h: {"if_none_match": '"x"', "if_modified_since": h["last-modified"]},
        200,
    ),
}


@pytest.mark.parametrize(("condition", "status"), CONDITIONS.values(), ids=CONDITIONS.keys())
def test_a_condition_is_kept(
    open_newsroom: Newsroom,
    talk: Talk,
    condition: Callable[[dict[str, str]], dict[str, str]],
    status: int,
) -> None:
    story = path(open_newsroom.stories("lampwick")[0])
    headers = dict(talk(story).headers)

    answer = talk(story, **condition(headers))

    assert answer.status == status
    assert dict(answer.headers)["etag"] == headers["etag"]
    assert bool(answer.body) is (status == 200)


def test_the_compressed_and_the_plain_tag_both_mean_unchanged(talk: Talk) -> None:
    packed = dict(talk("/", accept_encoding="gzip").headers)["etag"]

    assert talk("/", if_none_match=packed).status == 304


@pytest.mark.parametrize("site", range(3), ids=SITE_NAMES)
def test_an_edit_changes_the_validators_of_its_page_and_of_no_other(
    open_newsroom: Newsroom, talk: Talk, site: int
) -> None:
    def validators() -> dict[str, tuple[str, str]]:
        answers = {url: dict(talk(path(url), site).headers) for url in urls}
        return {url: (h["etag"], h["last-modified"]) for url, h in answers.items()}

    urls = open_newsroom.stories(SITE_NAMES[site])
    before = validators()

    edited = {edit.url for edit in open_newsroom.edit(2)} & set(urls)

    after = validators()
    assert len(edited) == 2
    assert {u for u in urls if after[u][0] != before[u][0]} == edited
    assert {u for u in urls if after[u][1] != before[u][1]} == edited


LISTS = {
    "feed": "/feed/",
    "news_sitemap": "/news-sitemap.xml",
    "index": "/sitemap.xml",
    "front": "/",
}


@pytest.mark.parametrize("where", LISTS.values(), ids=LISTS.keys())
def test_an_edit_changes_the_lists(open_newsroom: Newsroom, talk: Talk, where: str) -> None:
    before = dict(talk(where).headers)

    open_newsroom.edit()

    answer = talk(where, if_none_match=before["etag"])
    assert answer.status == 200
    assert dict(answer.headers)["last-modified"] != before["last-modified"]


def test_what_is_published_is_advertised_at_once(open_newsroom: Newsroom, talk: Talk) -> None:
    fresh = open_newsroom.publish(2)

    ours = [url for url in fresh if url.startswith(open_newsroom.sites[0].base_url)]
    assert len(fresh) == 6
    for url in ours:
        assert talk(path(url)).status == 200
        for where in ("/feed/", "/news-sitemap.xml", "/post-sitemap.xml", "/"):
            assert url.encode() in talk(where).body


def test_the_moved_the_gone_and_the_tracked_answer_as_they_should(
    open_newsroom: Newsroom, talk: Talk
) -> None:
    moved = talk("/glass-tide-ending-explained-draft/")
    tracked = talk("/tobin-karrow-slept-on-set/?utm_source=front-page&utm_medium=teaser")

    assert moved.status == 301
    assert dict(moved.headers)["location"] in open_newsroom.stories("lampwick")
    assert tracked.body == talk("/tobin-karrow-slept-on-set/").body
    assert talk("/odalys-brack-wedding-photographs/").status == 410
    assert talk("/2026/film/news/harrow-lamp-remake-9100417/", 1).status == 404
    assert talk("/nothing-of-the-kind/").status == 404
    assert talk("/private/drafts/").status == 200


def test_a_withdrawn_story_is_still_advertised(open_newsroom: Newsroom, talk: Talk) -> None:
    url = open_newsroom.stories("lampwick")[3]

    open_newsroom.withdraw(url, 404)

    assert talk(path(url)).status == 404
    assert url not in open_newsroom.stories("lampwick")
    assert url in open_newsroom.advertised("lampwick")


def test_a_republished_story_has_two_addresses(open_newsroom: Newsroom) -> None:
    first = open_newsroom.stories("hearthside")[1]

    second = open_newsroom.republish(first)

    assert second != first
    assert open_newsroom.expected(second).text == open_newsroom.expected(first).text
    assert {first, second} <= set(open_newsroom.stories("hearthside"))


def test_trouble_lasts_until_it_is_mended(open_newsroom: Newsroom, talk: Talk) -> None:
    open_newsroom.disturb("lampwick", r"^/feed/", 503, headers={"Retry-After": "120"})

    feed = talk("/feed/")
    assert (feed.status, dict(feed.headers)["retry-after"]) == (503, "120")
    assert talk("/").status == 200
    assert talk("/feed/", 1).status == 200
    open_newsroom.mend("lampwick")
    assert talk("/feed/").status == 200


def test_any_port_is_a_proxy_for_the_sites_names(open_newsroom: Newsroom, talk: Talk) -> None:
    page = talk("http://hearthside.example/", site=0)

    assert page.status == 200
    assert open_newsroom.requests[-1].site == "hearthside"
    assert b'href="http://lampwick.example/"' in page.body
    assert b"127.0.0.1" not in page.body
    assert talk("http://elsewhere.example/").status == 502


def test_a_site_is_known_by_its_host_header_too(talk: Talk) -> None:
    assert b"http://hearthside.example" in talk("/", site=0, host="hearthside.example").body


def test_the_log_tells_what_was_asked(open_newsroom: Newsroom, talk: Talk) -> None:
    talk("/robots.txt", user_agent="newsreel (test)")
    talk("/no?q=1", 2, method="HEAD")

    first, second = open_newsroom.requests
    assert (first.site, first.path, first.status) == ("lampwick", "/robots.txt", 200)
    assert first.headers["user-agent"] == "newsreel (test)"
    assert first.sent_bytes > 0
    assert (second.site, second.method, second.path) == ("hearthside", "HEAD", "/no?q=1")
    assert (second.status, second.sent_bytes) == (404, 0)
    assert second.at_s >= first.at_s


def test_other_methods_are_refused(talk: Talk) -> None:
    assert talk("/", method="POST").status == 501


def test_many_clients_are_served_at_once(open_newsroom: Newsroom) -> None:
    url = f"{open_newsroom.sites[0].base_url}/robots.txt"
    bodies: list[bytes] = []

    def visit() -> None:
        with urlopen(url, timeout=5) as answer:
            bodies.append(answer.read())

    clients = [threading.Thread(target=visit) for _ in range(20)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()

    assert len(bodies) == 20
    assert len(set(bodies)) == 1


def test_closing_does_not_wait_for_idle_clients(newsroom: Newsroom) -> None:
    with newsroom:
        place = urlsplit(newsroom.sites[0].base_url)
        idle = HTTPConnection(str(place.hostname), place.port, timeout=5)
        idle.request("GET", "/robots.txt")
        idle.getresponse().read()

    assert idle.sock.recv(1) == b""
    idle.close()


def test_a_taken_port_is_said_in_one_sentence(newsroom: Newsroom) -> None:
    with newsroom:
        port = urlsplit(newsroom.sites[2].base_url).port
        assert port is not None

        with pytest.raises(ConfigError, match=f"cannot have port {port}"):
            Newsroom(now=newsroom.now, port=port).__enter__()


def test_it_runs_by_hand_until_it_is_interrupted() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "crawler.newsroom"], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        lines = [running.stdout.readline() for _ in range(3)]
        with urlopen(lines[0].split()[0], timeout=5) as answer:
            front = answer.read()
        running.send_signal(SIGINT)
        rest = running.stdout.read()

    assert [line.split("as ")[-1].strip() for line in lines] == [
        "lampwick.example",
        "theproscenium.example",
        "hearthside.example",
    ]
    assert b"Lampwick" in front
    assert (rest, running.returncode) == ("closed\n", 0)


class Impatient(io.StringIO):
    """Somebody who presses Ctrl-C as soon as a line can be read."""

    @override
    def flush(self) -> None:
        raise KeyboardInterrupt


def test_ctrl_c_closes_it_also_while_it_says_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["newsroom"])

    # What came through would end the tests, too; the last line tells it.
    with redirect_stdout(Impatient()) as said, suppress(KeyboardInterrupt):
        main()

    assert said.getvalue().splitlines()[-1] == "closed"
