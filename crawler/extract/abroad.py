"""Days as pages in other languages than English write them: `1. Mai 2031`, `2031年5月1日`."""

import re
from types import MappingProxyType
from typing import Final

MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
"""A pattern for the months of English."""
# German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Polish, Turkish and Russian; what is
# spelled as in English, too, for the dot or the "de" beside it.
_MONTHS: Final = MappingProxyType(
    {
        name: month
        for month, names in enumerate(
            (
                "januar janvier enero gennaio janeiro januari stycznia ocak января",
                "februar février fevrier febrero febbraio fevereiro februari lutego şubat февраля",
                "märz mars marzo março maart marca mart марта",
                "april avril abril aprile kwietnia nisan апреля",
                "mai mayo maggio maio mei maja maj mayıs мая",
                "juni juin junio giugno junho czerwca haziran июня",
                "juli juillet julio luglio julho lipca temmuz июля",
                "august août aout agosto augustus sierpnia augusti ağustos августа",
                "september septembre septiembre settembre setembro września eylül сентября",
                "oktober octobre octubre ottobre outubro października ekim октября",
                "november novembre noviembre novembro listopada kasım ноября",
                "dezember décembre decembre diciembre dicembre dezembro december grudnia aralık",
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
