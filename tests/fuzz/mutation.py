"""Bytes that a parser nearly knows: a valid example, some of it flipped, cut, doubled or sewn."""

from collections.abc import Callable, Sequence
from typing import Final

from hypothesis import strategies as st
from typing_extensions import override

# What parsers stumble over: ends, nulls, numbers at their limits, marks of order and of nesting.
_TOKENS: Final = (
    *(b"", b"\x00", b"\xff", b"\r\n\r\n", b"\n", b"\t", b"%", b"&#", b"&#xD800;", b"\\u0000"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"-1", b"0", b"1e999", b"NaN"),
    *(b"9" * 5000, b"99999999999999999999", b"18446744073709551616", b"0x10", b"\xd9\xa3"),
    *(
        b"<",
        b"</",
        b"<!--",
        b"<![CDATA[",
        b"<!DOCTYPE a [",
        b"]]>",
        b"{",
        b"[" * 3000,
        b'"',
        b"null",
    ),
    *(
        b"http://[",
        b"//",
        b":",
        b"://a:b@",
        b"%zz",
        b"xn--",
        b"..",
        b"url(",
        b"@import",
        b"chunked",
    ),
    *(
        b"0001-01-01",
        b"9999-12-31T23:59:60+99:99",
        b"Thu, 01 Jan 0000 00:00:00 GMT",
        b"\x1f\x8b\x08",
    ),
)
_Deed = Callable[[bytearray, int, int, bytes], bytearray]


def _flip(data: bytearray, at: int, length: int, _: bytes) -> bytearray:
    if data:
        data[at] ^= 1 << length % 8
    return data


# Given the bytes, a place, a length, and other bytes.
_DEEDS: Final[Sequence[_Deed]] = (
    _flip,
    lambda data, at, length, _: data[:at] + data[at + length :],
    lambda data, at, length, _: data[: at + length] + data[at:],
    lambda data, at, _, other: data[:at] + other + data[at:],
    lambda data, at, length, other: data[:at] + other + data[at + length :],
    lambda data, at, _, __: data[:at],
    lambda data, at, length, _: data[:at] + data[at : at + length] * 50 + data[at:],
)


class Mutant:
    """What came of an example; a large one is not printed whole."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @override
    def __repr__(self) -> str:
        return f"Mutant({self.data[:400]!r}{'...' if len(self.data) > 400 else ''})"


@st.composite
def mutated(draw: st.DrawFn, examples: Sequence[bytes]) -> Mutant:
    """Return an example that one to six things have happened to, or bytes of no kind at all."""
    if draw(st.integers(0, 9)) == 0:
        return Mutant(draw(st.binary(max_size=200)))
    data = bytearray(draw(st.sampled_from(examples)))
    for _ in range(draw(st.integers(1, 6))):
        deed = draw(st.sampled_from(_DEEDS))
        at, length = draw(st.integers(0, max(0, len(data) - 1))), draw(st.integers(1, 40))
        other = draw(st.sampled_from(_TOKENS) | st.binary(max_size=8) | _pieces(examples))
        data = deed(data, at, length, other)
    return Mutant(bytes(data))


def _pieces(examples: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Return pieces of other examples."""
    return st.builds(
        lambda example, at, length: example[at % (len(example) + 1) :][:length],
        st.sampled_from(examples),
        st.integers(0, 10_000),
        st.integers(1, 60),
    )
