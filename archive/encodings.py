"""The encodings a page may be in: those of the WHATWG standard, and Python's codec for each.

Only what that standard names is used: Python knows codecs (zip, rot13, utf-7, unicode_escape) that
no page may choose.
"""

import codecs
import re
from types import MappingProxyType
from typing import Final

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
"""Byte order marks, which overrule everything else, and the codec each means."""
WESTERN: Final = "cp1252"
"""The codec of a document that nobody names an encoding of, when it is not UTF-8."""

_META: Final = re.compile(
    rb"""<meta[^>]{0,500}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE
)
# The standard looks at 1024 bytes; pages with long scripts in front put it later, and browsers
# that reparse find it there.
_PRESCAN_BYTES: Final = 8192

# Labels of ASCII and Latin-1 mean windows-1252, those of GB2312 and GBK the superset GB18030
# (Encoding standard, section 4.2).
_LABELS: Final = MappingProxyType(
    {
        label: codec
        for codec, labels in {
            "utf-8": "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
            "utf-16-le": "utf-16 utf-16le unicode ucs-2 iso-10646-ucs-2 csunicode unicodefeff",
            "utf-16-be": "utf-16be unicodefffe",
            WESTERN: "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso88591 iso_8859-1 "
            "latin1 latin-1 l1 ascii us-ascii ansi_x3.4-1968 cp819 ibm819",
            "cp1250": "windows-1250 cp1250 x-cp1250",
            "cp1251": "windows-1251 cp1251 x-cp1251",
            "cp1253": "windows-1253 cp1253 x-cp1253",
            "cp1254": "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 latin5",
            "cp1255": "windows-1255 cp1255 x-cp1255",
            "cp1256": "windows-1256 cp1256 x-cp1256",
            "cp1257": "windows-1257 cp1257 x-cp1257",
            "cp1258": "windows-1258 cp1258 x-cp1258",
            "cp874": "windows-874 tis-620 iso-8859-11 dos-874",
            "cp866": "ibm866 cp866 866",
            "iso8859-2": "iso-8859-2 iso8859-2 latin2 l2",
            "iso8859-3": "iso-8859-3 latin3",
            "iso8859-4": "iso-8859-4 latin4",
            "iso8859-5": "iso-8859-5 cyrillic",
            "iso8859-6": "iso-8859-6 arabic",
            "iso8859-7": "iso-8859-7 greek",
            "iso8859-8": "iso-8859-8 hebrew iso-8859-8-i logical",
            "iso8859-10": "iso-8859-10 latin6",
            "iso8859-13": "iso-8859-13",
            "iso8859-14": "iso-8859-14",
            "iso8859-15": "iso-8859-15 iso8859-15 latin-9 l9",
            "iso8859-16": "iso-8859-16",
            "koi8-r": "koi8-r koi8 koi",
            "koi8-u": "koi8-u koi8-ru",
            "mac-roman": "macintosh mac x-mac-roman",
            "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
            "gb18030": "gb18030 gbk gb2312 gb_2312-80 x-gbk chinese",
            "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5",
            "euc_jp": "euc-jp x-euc-jp",
            "iso2022_jp": "iso-2022-jp",
            "cp932": "shift_jis shift-jis sjis windows-31j x-sjis ms_kanji",
            "cp949": "euc-kr ks_c_5601-1987 ksc5601 korean windows-949",
        }.items()
        for label in labels.split()
    }
)


def codec_of(label: str | None) -> str | None:
    """Return Python's codec for an encoding's label; None when the standard does not name it."""
    return _LABELS.get((label or "").lower())


def codec_said_by(label: bytes) -> str | None:
    """Return the codec for a label that stands in the document itself.

    What was read as ASCII cannot be in UTF-16 (HTML standard 13.2.3.2, CSS Syntax 3.2).
    """
    codec = codec_of(label.decode("ascii"))
    return "utf-8" if codec and codec.startswith("utf-16") else codec


def label_in_page(body: bytes) -> bytes | None:
    """Return the label that a page's meta element gives; None when it has none near its top."""
    found = _META.search(body, 0, _PRESCAN_BYTES)
    return found[1] if found else None
