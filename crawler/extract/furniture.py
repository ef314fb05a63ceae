"""Lines that belong to the site and not to the article, whatever element they stand in.

A line here is matched whole, or by its beginning where the rest is another article's title. The
lists are of wordings seen on many sites; a wording of one site belongs in its site file.
"""

import re
from functools import lru_cache
from typing import Final


def _any_of(*alternatives: str) -> str:
    """Return a group of alternatives in which a space stands for any white space."""
    return "(?:" + "|".join(alternatives).replace(" ", r"\s+") + ")"


_LABELS: Final = _any_of(
    "advertisements?",
    "advertising",
    "(?:story|article) continues(?: (?:below|after)(?: .{0,30})?)?",
    "(?:scroll|swipe)(?: down)? to continue\\b.*",
    "show (?:more|less|all)",
    "(?:read|see|view|load) (?:more|on|less|all|preview|comments?|gallery)",
    "continue reading(?: below)?",
    "expand|close|more|share|save|print|copy link|reprints?|tweet|pin|flip",
    "photos?|gallery|video|watch|listen|play|pause|new look|loading(?: comments)?",
    "featured video",
    "like what you(?:['’]re| are) reading\\b.*",
    "stay on the cutting edge",
    "(?:keep|continue) reading|latest videos from .{1,40}|where to buy|today['’]?s best deals",
    "exclusive|breaking(?: news)?|opinion|(?:toggle|hide) caption",
    "read about our process|our sources",
    "[_*~=•·–—-]+",  # a row of them parts what stands above it from what follows
    "anzeige|werbung|publicité|publicidade?|pubblicità|advertentie|広告|광고|إعلان|विज्ञापन|广告",
)
# What stands above links to other articles, or before the title of one.
_ANNOUNCEMENTS: Final = _any_of(
    "related(?: \\w+)?(?: (?:content|articles?|stories|story|posts?|news|topics?|links?|videos?"
    "|reviews?))?",
    "recommended(?: (?:for you|stories|reading|videos?|by .{1,30}))?",
    "trending(?: (?:now|stories|news))?",
    "most (?:popular|read|viewed|shared)(?: in .{1,30})?",
    "editors?['’]?s? (?:picks?|choice)",
    "up next|next (?:up|article|story)|what to read next|see also|also read|in this article",
    "you (?:might|may) (?:also )?(?:like|enjoy|be interested in)",
    "don['’]?t miss",
    "more (?:for you|from .{1,40}|stories|news|like this|to read|on this(?: story)?)",
    "popular (?:now|stories|videos?)",
    "more (?:on|about) .{1,40}:",
)
_ANNOUNCEMENTS_ABROAD: Final = _any_of(
    "mehr zum thema|lesen sie (?:auch|mehr)|auch (?:interessant|lesenswert)|passend dazu",
    "das könnte (?:sie|dich|euch) (?:auch )?interessieren|weiterlesen|mehr dazu",
    "(?:à )?(?:lire|voir) (?:aussi|également)|lire la suite|sur le même sujet",
    "lea también|lee también|leer más|(?:también )?(?:te|le) puede interesar|ver también",
    "(?:noticias|notas|artículos) relacionad[oa]s",
    "leia (?:também|mais)|veja (?:também|mais)|saiba mais|(?:matérias|notícias) relacionadas",
    "leggi (?:anche|di più|tutto)|potrebbe interessarti(?: anche)?|articoli correlati",
    "lees (?:ook|meer|verder)|les også|läs (?:också|mer)|czytaj też|zobacz także",
    "関連記事|あわせて読みたい|続きを読む|おすすめ記事|관련 ?기사|相关(?:阅读|新闻|文章)|延伸閱讀",
    "(?:ا|إ)قرأ (?:أيضا|أيضًا|أيضاً|المزيد)|مواضيع ذات صلة|(?:यह|ये) भी पढ़ें|और पढ़ें|संबंधित खबरें",
)
_PROMPTS: Final = _any_of(
    "share (?:this|on|via|with)\\b.{0,60}",
    "share or comment on this article.*",
    "(?:follow|like|join|find) us\\b.{0,80}",
    "(?:leave|post|add) a (?:comment|reply)",
    "comments?(?: \\(?\\d+\\)?)?|\\d+ (?:comments?|shares?)",
    "sign ?up|sign in|log ?in|register|subscribe(?: now)?|email(?: address)?",
    "buy (?:now|tickets?)|shop now|get (?:tickets|the app)|click here|back to top",
    "skip (?:ad|advertisement)",
    "thanks for (?:signing|subscribing)\\b.*|enter your email\\b.*",
    "view this post on (?:instagram|threads)|a post shared by\\b.*",
    "this (?:content|video|embed) (?:is|can) (?:not available|also be viewed)\\b.*",
    "javascript is (?:disabled|required)\\b.*|your browser (?:does not|doesn)\\b.*",
    "facebook|twitter|whatsapp|instagram|tiktok|reddit|linkedin|pinterest|youtube|telegram",
    "getty images?|ap|reuters|afp",
    "(?:pages?|seiten?|página):?(?: \\d+)+",
    "(?:image|slide) \\d+ of \\d+|\\d+\\s*(?:/|of)\\s*\\d+|\\d{1,2}:\\d\\d(?::\\d\\d)?",
    "tap to .{1,20}|launch (?:gallery|slideshow)|view (?:\\d+ )?(?:images?|photos?)",
    # A price that stands alone is a shop's.
    "(?:(?:from|now|was|only|shop|buy) )?[$£€]\\s*\\d[\\d.,]*(?:\\s*[$£€]\\s*\\d[\\d.,]*)?"
    "(?: (?:at|from|on) .{1,30})?",
)
# Then the title of another article, after a colon, bar or arrow.
_REFERENCES: Final = (
    _any_of(
        "related(?: (?:content|articles?|stories|story|post|video|reading))?",
        "read (?:more|next|also)|also read|see (?:also|more)|must read|recommended|further reading",
        "next|watch|more|up next|don['’]?t miss|listen|check out|trending",
        "you may (?:also )?like|required reading|related roundup",
    )
    + r"\s?(?::|\||»|>|→)"
)
_APPEALS: Final = _any_of(
    "(?:click|tap) here (?:to|for)\\b",
    "sign up (?:for|to|here|now|today)\\b|subscribe (?:to|for|now|here|today)\\b",
    "never miss a (?:story|beat|moment)\\b",
    "want (?:more|to keep up)\\b.{0,80}(?:sign up|subscribe|newsletter)",
    "get (?:the )?(?:latest|breaking|daily|our|more)\\b.{0,90}(?:newsletter|inbox|email|delivered)",
    "stay up to date\\b.{0,60}\\b(?:newsletter|sign)",
    "by (?:clicking|signing up|submitting|subscribing|providing|entering)\\b",
    "(?:for more|like what you|download the|follow)\\b.{0,70}\\b(?:newsletter|app"
    "|on (?:twitter|facebook|instagram|x|tiktok|flipboard))\\b",
    "this (?:article|story|post)\\b.{0,200}\\b(?:originally|first) (?:appeared|published)\\b",
    "the post .{0,200}\\bappeared first on\\b",
    "(?:originally|first) (?:published|posted|appeared) (?:on|in|at|by)\\b",
    "(?:this|the full) (?:story|article|content) is (?:available )?(?:exclusively|only)\\b"
    ".{0,60}\\b(?:subscribers|members)\\b",
    "(?:subscribe|register|log in|sign in|become an? \\w+) (?:now )?(?:to|and)"
    " (?:continue|keep|start|finish) reading\\b",
    "this (?:article|story|post) (?:may contain|contains) affiliate\\b",
    "access your favorite topics\\b|can['’]?t keep up\\?|not a subscriber to\\b",
    "(?:already|not) a (?:subscriber|member)\\?",
    "this newsletter may contain\\b|your subscription has been\\b",
    "(?:like|enjoy(?:ed|ing)?|love|loving) this (?:story|article|post)\\?",
    "(?:we|our editors) (?:may )?(?:occasionally|independently) (?:recommend|select|review)\\b",
    "(?:please )?(?:help (?:us )?(?:keep|support)|support (?:our|the)|consider supporting)\\b"
    ".{0,60}\\b(?:news|journalism|newsroom|reporting)\\b",
    "waiting for your permission to load\\b",
    "we (?:may )?(?:earn|receive|get) (?:an? )?(?:affiliate )?commission",
    "(?:if you )?(?:buy|purchase) (?:something )?(?:through|via|using) (?:our|these|the) links",
    "all products (?:featured|are|on)\\b.{0,60}\\b(?:independently|chosen|selected)\\b",
    "copyright ©|© ?\\d{4}|all rights reserved|riproduzione riservata|tous droits réservés",
    "alle rechte vorbehalten|todos (?:los|os) (?:derechos|direitos) reservados|무단 ?전재",
    "continua (?:após|depois da) (?:a )?publicidade|continúa (?:después|tras) de la publicidad",
    "a version of this (?:article|story)\\b.{0,40}\\bin print\\b|when we learn of a mistake\\b",
    "our standards:",
)
_ANNOUNCING: Final = re.compile(
    rf"\W*(?:{_ANNOUNCEMENTS}|{_ANNOUNCEMENTS_ABROAD})\W*", re.IGNORECASE
)
_ABROAD: Final = re.compile(rf"\W*{_ANNOUNCEMENTS_ABROAD}(?:\W*$|\s?(?::|\||»|>|→))", re.IGNORECASE)
_WHOLE: Final = re.compile(rf"\W*(?:{_LABELS}|{_PROMPTS}|{_ANNOUNCEMENTS})\W*", re.IGNORECASE)
_BEGINNING: Final = re.compile(rf"\W*(?:{_REFERENCES}|{_APPEALS})", re.IGNORECASE)
_ANYWHERE: Final = re.compile(
    r"\bclicking here\W*$|\bcontribut\w+ as little as\b"
    r"|\b(?:sign(?:ing)? up|subscrib\w+)\b.{0,60}\bour\b.{0,60}\bnewsletters?\b",
    re.IGNORECASE,
)
_PROMPT: Final = re.compile(
    r"\b(?:sign up (?:for|to)|subscribe to|newsletter|(?:get|download) the app|follow us on)\b",
    re.IGNORECASE,
)
_LONGEST: Final = 260
_LONGEST_PROMPT: Final = 200
_LONGEST_LABEL: Final = 60


@lru_cache(maxsize=4096)
def is_furniture_line(text: str) -> bool:
    """Whether a line says nothing of the story: a label, a prompt, a link to another article."""
    if len(text) > _LONGEST:
        return False
    if _WHOLE.fullmatch(text) or _BEGINNING.match(text) or _ANYWHERE.search(text):
        return True
    # Most lines are too long for a label and begin with none: they need not be looked at again.
    may_announce = len(text) <= _LONGEST_LABEL or ":" in text[:_LONGEST_LABEL]
    return may_announce and bool(_ABROAD.match(text))


def announces_links(text: str) -> bool:
    """Whether a line says that what follows are links to other articles."""
    return len(text) <= _LONGEST_LABEL and bool(_ANNOUNCING.fullmatch(text))


def is_prompt(text: str) -> bool:
    """Whether a linked line asks the reader to sign up for something."""
    return len(text) <= _LONGEST_PROMPT and bool(_PROMPT.search(text))
