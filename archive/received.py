"""What came back for one request, taken apart and digested once for all who tell of it."""

import hashlib
from dataclasses import dataclass

from archive.digest import label, labelled_sha1
from archive.message import Message, chunks_of, interim_length, parse_head


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The parts of what came back."""

    interim: bytes = b""
    """1xx answers in front of the final one; empty when there were none."""
    final: bytes | memoryview = b""
    """The final answer as on the wire; empty when none came."""
    head: Message | None = None
    """Of the final answer, without its body; None when none came."""
    block_digest: str | None = None
    """Of the final answer as on the wire."""
    payload_digest: str | None = None
    """Of its entity, without the transfer coding."""
    payload_length: int = 0


def receive(response: bytes | memoryview) -> Received:
    """Take apart what came back; of a large answer nothing but the head is copied."""
    length = interim_length(response)
    interim, final = bytes(response[:length]), response[length:]
    if not len(final):
        return Received(interim=interim)
    head = parse_head(final)
    digest, size = _digest_entity(head, memoryview(final)[head.head_length :])
    return Received(
        interim=interim,
        final=final,
        head=head,
        block_digest=labelled_sha1(final),
        payload_digest=digest,
        payload_length=size,
    )


def _digest_entity(head: Message, body: memoryview) -> tuple[str, int]:
    entity, size = hashlib.sha1(usedforsecurity=False), 0
    for piece in chunks_of(body) if head.is_chunked else (body,):
        entity.update(piece)
        size += len(piece)
    return label(entity.digest()), size
