"""Days as pages in other languages than English write them: `1. Mai 2031`, `2031年5月1日`."""

import re
from types import MappingProxyType
from typing import Final

# German, French, Spanish, Italian, Portuguese and Dutch; what is spelled as in English, too, for
# the dot or the "de" beside it.
_MONTHS: Final = MappingProxyType(
    {
        name: month
        for month, names in enumerate(
            (
                "januar janvier enero gennaio janeiro januari",
                "februar février fevrier febrero febbraio fevereiro februari",
                "märz mars marzo março maart",
                "april avril abril aprile",
                "mai mayo maggio maio mei",
                "juni juin junio giugno junho",
                "juli juillet julio luglio julho",
                "august août aout agosto augustus",
                "september septembre septiembre settembre setembro",
                "oktober octobre octubre ottobre outubro",
                "november novembre noviembre novembro",
                "dezember décembre decembre diciembre dicembre dezembro december",
            ),
            start=1,
        )
        for name in names.split()
    }
)
IN_WORDS: Final = (
    rf"\d{{1,2}}(?:\.|er|º|°)?\s+(?:de\s+)?(?:{'|'.join(_MONTHS)})\.?\s+(?:del?\s+)?(?:19|20)\d\d"
    r"|(?:19|20)\d\d\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
)
"""A pattern for the days that `in_digits` rewrites; case does not matter."""
_DAY: Final = re.compile(IN_WORDS, re.IGNORECASE)
_PARTS: Final = re.compile(r"\d+|[^\W\d_]{3,}")


def in_digits(text: str) -> str:
    """Return a text with the first such day written as ISO 8601 has it; others as they are."""
    return _DAY.sub(_iso, text, count=1)


def _iso(found: re.Match[str]) -> str:
    """Return a day as ISO 8601 writes it; it need not be one that the calendar has."""
    first, second, third = _PARTS.findall(found[0])
    if month := _MONTHS.get(second.lower()):
        return f"{third}-{month:02}-{int(first):02}"
    return f"{first}-{int(second):02}-{int(third):02}"
