"""The file as it grows: whole members, or nothing."""

import errno
import gzip
import mmap
import os
import resource
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typing_extensions import override

from archive.errors import CaptureError, CorruptArchiveError, DiskFullError, LossError
from archive.warc.reader import read_record, walk
from archive.warc.records import exchange_records
from archive.warc.writer import WarcWriter
from tests.archive.warc_samples import exchange, small_file, warcinfo, write_warc

RESPONSE_AS_WRITTEN = (
    b"WARC/1.1\r\n"
    b"WARC-Type: response\r\n"
    b"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
    b"WARC-Target-URI: https://x.example/a?b=1\r\n"
    b"WARC-Date: 2026-05-18T07:12:00.123456Z\r\n"
    b"WARC-Payload-Digest: sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N\r\n"
    b"WARC-Block-Digest: sha1:CXMNO426MHGY5IFADDG7CGBEFK7VLJRI\r\n"
    b"Content-Type: application/http; msgtype=response\r\n"
    b"Content-Length: 78\r\n"
    b"\r\n"
    b"HTTP/1.1 200 Fine By Me\r\n"
    b"serVer: tEst\r\n"
    b"X-Lat: caf\xe9\r\n"
    b"Content-Length: 5\r\n"
    b"\r\n"
    b"hello"
    b"\r\n\r\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "newsreel-a-00001.warc.gz.open"


@contextmanager
def files_end_at(size_bytes: int) -> Iterator[None]:
    """Let the kernel refuse to write any file beyond a size, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_record_is_one_gzip_member_with_just_these_bytes(path: Path) -> None:
    location, *_ = write_warc(path, exchange_records(exchange()))

    member = path.read_bytes()[location.offset : location.offset + location.length]
    assert gzip.decompress(member) == RESPONSE_AS_WRITTEN


def test_a_location_names_the_file_as_it_will_be_called(path: Path) -> None:
    location, *_ = write_warc(path, exchange_records(exchange()))

    assert location.warc_filename == "newsreel-a-00001.warc.gz"


def test_a_new_file_begins_with_its_warcinfo(path: Path) -> None:
    WarcWriter(path, warcinfo=warcinfo()).close()

    assert [record for _, record in walk(path)] == [warcinfo()]


def test_every_record_reads_back_equal_where_it_was_said_to_be(path: Path) -> None:
    records = small_file(path)

    walked = list(walk(path))
    assert [record for _, record in walked] == records
    assert [read_record(path, location) for location, _ in walked] == records


def test_a_file_goes_on_at_its_committed_length(path: Path) -> None:
    write_warc(path, exchange_records(exchange(number=1)))

    writer = WarcWriter(path, warcinfo=warcinfo(), committed_length=path.stat().st_size)
    for record in exchange_records(exchange(number=2)):
        writer.append(record)
    writer.close()

    types = [record.type for _, record in walk(path)]
    assert types == ["warcinfo", "response", "request", "response", "request"]
    assert writer.length == path.stat().st_size


def test_a_shorter_file_is_a_loss_and_is_left_alone(path: Path) -> None:
    write_warc(path, [])
    size = path.stat().st_size

    with pytest.raises(LossError, match=f"holds {size:,} bytes, not the {size + 1:,} committed"):
        WarcWriter(path, warcinfo=warcinfo(), committed_length=size + 1)

    assert path.stat().st_size == size


def test_a_tail_that_was_never_committed_is_not_written_behind(path: Path) -> None:
    write_warc(path, [])
    size = path.stat().st_size

    with pytest.raises(CorruptArchiveError, match="9 bytes never committed"):
        WarcWriter(path, warcinfo=warcinfo(), committed_length=size - 9)

    assert path.stat().st_size == size


def test_a_write_cut_short_leaves_the_file_as_it_was_and_the_next_one_fits(path: Path) -> None:
    response, request = exchange_records(exchange())
    writer = WarcWriter(path, warcinfo=warcinfo())
    before = path.read_bytes()

    with files_end_at(len(before) + 20), pytest.raises(CaptureError):
        writer.append(response)
    after = path.read_bytes()
    writer.append(request)
    writer.close()

    assert after == before
    assert [record for _, record in walk(path)] == [warcinfo(), request]


class FailingWriter(WarcWriter):
    """A writer whose disk answers with one error from the start."""

    error_number = 0

    @override
    def _write(self, data: bytes) -> int:
        assert data
        raise OSError(self.error_number, os.strerror(self.error_number))


ANSWERS = {
    "disk_full": (errno.ENOSPC, DiskFullError, "no space left"),
    "quota": (errno.EDQUOT, DiskFullError, "no space left"),
    "medium": (errno.EIO, CaptureError, os.strerror(errno.EIO)),
}


@pytest.mark.parametrize(("number", "expected", "says"), ANSWERS.values(), ids=ANSWERS.keys())
def test_a_failed_write_says_what_to_do(
    path: Path, number: int, expected: type[CaptureError], says: str
) -> None:
    FailingWriter.error_number = number

    with pytest.raises(CaptureError, match=says) as caught:
        FailingWriter(path, warcinfo=warcinfo())

    assert type(caught.value) is expected
    assert path.read_bytes() == b""


class StuckWriter(WarcWriter):
    """A writer whose first attempt at cutting fails, as its write did."""

    cuts = 0

    @override
    def _cut(self) -> None:
        self.cuts += 1
        if self.cuts == 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super()._cut()


def test_what_could_not_be_cut_at_once_is_cut_before_the_next_record(path: Path) -> None:
    response, request = exchange_records(exchange())
    writer = StuckWriter(path, warcinfo=warcinfo())

    with files_end_at(writer.length + 20), pytest.raises(CaptureError):
        writer.append(response)
    writer.append(request)
    writer.close()

    assert [record for _, record in walk(path)] == [warcinfo(), request]


def test_a_folder_that_is_not_there_is_a_capture_error(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="could not be written"):
        WarcWriter(tmp_path / "none" / "x.warc.gz", warcinfo=warcinfo())


def test_after_a_failed_sync_nothing_more_is_taken(tmp_path: Path) -> None:
    fifo = tmp_path / "no-disk.warc.gz"
    os.mkfifo(fifo)  # a pipe takes bytes, and refuses fdatasync with EINVAL
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    writer = WarcWriter(fifo, warcinfo=warcinfo())

    with pytest.raises(CaptureError, match=os.strerror(errno.EINVAL)):
        writer.sync()
    with pytest.raises(CaptureError, match="in doubt"):
        writer.append(warcinfo())
    with pytest.raises(CaptureError, match="in doubt"):
        writer.sync()
    writer.close()
    os.close(reader)


def test_a_coded_body_is_not_compressed_in_vain(path: Path) -> None:
    noise = bytes(range(256)) * 64
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    body = gzip.compress(os.urandom(8) + noise, mtime=0)

    location, *_ = write_warc(path, exchange_records(exchange(head + body)))

    assert location.length < len(body) + 1000


def test_a_large_block_is_written_without_being_held_in_memory(path: Path) -> None:
    noise = os.urandom(1 << 20)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n"
    with tempfile.TemporaryFile() as file:
        file.write(head + noise * 16)
        file.flush()
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    writer = WarcWriter(path, warcinfo=warcinfo())
    (response, *_) = exchange_records(exchange(view))

    tracemalloc.start()
    location = writer.append(response)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    writer.close()
    assert peak < 4 << 20
    assert read_record(path, location).block == head + noise * 16
