"""What capturing costs: the CPU of a crawl with the wire tap and the archive, beside plain Scrapy.

Both fetch the same pages from the same server, in processes of their own, turn by turn; nothing is
extracted. The ratio of their CPU seconds (user and system, all threads) is the answer; the server's
are not counted. Run it with: .venv/bin/python benchmarks/bench_capture.py
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
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

SENTENCE: Final = "the film opens in june after a long night at the harbour where nobody slept"
WORDS: Final = SENTENCE.split()


def page(number: int, size_bytes: int) -> bytes:
    """Return one answer: seeded words in paragraphs, gzipped as a site would send them."""
    chance = random.Random(number)
    body = bytearray(b"<!doctype html><html><body><article><h1>A story</h1>")
    while len(body) < size_bytes:
        text = " ".join(chance.choice(WORDS) + str(chance.randrange(99)) for _ in range(60))
        body += f"<p>{text}</p>".encode()
    packed = gzip.compress(bytes(body), 5, mtime=0)
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
        f'ETag: "{number}"\r\nContent-Length: {len(packed)}\r\n\r\n'
    )
    return head.encode() + packed


def serve(listener: socket.socket, answers: list[bytes]) -> None:
    """Answer GET /N on kept-alive connections."""

    def talk(connection: socket.socket) -> None:
        with connection:
            pending = b""
            while data := connection.recv(65536):
                pending += data
                while b"\r\n\r\n" in pending:
                    head, _, pending = pending.partition(b"\r\n\r\n")
                    connection.sendall(answers[int(head.split(b" ", 2)[1][1:])])

    while True:
        threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()


def fetch(port: int, pages: int, *, is_captured: bool) -> None:
    """Fetch every page with Scrapy, through the tap and into an archive or without either."""
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess

    class Fetcher(Spider):
        name = "fetcher"
        run: Any = None

        async def start(self) -> Any:
            for number in range(pages):
                yield Request(f"http://127.0.0.1:{port}/{number}", meta=meta(number))

        def parse(self, response: Any) -> None:
            assert len(response.body) > 1000

    def meta(number: int) -> dict[str, Any]:
        if not is_captured:
            return {}
        address = SimpleNamespace(id=number + 1)
        return {ADDRESS: address, VISIT: None}

    settings: dict[str, Any] = {
        "LOG_LEVEL": "ERROR",
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "COMPRESSION_ENABLED": False,  # neither side decodes: it is the fetching that is compared
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
    }
    if not is_captured:
        process = AsyncCrawlerProcess(settings)
        process.crawl(Fetcher)
        process.start()
        return
    from archive.instant import now_utc
    from archive.recorder import Recorder
    from archive.store import open_for_writing
    from archive.warc.records import Provenance
    from archive.warcs import WarcSeries
    from crawler.fetch.guard import AddressGuard
    from crawler.fetch.handler import ADDRESS, VISIT

    handler = "crawler.fetch.handler.WireCaptureHandler"
    settings["DOWNLOAD_HANDLERS"] = {"http": handler, "https": handler}
    with (
        tempfile.TemporaryDirectory() as folder,
        open_for_writing(Path(folder), now=now_utc()) as store,
    ):
        provenance = Provenance(software="bench", run_id="bench")
        warcs = WarcSeries(store.layout, run_id="bench", provenance=provenance, clock=now_utc)
        recorder = Recorder(store, warcs, run_id="bench")
        Fetcher.run = SimpleNamespace(
            recorder=recorder,
            guard=AddressGuard.allowing(["127.0.0.0/8"]),
            frontier=SimpleNamespace(answered=lambda *_: None),
        )
        process = AsyncCrawlerProcess(settings)
        process.crawl(Fetcher)
        process.start()
        recorder.close(is_finished=True)


def measure(port: int, pages: int, side: str) -> dict[str, float]:
    """Return CPU seconds and peak memory of one side's process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [
        sys.executable,
        __file__,
        "--fetch",
        side,
        "--port",
        str(port),
        "--pages",
        str(pages),
    ]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_s": cpu, "peak_mb": json.loads(answer.stdout)["peak_mb"]}


def main() -> None:
    """Run the comparison, or one side of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fetch", choices=["plain", "captured"])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--pages", type=int, default=1500)
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if options.fetch:
        fetch(options.port, options.pages, is_captured=options.fetch == "captured")
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(json.dumps({"peak_mb": peak_mb}))
        return
    answers = [page(number, options.size) for number in range(options.pages)]
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        threading.Thread(target=serve, args=(listener, answers), daemon=True).start()
        port = listener.getsockname()[1]
        sides = ("plain", "captured")
        nothing = {side: measure(port, 1, side)["cpu_s"] for side in sides}
        rounds = [
            {side: measure(port, options.pages, side) for side in sides}
            for _ in range(options.rounds)
        ]
    ratios = [
        (each["captured"]["cpu_s"] - nothing["captured"])
        / (each["plain"]["cpu_s"] - nothing["plain"])
        for each in rounds
    ]
    for side in sides:
        cpu = statistics.median(each[side]["cpu_s"] - nothing[side] for each in rounds)
        peak = max(each[side]["peak_mb"] for each in rounds)
        print(f"{side:9} {1000 * cpu / options.pages:6.2f} ms CPU a page, peak {peak:.0f} MB")
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(f"captured / plain: {statistics.median(ratios):.2f} (rounds: {spread})")


if __name__ == "__main__":
    main()
