"""An answer taken apart: the same parts and digests however it is held."""

import pytest

from archive.digest import labelled_sha1
from archive.message import parse_message
from archive.received import Received, receive
from tests.archive.warc_samples import CHUNKED, EARLY_HINTS, HELLO_DIGEST, NOT_MODIFIED, PLAIN

SENT = {
    "plain": PLAIN,
    "chunked": CHUNKED,
    "behind_early_hints": EARLY_HINTS + PLAIN,
    "no_body": NOT_MODIFIED,
    "torn_chunk": CHUNKED[:-9],
    "never_chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello",
    "no_http": b"hello",
    "torn_head": PLAIN[:9],
}
every_answer = pytest.mark.parametrize("sent", SENT.values(), ids=SENT.keys())


@every_answer
def test_the_parts_are_those_of_the_message(sent: bytes) -> None:
    received = receive(sent)

    message = parse_message(bytes(received.final))
    assert received.interim + received.final == sent
    assert received.head is not None
    assert (received.head.status, received.head.fields) == (message.status, message.fields)
    assert received.block_digest == labelled_sha1(received.final)
    assert received.payload_digest == labelled_sha1(message.entity())
    assert received.payload_length == len(message.entity())


@every_answer
def test_a_view_of_a_file_is_taken_apart_as_bytes_are(sent: bytes) -> None:
    assert receive(memoryview(sent)) == receive(sent)


def test_the_digest_is_that_of_what_a_reader_gets() -> None:
    assert receive(PLAIN).payload_digest == receive(CHUNKED).payload_digest == HELLO_DIGEST


@pytest.mark.parametrize("sent", [b"", EARLY_HINTS], ids=["nothing", "hints_alone"])
def test_without_a_final_answer_there_is_nothing_to_digest(sent: bytes) -> None:
    assert receive(sent) == Received(interim=sent)
