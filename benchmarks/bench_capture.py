"""What capturing costs: the CPU of a crawl with the wire tap and the archive, beside plain Scrapy.

All sides fetch the same pages from the same server, in processes of their own, turn by turn;
nothing is decoded or extracted. The ratio of their CPU seconds (user and system, all threads, less
what a crawl of one page takes) is the answer; the server's are not counted. `captured` has every
setting of the plain side, `newsreel` those of a true crawl, which turns off what Scrapy does beside
fetching. Memory is measured at N and at 4 N pages. Run it with `make bench`.
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
from collections.abc import Sequence
from pathlib import Path
from typing import Final

SIDES: Final = ("plain", "captured", "newsreel")
WORDS: Final = tuple(
    "the film opens in june after a long night at the harbour where nobody slept".split()  # noqa: SIM905 - a sentence
)
_FETCH: Final = Path(__file__).with_name("fetch_pages.py")
_DISTINCT: Final = 300
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


def serve(listener: socket.socket, pages: Sequence[bytes]) -> None:
    """Answer GET /N on kept-alive connections."""

    def talk(connection: socket.socket) -> None:
        with connection:
            pending = b""
            while data := connection.recv(65536):
                pending += data
                while b"\r\n\r\n" in pending:
                    head, _, pending = pending.partition(b"\r\n\r\n")
                    connection.sendall(answer(pages, int(head.split(b" ", 2)[1][1:])))

    while True:
        threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()


def measure(port: int, pages: int, side: str) -> dict[str, float]:
    """Return CPU seconds and peak memory of one side's process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, str(_FETCH), side, str(port), str(pages)]
    said = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=_FETCH.parents[1]
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_s": cpu, "peak_mb": json.loads(said.stdout)["peak_mb"]}


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


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    pages = [packed(number, options.size) for number in range(min(options.pages, _DISTINCT))]
    mean_kb = statistics.mean(map(len, pages)) / 1000
    print(f"{options.pages} pages of {options.size // 1000} KB HTML, {mean_kb:.0f} KB gzipped")
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        threading.Thread(target=serve, args=(listener, pages), daemon=True).start()
        port = listener.getsockname()[1]
        compare(port, options.pages, options.rounds)
        few, many = options.pages, 4 * options.pages
        for side in SIDES[:2]:
            peaks = [measure(port, count, side)["peak_mb"] for count in (few, many)]
            print(f"{side:9} peak {peaks[0]:.0f} MB at {few} pages, {peaks[1]:.0f} MB at {many}")


if __name__ == "__main__":
    main()
