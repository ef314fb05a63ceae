"""Damage to the WARCs: each is named by its check, with file and offset.

The first 24 are the damages that stock validators were measured with, under the names they have
in docs/reference/verify.md.
"""

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.digest import labelled_sha1
from archive.verify.problem import Check
from archive.verify.store import verify
from tests.verify.small_store import (
    FIRST_WARC,
    SECOND_WARC,
    change_journal,
    edit_record,
    find,
    places,
    raw_members,
    rewrite,
)

OTHER_ID = b"<urn:uuid:00000000-0000-4000-8000-00000000ffff>"
Damage = Callable[[Path], int | None]


def first(root: Path) -> Path:
    """Return the first run's WARC."""
    return root / "warc" / FIRST_WARC


def edited(pattern: bytes, by: bytes, **which: str) -> Damage:
    """Return a damage that rewrites one record, found by a pattern."""

    def damage(root: Path) -> int:
        return edit_record(
            root, lambda content: re.sub(pattern, by, content, count=1, flags=re.DOTALL), **which
        )

    return damage


def restated(change: Callable[[bytes], bytes], **which: str) -> Damage:
    """Return a damage that changes a block, and lets the record tell its new length and digests."""

    def forge(content: bytes) -> bytes:
        head, _, rest = content.partition(b"\r\n\r\n")
        block = change(rest[:-4])
        body = block.partition(b"\r\n\r\n")[2]
        for name, value in (
            (b"Content-Length", str(len(block))),
            (b"WARC-Block-Digest", labelled_sha1(block)),
            (b"WARC-Payload-Digest", labelled_sha1(body)),
        ):
            head = re.sub(
                b"\r\n" + name + b": [^\r]*", b"\r\n%b: %b" % (name, value.encode()), head
            )
        return head + b"\r\n\r\n" + block + b"\r\n\r\n"

    return lambda root: edit_record(root, forge, **which)


def unpacked(block: bytes) -> bytes:
    head, _, body = block.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + gzip.decompress(body)


def without_chunks(block: bytes) -> bytes:
    return block.partition(b"\r\n\r\n")[0] + b"\r\n\r\n<p>One</p>\r\n"


def torn_tail(root: Path) -> int:
    place = places(first(root))[-1]
    with first(root).open("r+b") as file:
        file.truncate(place.offset + place.length // 2)
    return place.offset


def last_record_gone(root: Path) -> int:
    place = places(first(root))[-1]
    with first(root).open("r+b") as file:
        file.truncate(place.offset)
    return place.offset


def flipped_bit(root: Path) -> int:
    place = places(first(root))[find(first(root), "response", "/last")]
    data = bytearray(first(root).read_bytes())
    data[place.offset + place.length // 2] ^= 0x40
    first(root).write_bytes(data)
    return place.offset


def one_gzip_member(root: Path) -> int:
    whole = b"".join(place.content for place in places(first(root)))
    first(root).write_bytes(gzip.compress(whole, mtime=0))
    return 0


def emptied(root: Path) -> int:
    first(root).write_bytes(b"")
    return 0


def garbage_between(root: Path) -> int:
    members, number = raw_members(root), find(first(root), "request", "/last")
    offset = places(first(root))[number].offset
    first(root).write_bytes(b"".join([*members[:number], b"GARBAGE!\n", *members[number:]]))
    change_journal(
        root,
        "UPDATE warc SET committed_length = committed_length + 9 WHERE filename = ?",
        FIRST_WARC,
    )
    return offset


def one_id_twice(root: Path) -> int:
    other = places(first(root))[find(first(root), "response", "/chunked")].record_id
    return edit_record(
        root,
        lambda content: re.sub(
            rb"(\r\nWARC-Record-ID: )[^\r]*", rb"\1" + other.encode(), content, count=1
        ),
    )


def same_capture_twice(root: Path) -> int:
    members = raw_members(root)
    number = find(first(root), "response", "/last")
    offset = first(root).stat().st_size
    rewrite(root, [*members, *members[number : number + 2]])
    return offset


def request_gone(root: Path) -> int:
    members, number = raw_members(root), find(first(root), "request", "/last")
    rewrite(root, members[:number] + members[number + 1 :])
    return places(first(root))[find(first(root), "response", "/last")].offset


def foreign_revisit(root: Path) -> int:
    revisit = places(first(root))[find(first(root), "revisit")].content
    forged = re.sub(rb"(\r\nWARC-Record-ID: )[^\r]*", rb"\1" + OTHER_ID, revisit, count=1)
    offset = first(root).stat().st_size
    rewrite(root, [*raw_members(root), gzip.compress(forged, mtime=0)])
    return offset


def bytes_behind(root: Path) -> int:
    with first(root).open("ab") as file:
        file.write(b"\0" * 512)
    return first(root).stat().st_size - 512


def file_gone(root: Path) -> None:
    first(root).unlink()


def sealed_but_open(root: Path) -> None:
    first(root).rename(first(root).with_name(FIRST_WARC + ".open"))


def foreign_file(root: Path) -> None:
    (root / "warc" / "copy.warc.gz").write_bytes(first(root).read_bytes())


def both_names(root: Path) -> None:
    (root / "warc" / f"{FIRST_WARC}.open").write_bytes(first(root).read_bytes())


def warcinfo_gone(root: Path) -> int:
    rewrite(root, raw_members(root)[1:])
    return 0


def two_files_in_one(root: Path) -> int:
    offset = first(root).stat().st_size
    rewrite(root, [*raw_members(root), raw_members(root, SECOND_WARC)[0]])
    return offset


def interim_of_nobody(root: Path) -> int:
    members, number = raw_members(root), find(first(root), "metadata")
    offset = first(root).stat().st_size
    forged = zlib.decompress(members[number], 31)
    for name in (b"WARC-Record-ID", b"WARC-Concurrent-To"):
        forged = re.sub(b"(\r\n%b: )[^\r]*" % name, rb"\1" + OTHER_ID, forged, count=1)
    rewrite(root, [*members, gzip.compress(forged, mtime=0)])
    return offset


def request_of_nobody(root: Path) -> int:
    members, number = raw_members(root), find(first(root), "request", "/silent")
    offset = first(root).stat().st_size
    forged = re.sub(
        rb"(\r\nWARC-Record-ID: )[^\r]*", rb"\1" + OTHER_ID, zlib.decompress(members[number], 31)
    )
    rewrite(root, [*members, gzip.compress(forged, mtime=0)])
    return offset


def record_swapped(root: Path) -> int:
    """Put the record of one capture where that of another belongs; both are whole."""
    number = find(first(root), "response", "/last")
    offset = places(first(root))[number].offset
    change_journal(
        root,
        "UPDATE capture SET warc_offset = 0 WHERE url LIKE '%/last' AND record_type = 'response'",
    )
    return offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A damage, the check that names it, and those that name what follows from it."""

    damage: Damage
    check: Check
    also: frozenset[Check] = frozenset()
    path: str = f"warc/{FIRST_WARC}"


def case(damage: Damage, check: Check, *also: Check, path: str = f"warc/{FIRST_WARC}") -> Case:
    return Case(damage=damage, check=check, also=frozenset(also), path=path)


LENGTH = rb"\r\nContent-Length: \d+"
DAMAGES = {
    "torn_tail": case(torn_tail, Check.FRAMING, Check.WARC_LENGTH),
    "cut_on_boundary": case(last_record_gone, Check.WARC_LENGTH),
    "payload_bit_flip": case(
        lambda root: edit_record(root, lambda x: x[:-6] + bytes([x[-6] ^ 1]) + x[-5:]),
        Check.PAYLOAD_DIGEST,
        Check.BLOCK_DIGEST,
    ),
    "gzip_bit_flip": case(flipped_bit, Check.FRAMING),
    "one_gzip_member": case(
        one_gzip_member, Check.FRAMING, Check.WARC_LENGTH, Check.CAPTURE, Check.ROW_RECORD
    ),
    "content_length_more": case(edited(LENGTH, b"\r\nContent-Length: 999"), Check.FRAMING),
    "content_length_less": case(edited(LENGTH, b"\r\nContent-Length: 99"), Check.FRAMING),
    "no_record_id": case(edited(rb"\r\nWARC-Record-ID: [^\r]*", b""), Check.FRAMING),
    "bad_date": case(edited(rb"(\r\nWARC-Date: )[^\r]*", rb"\1yesterday"), Check.FRAMING),
    "header_injection": case(
        edited(rb"(\r\nWARC-Target-URI: [^\r]*)", rb"\1\r\nWARC-Type: resource\r\nX-Evil: 1"),
        Check.FRAMING,
    ),
    "duplicate_record_id": case(
        one_id_twice, Check.RECORD_ID, Check.CAPTURE, Check.PAYLOAD_DIGEST
    ),
    "body_decoded": case(restated(unpacked), Check.CODING, Check.CAPTURE),
    "chunks_removed": case(restated(without_chunks, url_end="/chunked"), Check.CODING),
    "empty_file": case(emptied, Check.WARC_LENGTH, Check.ROW_RECORD),
    "garbage_between": case(garbage_between, Check.FRAMING),
    "record_end_missing": case(edited(rb"\r\n\r\n\Z", b""), Check.FRAMING),
    "nul_in_header": case(
        edited(rb"(\r\nWARC-Target-URI: )", b"\\1http://x/\0"), Check.FRAMING
    ),
    "unknown_digest": case(
        edited(rb"(\r\nWARC-Payload-Digest: )[^\r]*", rb"\1sha1:ZZZZ"), Check.PAYLOAD_DIGEST
    ),
    "dangling_revisit": case(
        edited(
            rb"(\r\nWARC-Refers-To: )[^\r]*", rb"\1" + OTHER_ID,
            kind="revisit", url_end="/a", filename=SECOND_WARC,
        ),
        Check.REVISIT,
        path=f"warc/{SECOND_WARC}",
    ),
    "same_capture_twice": case(same_capture_twice, Check.RECORD_ID, Check.CAPTURE),
    "content_length_huge": case(edited(LENGTH, b"\r\nContent-Length: " + b"9" * 20), Check.FRAMING),
    "content_length_negative": case(edited(LENGTH, b"\r\nContent-Length: -5"), Check.FRAMING),
    "no_digests": case(
        lambda root: edit_record(
            root, lambda x: re.sub(rb"\r\nWARC-(Block|Payload)-Digest: [^\r]*", b"", x)
        ),
        Check.BLOCK_DIGEST,
        Check.PAYLOAD_DIGEST,
    ),
    "request_missing": case(request_gone, Check.REQUEST),
    # What follows no other tool could know: the journal's side of it.
    "file_gone": case(file_gone, Check.WARC_FILE, Check.ROW_RECORD),
    "sealed_but_open": case(
        sealed_but_open, Check.WARC_FILE, path=f"warc/{FIRST_WARC}.open"
    ),
    "both_names": case(both_names, Check.WARC_STRAY, path=f"warc/{FIRST_WARC}.open"),
    "foreign_file": case(foreign_file, Check.WARC_STRAY, path="warc/copy.warc.gz"),
    "bytes_behind": case(bytes_behind, Check.WARC_LENGTH),
    "control_character": case(
        edited(rb"(\r\nWARC-Target-URI: [^\r]*)", rb"\1" + "\u2028".encode()),
        Check.FIELDS,
        Check.CAPTURE,
    ),
    "record_id_is_no_uuid": case(
        edited(rb"(\r\nWARC-Record-ID: )[^\r]*", rb"\1<urn:x:1>", kind="request"), Check.FIELDS
    ),
    "unknown_type": case(
        edited(rb"WARC-Type: request", b"WARC-Type: dream", kind="request"),
        Check.FIELDS,
        Check.REQUEST,
    ),
    "no_address": case(
        edited(rb"\r\nWARC-Target-URI: [^\r]*", b""), Check.FIELDS, Check.CAPTURE
    ),
    "warcinfo_gone": case(warcinfo_gone, Check.WARCINFO, Check.ROW_RECORD),
    "two_files_in_one": case(two_files_in_one, Check.WARCINFO, Check.RECORD_ID),
    "other_address": case(
        edited(rb"(\r\nWARC-Target-URI: [^\r]*)", rb"\1-not"), Check.CAPTURE
    ),
    "other_time": case(
        edited(rb"(\r\nWARC-Date: )2026", rb"\g<1>2016"), Check.CAPTURE
    ),
    "other_place": case(record_swapped, Check.CAPTURE, Check.CAPTURE_ROW),
    "other_status": case(
        restated(lambda block: block.replace(b"200 OK", b"404 OK", 1)), Check.CAPTURE
    ),
    "other_charset": case(
        restated(lambda block: block.replace(b"utf-8", b"utf-9", 1)), Check.CAPTURE
    ),
    "whole_yet_marked_cut": case(
        edited(rb"(\r\nWARC-Block-Digest: )", rb"\r\nWARC-Truncated: length\1"), Check.CAPTURE
    ),
    "payload_rewritten": case(
        restated(lambda block: block.replace(b"\n<p", b"\n<b", 1), url_end="/cut"),
        Check.PAYLOAD_DIGEST,
    ),
    "foreign_revisit": case(foreign_revisit, Check.UNKNOWN_RECORD, Check.REQUEST),
    "request_of_nobody": case(request_of_nobody, Check.UNKNOWN_RECORD),
    "interim_of_nobody": case(interim_of_nobody, Check.UNKNOWN_RECORD),
    "request_for_nobody": case(
        edited(rb"(\r\nWARC-Concurrent-To: )[^\r]*", rb"\1" + OTHER_ID, kind="request"),
        Check.UNKNOWN_RECORD,
        Check.REQUEST,
    ),
    "request_of_another_time": case(
        edited(rb"(\r\nWARC-Date: )2026", rb"\g<1>2016", kind="request"), Check.REQUEST
    ),
    "revisit_of_another_address": case(
        edited(
            rb"(\r\nWARC-Refers-To-Target-URI: [^\r]*)", rb"\1-not",
            kind="revisit", url_end="/copy-of-b",
        ),
        Check.REVISIT,
    ),
    "revisit_of_another_date": case(
        edited(
            rb"(\r\nWARC-Refers-To-Date: )2026", rb"\g<1>2016",
            kind="revisit", url_end="/copy-of-b",
        ),
        Check.REVISIT,
    ),
    "revisit_of_unknown_profile": case(
        edited(
            rb"(\r\nWARC-Profile: )[^\r]*", rb"\1http://x.example/",
            kind="revisit", url_end="/copy-of-b",
        ),
        Check.REVISIT,
    ),
    "revisit_of_another_payload": case(
        edited(
            rb"(\r\nWARC-Payload-Digest: )[^\r]*", rb"\1sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N",
            kind="revisit", url_end="/copy-of-b",
        ),
        Check.PAYLOAD_DIGEST,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_named_with_file_and_offset(case: Case, store: Path) -> None:
    offset = case.damage(store)

    report = verify(store)

    assert (case.check, case.path, offset) in {(p.check, p.path, p.offset) for p in report.problems}
    assert set(report.counts) == {case.check} | case.also
    assert not report.is_sound
