"""Sitemaps: an index, a set of pages with or without news, or a plain list become candidates."""

import functools
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from lxml import etree
from lxml.etree import _Element

from archive.address import crawl_address
from crawler.discover.candidate import AddressKind, Candidate, Flaw, Reading
from crawler.discover.document import is_cut, refusal, whole_entries, xml_text
from crawler.discover.feed import looks_like_feed, read_feed
from crawler.discover.moment import moment_of, moment_or_midnight
from crawler.extract.wording import tidy_or_none

# "No more than 50,000 URLs and no larger than 50 MB" unpacked (sitemaps.org, protocol).
MOST_ADDRESSES: Final = 50_000
LARGEST_BYTES: Final = 50 * 1024 * 1024

_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS
_PIECE_BYTES: Final = 64 * 1024
_MOST_MEMBERS: Final = 1000
"""Each costs the copy of a piece, however empty it is."""

_KINDS: Final = {"url": AddressKind.PAGE, "sitemap": AddressKind.SITEMAP}
_TAGS: Final = tuple(f"{{*}}{name}" for name in _KINDS)
_CDATA: Final = "<![CDATA["
_BARE_AMPERSAND: Final = re.compile(r"&(?!#?\w{1,31};)")


def read_sitemap(body: bytes, *, base: str, limit: int = MOST_ADDRESSES) -> Reading:
    """Return the addresses a sitemap names; what cannot be read is left out, with a warning.

    How deep an index may lead, and how often, is for the caller to bound. A feed in the place of
    a sitemap is read as the feed it is.
    """
    body, packing_flaw = _unpacked(body)
    flaws = {packing_flaw} if packing_flaw else set()
    if looks_like_feed(body, None):
        reading = read_feed(body, content_type=None, base=base)
        return Reading(candidates=reading.candidates, warnings=(*flaws, *reading.warnings))
    text = xml_text(body)
    if refused := refusal(text):
        return Reading(warnings=(*flaws, refused))
    entries = _entries(text, base, flaws) if text.startswith("<") else _lines(text, base)
    candidates: list[Candidate] = []
    for entry in entries:
        if entry is None:
            flaws.add(Flaw.BAD_ADDRESS)
        elif len(candidates) == limit:
            flaws.add(Flaw.TOO_MANY)
            break
        else:
            candidates.append(entry)
    if not candidates and not flaws and not text.startswith("<"):
        flaws.add(Flaw.MALFORMED)
    return Reading(candidates=tuple(candidates), warnings=tuple(sorted(flaws)))


def _unpacked(body: bytes) -> tuple[bytes, Flaw | None]:
    """Return the body without its gzip coding, up to 50 MB and to where it is damaged.

    Of several members, as `cat a.gz b.gz` makes them, all are read (RFC 1952 section 2.2).
    """
    if not body.startswith(_GZIP_MAGIC):
        return body, None
    out, at = bytearray(), 0
    for _ in range(_MOST_MEMBERS):
        flaw, at = _unpack_member(body, at, out)
        if flaw is not None:
            return bytes(out[:LARGEST_BYTES]), flaw
        if not body.startswith(_GZIP_MAGIC, at):  # what stands behind the last is padding
            return bytes(out), None
    return bytes(out), Flaw.TOO_LARGE


def _unpack_member(body: bytes, begin: int, out: bytearray) -> tuple[Flaw | None, int]:
    """Append a gzip member to what is unpacked; return what is wrong with it, and where it ends."""
    stream = zlib.decompressobj(_GZIP_WINDOW)
    for start in range(begin, len(body), _PIECE_BYTES):
        piece = body[start : start + _PIECE_BYTES]
        try:
            out += stream.decompress(piece, LARGEST_BYTES + 1 - len(out))
        except zlib.error:
            return Flaw.MALFORMED, start
        if len(out) > LARGEST_BYTES:
            return Flaw.TOO_LARGE, start
        if stream.eof:
            return None, start + len(piece) - len(stream.unused_data)
    return Flaw.TRUNCATED, len(body)


def _entries(text: str, base: str, flaws: set[Flaw]) -> Iterator[Candidate | None]:
    """Yield what each entry names, None for an address that cannot be asked for."""
    if is_cut(text):
        flaws.add(Flaw.TRUNCATED)
        text = whole_entries(text)
    parsing = etree.iterparse(
        BytesIO(_mended(text).encode("utf-8", "replace")),
        events=("end",),
        tag=_TAGS,
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        for _, entry in parsing:
            try:
                found = _candidate(entry, base)
            except UnicodeDecodeError:  # recovery lets names pass that are half a character
                flaws.add(Flaw.MALFORMED)
            else:
                yield found
            _forget(entry)
    except etree.XMLSyntaxError:  # nothing in it that recovery could hold on to
        flaws.add(Flaw.MALFORMED)
    if Flaw.TRUNCATED not in flaws and parsing.error_log.filter_from_fatals():
        flaws.add(Flaw.MALFORMED)


def _mended(text: str) -> str:
    """Return the text with bare ampersands escaped, for a parser that recovers drops them.

    In a CDATA section they stand rightly.
    """
    if not _BARE_AMPERSAND.search(text):
        return text
    first, *sections = text.split(_CDATA)
    mended = [_BARE_AMPERSAND.sub("&amp;", first)]
    for section in sections:
        literal, end, rest = section.partition("]]>")
        mended += [_CDATA, literal, end, _BARE_AMPERSAND.sub("&amp;", rest)]
    return "".join(mended)


def _forget(entry: _Element) -> None:
    """Let go of an entry and of all before it, so that memory stays flat."""
    entry.clear()
    parent = entry.getparent()
    while parent is not None and entry.getprevious() is not None:
        del parent[0]


def _candidate(entry: _Element, base: str) -> Candidate | None:
    said = _said(entry)
    url = crawl_address(said.get("loc", ""), base)
    if url is None or not said.get("loc", "").strip():
        return None
    return Candidate(
        url=url,
        kind=_KINDS[_local_name(str(entry.tag))],
        advertised_in="sitemap",
        advertised_at=moment_of(said.get("news:publication_date")),
        title=tidy_or_none(said.get("news:title")),
        lastmod=moment_or_midnight(said.get("lastmod")),
    )


def _said(entry: _Element) -> dict[str, str]:
    """Return the texts of an entry by name; those of its `news` by `news:` and name.

    Only direct children count: `image:loc` and `video:title` lie deeper, and are not the page's.
    """
    said: dict[str, str] = {}
    for child in entry.iterchildren(tag=etree.Element):
        name = _local_name(str(child.tag))
        if name == "news":
            said |= {f"news:{_local_name(str(part.tag))}": part.text or "" for part in child}
        else:
            said.setdefault(name, child.text or "")
    return said


@functools.lru_cache(maxsize=256)
def _local_name(tag: str) -> str:
    """Return a tag without its namespace; a prefix that was never declared is no part of it."""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _lines(text: str, base: str) -> Iterator[Candidate]:
    """Yield the addresses of a plain list, one a line (sitemaps.org, "Text file")."""
    for line in text.splitlines():
        url = crawl_address(line, base) if line.lstrip().lower().startswith("http") else None
        if url is not None:
            yield Candidate(url=url, advertised_in="sitemap")
