"""What capturing costs: the CPU of a crawl with the wire tap and the archive, beside plain Scrapy.

All sides fetch the same pages from the same server, in processes of their own, turn by turn;
nothing is decoded or extracted. The ratio of their CPU seconds (user and system, all threads, less
what a crawl of one page takes) is the answer; the server's are not counted. `captured` has every
setting of the plain side, `newsreel` those of a true crawl, which turns off what Scrapy does beside
fetching. Memory is measured at N and at 4 N pages. Run it with `make bench`.

How many pages are kept a second is a race of three: `jsonl` is plain Scrapy with a JSON Lines feed
of address, status, headers and text; `newsreel` as above; `crawl` is all of `newsreel crawl`, from
robots.txt to the ledger, but for the reading of articles.
"""

import argparse
import gzip
import json
import random
import resource
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

SIDES: Final = ("plain", "captured", "newsreel")
RACE: Final = ("jsonl", "crawl", "newsreel")
WORDS: Final = tuple(
    "the film opens in june after a long night at the harbour where nobody slept".split()  # noqa: SIM905 - a sentence
)
_FETCH: Final = Path(__file__).with_name("fetch_pages.py")
_DISTINCT: Final = 300
ABREAST: Final = 16
"""Sites of a crawl, each of which is asked for one page at a time; so many at once the others ask
for."""
SITEMAPS: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MTIME: Final = slice(4, 8)  # of a gzip header: any bytes, and the payload is another one


def packed(number: int, size_bytes: int) -> bytes:
    """Return one page: seeded words in paragraphs, gzipped as a site would send them."""
    chance = random.Random(number)
    body = bytearray(b"<!doctype html><html><body><article><h1>A story</h1>")
    while len(body) < size_bytes:
        text = " ".join(chance.choice(WORDS) + str(chance.randrange(99)) for _ in range(60))
        body += f"<p>{text}</p>".encode()
    return gzip.compress(bytes(body), 5, mtime=0)


def answer(pages: Sequence[bytes], number: int) -> bytes:
    """Return the answer of that number; no two payloads are the same."""
    body = bytearray(pages[number % len(pages)])
    body[_MTIME] = number.to_bytes(4, "little")
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
        f'ETag: "{number}"\r\nContent-Length: {len(body)}\r\n\r\n'
    )
    return head.encode() + body


def reply(pages: Sequence[bytes], target: str) -> bytes:
    """Return what stands at a path, or, asked as a proxy, on one of a crawl's sites."""
    origin, _, path = target.rpartition("/")
    if path.isdigit():
        return answer(pages, int(path))
    if path == "robots.txt":
        return plain(f"Sitemap: {origin}/sitemap.xml\n")
    if path == "sitemap.xml":
        site, count = map(int, origin.removesuffix(".example").rpartition("s")[2].split("-"))
        urls = (
            f"<url><loc>{origin}/{number}</loc></url>" for number in range(site, count, ABREAST)
        )
        return plain(f'<urlset xmlns="{SITEMAPS}">{"".join(urls)}</urlset>')
    return plain("<p>Nothing is new.</p>")


def plain(text: str) -> bytes:
    """Return an answer as short as it can be."""
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


def serve(listener: socket.socket, pages: Sequence[bytes]) -> None:
    """Answer GET /N on kept-alive connections."""

    def talk(connection: socket.socket) -> None:
        with connection:
            pending = b""
            while data := connection.recv(65536):
                pending += data
                while b"\r\n\r\n" in pending:
                    head, _, pending = pending.partition(b"\r\n\r\n")
                    connection.sendall(reply(pages, head.split(b" ", 2)[1].decode()))

    while True:
        threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()


def measure(port: int, pages: int, side: str) -> dict[str, float]:
    """Return CPU seconds, peak memory and wall time of one side's process."""
    began = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, str(_FETCH), side, str(port), str(pages)]
    said = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=_FETCH.parents[1]
    )
    wall_s = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_s": cpu, "wall_s": wall_s, "peak_mb": json.loads(said.stdout)["peak_mb"]}


def compare(port: int, pages: int, rounds: int) -> None:
    """Print what a page costs on each side, and the ratios to the plain one."""
    nothing = {
        side: min(measure(port, 1, side)["cpu_s"] for _ in range(min(3, rounds))) for side in SIDES
    }
    found = [
        {side: measure(port, pages, side)["cpu_s"] - nothing[side] for side in SIDES}
        for _ in range(rounds)
    ]
    for side in SIDES:
        cpu_ms = 1000 * statistics.median(each[side] for each in found) / pages
        ratios = [each[side] / each["plain"] for each in found]
        # Whatever else runs on a machine only adds to what a process takes.
        least = min(each[side] for each in found) / min(each["plain"] for each in found)
        print(
            f"{side:9} {cpu_ms:6.2f} ms CPU a page, {statistics.median(ratios):.2f} of plain "
            f"(rounds: {min(ratios):.2f} to {max(ratios):.2f}; least of each side: {least:.2f}); "
            f"start-up {nothing[side]:.2f} s, measured out"
        )


def race(port: int, pages: int, rounds: int) -> None:
    """Print how many pages a second each side keeps, and the ratios to Scrapy with its feed."""
    nothing = {
        side: min(measure(port, 1, side)["wall_s"] for _ in range(min(3, rounds))) for side in RACE
    }
    found = [
        {side: pages / (measure(port, pages, side)["wall_s"] - nothing[side]) for side in RACE}
        for _ in range(rounds)
    ]
    for side in RACE:
        ratios = [each[side] / each["jsonl"] for each in found]
        print(
            f"{side:9} {statistics.median(each[side] for each in found):4.0f} pages a second, "
            f"{statistics.median(ratios):.2f} of jsonl "
            f"(rounds: {min(ratios):.2f} to {max(ratios):.2f})"
        )


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--race", action="store_true", help="pages a second alone")
    options = parser.parse_args()
    pages = [packed(number, options.size) for number in range(min(options.pages, _DISTINCT))]
    mean_kb = statistics.mean(map(len, pages)) / 1000
    print(f"{options.pages} pages of {options.size // 1000} KB HTML, {mean_kb:.0f} KB gzipped")
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        threading.Thread(target=serve, args=(listener, pages), daemon=True).start()
        port = listener.getsockname()[1]
        race(port, options.pages, options.rounds)
        if options.race:
            return
        compare(port, options.pages, options.rounds)
        few, many = options.pages, 4 * options.pages
        for side in SIDES[:2]:
            peaks = [measure(port, count, side)["peak_mb"] for count in (few, many)]
            print(f"{side:9} peak {peaks[0]:.0f} MB at {few} pages, {peaks[1]:.0f} MB at {many}")


if __name__ == "__main__":
    main()
