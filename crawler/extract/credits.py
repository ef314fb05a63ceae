"""Credit lines: who holds the rights, apart from what the picture shows."""

import re
from dataclasses import dataclass
from typing import Final

from crawler.extract.wording import tidy

_MEDIUM: Final = (
    r"(?:(?:main|lead|cover|featured?|header|hero|custom|composite|file|promotional)\s+)?(?:images?|photos?|photograph(?:s|y)?|pictures?"
    r"|pics?|gallery|illustrations?|videos?|stills?|screenshots?|artwork|graphic|fotos?|bild|cover)"
)
# In front of the holder: "Photo:", "Image credit:", "Credits:", "Photo by", "Courtesy of", "(c)".
_LABEL: Final = re.compile(
    rf"""[\s(（\[|/–—-]*(?:(?:
        {_MEDIUM}\s*(?:credits?|sources?|courtesy(?:\s+of)?|copyright|by|via|from|:|\|)
        |credits?|sources?|photograph(?:y|er)?\s+by|courtesy\s+of\b|copyright|by\b|via|©|\(c\)
        |(?:foto|photo|bild|ph\.?)(?=\s+(?-i:[A-Z]))|(?:사진|写真|撮影)\s*(?:提供)?\s*[=＝/／・]
    )\s*(?:(?:by|to|via|of)\b)?\s*(?:[:|–-]|\.\.\.|…)?\s*)+""",
    re.IGNORECASE | re.VERBOSE,
)
_LABEL_ONLY: Final = re.compile(rf"\s*(?:{_MEDIUM}|credits?|sources?)\s*:?\s*", re.IGNORECASE)
_CLOSERS: Final = {")": "(", "]": "[", "）": "（"}
_AGENCIES: Final = (
    r"(?:getty|afp|ap\ photo|associated\ press|reuters|shutterstock|alamy|rex|wireimage|filmmagic"
    r"|everett|instagram|splash|backgrid|epa|pa\ wire|press\ association|zuma)"
)
# Tried in order; the first that matches wins. Sites set a credit off from its caption in these
# ways, and a further one should be a row here.
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE | re.DOTALL | re.VERBOSE)
    for form in (
        # A subject, then the credit in brackets: "Vale on stage (Photo by Ida Marsh/Agency)".
        rf"""(?P<caption>.*?)[\s|/–—-]*(?:\(|\[)\s*(?P<credit>
            (?:{_MEDIUM}\s*)?(?:credits?|source|courtesy(?:\s+of)?|copyright|by|via|©|\(c\)
            |{_MEDIUM}\s*:)\s*[:/]?\s*[^()\[\]]{{2,120}}(?:\([^()]*\))?[^()\[\]]{{0,40}})[)\]]\.?""",
        # The same of languages that leave the colon out, and of those that have signs of their own.
        r"""(?P<caption>.*?)\s*(?P<credit>\((?:foto|photo|bild|ph\.?)\s+(?-i:[A-Z])[^()]{2,80}\)
            |[（(]?\s*(?:사진|写真|撮影)\s*(?:提供)?\s*[=＝:：/／・].{1,60})""",
        # A subject, then a slash, bar or dash before the label.
        rf"""(?P<caption>.*?)\s*(?://|\||–|—|-)\s*(?P<credit>(?:{_MEDIUM}\s*)?
            (?:credits?|source|courtesy\s+of\b|copyright|©)\s*[:/]?\s*.{{2,160}})""",
        # The same without brackets, after the sentence that it follows.
        rf"""(?P<caption>.*?)(?:^|(?<=[.!?\s"”’']))(?P<credit>{_MEDIUM}\s*
            (?:credits?|source|by|via|courtesy(?:\s+of)?|copyright)\s*:?\s*.{{2,120}})""",
        # A label with a colon.
        rf"""(?P<caption>.*?)(?:^|(?<=[.!?\s"”’']))(?P<credit>(?:{_MEDIUM}\s?:|credits?\s*(?::|\.\.\.|…)
            |courtesy\s+of\b|source\s*:|©|copyright\s)\s*.{{2,120}})""",
        # A sentence, then an agency or a photographer and an agency in brackets.
        r"""(?P<caption>.*[.!?"”’'])\s+\((?P<credit>(?-i:AP|AFP|PA|EPA|UPI|SNS|ANI|PTI|ABC|CBS|NBC|HBO|BBC)
            |[^()/]{3,40}/[^()]{2,40})\)\.?""",
        # Two parts with a bar between them.
        r"(?P<caption>[^|]*?)\s*\|\s*(?P<credit>[^|]+(?:\|[^|]+)?)",
        # A sentence, then a name with a known agency.
        rf"""(?P<caption>.*[.!?"”’'])\s+(?P<credit>(?:[\w.'’&-]+[\s/,]+){{0,6}}?(?:[\w.'’&-]*/)?
            {_AGENCIES}\b[^.]{{0,60}})""",
    )
)
# A line that names one of these is a credit even without a label.
_HOLDERS: Final = re.compile(
    rf"""\b(?:{_AGENCIES}|rex\ features|splash\ news|pictures|studios?|entertainment|netflix|hbo
    |disney|hulu|paramount|lionsgate|warner\ bros|universal|sony|marvel|lucasfilm|youtube|facebook
    |twitter|tiktok|via|courtesy|©|press|photography|productions?|images|records|inc|wikimedia
    |commons|flickr|unsplash|pexels|istock|adobe\ stock)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Photographer and agency, a slash between them: "Ida Marsh/Lampblack".
_SLASHED: Final = re.compile(
    r"(?:[A-Z][\w.'’&+-]*\s+){0,4}[A-Z][\w.'’&+-]*\s*//?\s*[A-Z][\w.'’&+-]*(?:\s+[A-Z][\w.'’&+-]*){0,4}"
)
_ABBREVIATED: Final = re.compile(r"(?:\b(?:Inc|Co|Corp|Ltd|Bros|Jr|Sr|[A-Z])\.|\.\.\.)$")
"""What ends in a full stop that belongs to it."""
_LONGEST_HOLDER: Final = 12
"""Words; a longer line is a sentence."""
# The colon, or a word for a picture, keeps "By the sea" and "Source of joy" apart from credits.
_LABELLED: Final = re.compile(
    r"""[\s(\[]*(?:(?:\w+\s)?(?:images?|photos?|photographs?|pictures?|illustrations?)\s*
    (?:credits?\s*:?|courtesy(?:\s+of)?\s*:?|by|via|:)|credits?\s*:)
    \s*[^\s.:](?:[^.:!?]|\.(?=\S))*[)\]]*\.?""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_LABELLED: Final = 90
_LONGEST_LINE: Final = 1200


@dataclass(frozen=True, slots=True)
class Caption:
    """What is printed about one image."""

    caption: str | None = None
    """What it shows; None when nobody says."""
    credit: str | None = None
    """The bare rights holder; None when nobody says."""
    raw: str | None = None
    """The line as printed."""


def split_credit(line: str) -> Caption:
    """Return the caption and credit found in one line of figure text."""
    line = tidy(line)
    for form in _FORMS if len(line) <= _LONGEST_LINE else ():
        found = form.fullmatch(line)
        if found and (credit := bare_holder(found["credit"])):
            return Caption(tidy(found["caption"]).strip(" |/–—-") or None, credit, line)
    if line.lower().startswith(("©", "(c)")) or names_holder(line):
        return Caption(None, bare_holder(line), line)
    return Caption(line or None, None, line or None)


def is_labelled_credit(line: str) -> bool:
    """Whether a line is nothing but a credit, and says so: "Photo: Ida Marsh", "Image via X"."""
    return len(line) <= _LONGEST_LABELLED and bool(_LABELLED.fullmatch(line))


def names_holder(line: str) -> bool:
    """Whether a line without label reads as a rights holder rather than as a caption."""
    if line.endswith((".", "!", "?", ":")) and not _ABBREVIATED.search(line):
        return False
    if _SLASHED.fullmatch(line):
        return True
    return bool(_HOLDERS.search(line)) and len(line.split()) <= _LONGEST_HOLDER


def bare_holder(text: str) -> str | None:
    """Return the rights holder without label and brackets, or None when only a label is there."""
    text = tidy(text)
    if _LABEL_ONLY.fullmatch(text):
        return None
    label = _LABEL.match(text)
    bare = tidy(text[label.end() :] if label else text)
    bare = _without_brackets(bare).strip(" |·–—-:;,")
    return (bare if _ABBREVIATED.search(bare) else bare.rstrip(" .")) or None


def _without_brackets(text: str) -> str:
    """Return the text without brackets that enclose it or that lost their partner."""
    text = text.strip()
    while text and text[-1] in _CLOSERS and text.count(_CLOSERS[text[-1]]) < text.count(text[-1]):
        text = text[:-1].strip()
    if len(text) > 1 and text[-1] in _CLOSERS and text[0] == _CLOSERS[text[-1]]:
        text = text[1:-1].strip()
    return text
