"""The gzip members of a file that may be damaged, each as a stream of its own.

A file is only read forwards, but for a step back behind a damaged member: inside a WACZ, every
step back means reading the archive again from its beginning.
"""

from typing import IO, Final

from isal import isal_zlib

PIECE_BYTES: Final = 1 << 16
GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_GZIP: Final = 31  # zlib's window bits for 32 KiB with a gzip header and trailer


class Tape:
    """A file read forwards, which takes back what was read too far."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._ahead = b""

    def tell(self) -> int:
        """Return where the next byte lies in the file."""
        return self._file.tell() - len(self._ahead)

    def wind_to(self, offset: int) -> None:
        """Go on at an offset."""
        self._ahead = b""
        self._file.seek(offset)

    def read_piece(self) -> bytes:
        """Return the next bytes; none at the end of the file."""
        piece, self._ahead = self._ahead or self._file.read(PIECE_BYTES), b""
        return piece

    def take_back(self, unread: bytes) -> None:
        """Have the end of the last piece read again."""
        self._ahead = unread

    def next_member(self) -> "Member | None":
        """Return what follows the next bytes a gzip member begins with; None when none follow."""
        kept = b""
        while piece := self.read_piece():
            kept = kept[-2:] + piece
            if (found := kept.find(GZIP_MAGIC)) >= 0:
                self.take_back(kept[found:])
                return Member(self)
        return None


class Member:
    """One gzip member as a stream, which ends where the member ends or where it is damaged."""

    def __init__(self, tape: Tape) -> None:
        self.offset = tape.tell()
        self.end: int | None = None
        """Where the member ends; None as long as its end was not seen, or when it is damaged."""
        self._tape = tape
        self._inflate = isal_zlib.decompressobj(_GZIP)
        self._is_over = False
        self._ahead = b""

    @property
    def is_torn(self) -> bool:
        """Whether all was read that can be, and the member's end is not behind it."""
        return self._is_over and self.end is None and not self._ahead

    def tell(self) -> int:
        """Return where the member begins: inside of it, nothing can be addressed."""
        return self.offset

    def read(self, size: int, /) -> bytes:
        """Return that many bytes of content, fewer only at the end."""
        pieces = [self._ahead[:size]]
        self._ahead = self._ahead[size:]
        missing = size - len(pieces[0])
        while missing and (piece := self._inflate_piece(missing)):
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def peek(self, size: int) -> bytes:
        """Return what `read` would, and leave it to be read."""
        ahead = self.read(size)
        self._ahead = ahead + self._ahead
        return ahead

    def readline(self, limit: int, /) -> bytes:
        """Return the content up to a line's end, cut at the limit."""
        while b"\n" not in self._ahead and len(self._ahead) < limit:
            piece = self._inflate_piece(PIECE_BYTES)
            if not piece:
                break
            self._ahead += piece
        cut = self._ahead.find(b"\n", 0, limit) + 1 or limit
        line, self._ahead = self._ahead[:cut], self._ahead[cut:]
        return line

    def _inflate_piece(self, most: int) -> bytes:
        piece = b""
        while not (piece or self._is_over):
            coded = self._inflate.unconsumed_tail or self._tape.read_piece()
            try:
                piece = self._inflate.decompress(coded, most)
            except isal_zlib.error:
                self._is_over = True
            if self._inflate.eof and not self._is_over:
                self._tape.take_back(self._inflate.unused_data)
                self.end = self._tape.tell()
            self._is_over = self._is_over or self._inflate.eof or not (piece or coded)
        return piece
