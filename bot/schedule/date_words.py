"""The words with which people name days, as patterns for `bot.schedule.dates`.

All text is lower case, without accents, and with the usual short spellings written out (:func:`plain`).
"""

from __future__ import annotations

import re
import unicodedata

WEEKDAYS: dict[str, int] = {
    "monday": 0, "mondays": 0, "mon": 0, "tuesday": 1, "tuesdays": 1, "tues": 1, "tue": 1, "wednesday": 2,
    "wednesdays": 2, "weds": 2, "wed": 2, "thursday": 3, "thursdays": 3, "thurs": 3, "thur": 3, "thu": 3,
    "friday": 4, "fridays": 4, "fri": 4, "saturday": 5, "saturdays": 5, "sat": 5, "sunday": 6, "sundays": 6,
    "sun": 6, "lunes": 0, "martes": 1, "miercoles": 2, "jueves": 3, "viernes": 4, "sabado": 5, "sabados": 5,
    "domingo": 6, "domingos": 6,
}  # fmt: skip
# These are also ordinary words ("I sat", "the sun"), so they need company to be a day.
_SHY_DAYS = ("sat", "sun")

MONTHS: dict[str, int] = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5,
    "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
    "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12, "enero": 1, "febrero": 2,
    "marzo": 3, "abril": 4, "mayo": 5, "junio": 6, "julio": 7, "agosto": 8, "septiembre": 9, "setiembre": 9,
    "octubre": 10, "noviembre": 11, "diciembre": 12,
}  # fmt: skip
# "It is a 7. May I ..." and "12 mar" need more than a number before them.
SHY_MONTHS = ("may", "mar", "march")
# Names and verbs among the months: alone they mean the month only after a preposition.
_CLEAR_MONTHS = (
    "january", "february", "july", "september", "october", "november", "december", "enero", "febrero", "marzo",
    "abril", "mayo", "junio", "julio", "agosto", "septiembre", "setiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip

NUMBERS: dict[str, int] = {
    "a couple of": 2, "a couple": 2, "couple": 2, "a few": 3, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3,
    "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "un par de": 2, "una": 1, "un": 1,
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10,
    "quince": 15, "unos": 3, "unas": 3,
}  # fmt: skip
UNITS: dict[str, str] = {
    "day": "days", "days": "days", "dia": "days", "dias": "days", "week": "weeks", "weeks": "weeks", "wk": "weeks",
    "wks": "weeks", "semana": "weeks", "semanas": "weeks", "month": "months", "months": "months", "mes": "months",
    "meses": "months",
}  # fmt: skip

# How people shorten and misspell the days; kept to whole words.
_SPELLINGS: tuple[tuple[str, str], ...] = (
    (r"(?:2|to|too)m+[aeou]?r+[aeo]*w*s?|tm[rw]+o?s?|tmro|tmmrw|tomm?orr?ow'?s?|tomoz|tomo|2mo?rr?o?w?", "tomorrow"),
    (r"2ni(?:te|ght)|to ?ni(?:te|ght)'?s?|2 ?night|tnite|tonigt|tongiht|2nght", "tonight"),
    (r"2day'?s?|todays|today's|tday|todsy", "today"),
    (r"yest|yesterdays?|ystrday|yesturday", "yesterday"),
    (r"we?(?:n|d|nd|nds|dn|ns)e?s?day'?s?|wenesday|wensday|wendsday", "wednesday"),
    (r"th(?:u|i)rs?day'?s?|thrusday|thrsday|thusday|thurday|thurz", "thursday"),
    (r"tu(?:e|w)?s+day'?s?|teusday|tuseday|tuesaday", "tuesday"),
    (r"m(?:o|u)n?day'?s?|mnday|moday", "monday"),
    (r"fr(?:i|y)day'?s?|firday|fiday", "friday"),
    (r"satu?r?day'?s?|saterday|sarurday", "saturday"),
    (r"sunday'?s?|sundy", "sunday"),
    (r"wk ?end|wkend|weeknd|week ?end|weekends", "weekend"),
    (r"nxt|nex", "next"),
    (r"nite", "night"),
    (r"mornin'?|mornings|am+", "morning"),
    (r"miercole|mierco?les", "miercoles"),
    (r"ma+nana", "manana"),
    (r"febuary|februrary", "february"),
    (r"decemeber|decmber|dicember", "december"),
    (r"xmas", "christmas"),
)
_SPELLING_PATTERNS = tuple((re.compile(rf"(?<![\w'])(?:{wrong})(?![\w'])"), right) for wrong, right in _SPELLINGS)


def plain(text: str) -> str:
    """Write a message in lower case, without accents, with one space between words and the days spelled out."""
    folded = unicodedata.normalize("NFKD", text[:2000]).lower().replace("’", "'")
    folded = "".join(char for char in folded if not unicodedata.combining(char))
    folded = " ".join(folded.split())
    for pattern, right in _SPELLING_PATTERNS:
        folded = pattern.sub(right, folded)
    return folded


def any_of(words: dict[str, int] | dict[str, str] | tuple[str, ...]) -> str:
    """Give a pattern for any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_SHY_DAY_ALONE = (
    rf"(?:{any_of(_SHY_DAYS)})(?=\s+(?:morning|night|afternoon|evening|group|class|session|at\b|\d)|\s*[?,.!/&]|$)"
)
CLEAR_DAY = any_of(tuple(day for day in WEEKDAYS if day not in _SHY_DAYS))
WEEKDAY = re.compile(
    rf"(?<!\w)(?:(?P<before>this coming|this past|this|next week|next|last week|last|past|coming|upcoming|a week from|"
    rf"este|esta|proximo|el proximo|el pasado|pasado|el)\s+)?"
    rf"(?P<day>{CLEAR_DAY}|(?:(?<=this )|(?<=next )|(?<=on )|(?<=every )|(?<=or )|(?<=and ))(?:{any_of(_SHY_DAYS)})|"
    rf"{_SHY_DAY_ALONE})(?!\w)"
    rf"(?:\s+(?P<after>que viene|proximo|pasado|de la (?:proxima|otra) semana|de la semana que (?:viene|entra)|"
    rf"de (?:esta|la) semana|next week|of next week|last week|this week|after next))?"
)

# "The Friday after", "al día siguiente": counted from the day that was spoken of before, not from today.
_THAT = r"(?:\s+(?:that|this|it))?(?:\s+one)?(?=\s*(?:[?.,!;]|$|then\b|instead\b))"
FOLLOWING = re.compile(
    rf"(?<!\w)(?:the\s+)?(?:"
    rf"(?P<day>{CLEAR_DAY}|sat|sun)\s+after{_THAT}|following\s+(?P<day2>{CLEAR_DAY}|sat|sun)"
    rf"|(?:el\s+)?(?P<day3>{CLEAR_DAY})\s+(?:siguiente|despues|que sigue|de despues)(?:\s+de (?:ese|esa|eso))?"
    rf"|(?:el\s+)?siguiente\s+(?P<day4>{CLEAR_DAY})"
    rf"|(?P<next_day>(?:day after|next day|following day){_THAT}"
    r"|(?:el\s+|al\s+)?(?:dia siguiente|otro dia|siguiente dia))"
    rf"|(?P<week>(?:week after|following week){_THAT}|(?:la\s+)?semana (?:siguiente|despues|que sigue)(?:\s+de esa)?)"
    r")(?!\w)"
)
# What may stand beside a day in a message that goes on with what was asked before: "ok and what about Friday then?"
FOLLOWING_ON = re.compile(
    r"\b(?:and|or|also|ok|okay|so|but|then|instead|too|what|how|hows|whats|about|for|on|the|same|is it|please|pls|thx|"
    r"thanks|y|e|o|u|tambien|entonces|que|tal|para|en|el|la|los|las|de|del|al|igual|lo mismo|por favor|gracias)\b|[^\w]"
)

MONTH_DAY = re.compile(
    rf"(?<!\w)(?P<month>{any_of(MONTHS)})\.?\s+(?:the\s+)?(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?![\w:/])"
    r"(?:,?\s+(?P<year>20\d\d))?"
)
DAY_MONTH = re.compile(
    rf"(?<![\w:/])(?:the\s+|el\s+)?(?P<day>[0-3]?\d|primero)(?P<suffix>st|nd|rd|th|ro|o)?\s+"
    rf"(?P<of>of\s+|de\s+|del\s+)?(?P<month>{any_of(MONTHS)})(?!\w)"
    r"(?:,?\s+(?:de\s+|del\s+)?(?P<year>20\d\d))?"
)
ISO = re.compile(r"(?<![\w-])(?P<text>20\d\d-[01]\d-[0-3]\d)(?![\w-])")
# 8/10 is a rating, 24/7 and 50/50 are sayings, 1/2 is a half: those need a word before them that makes them a date.
SLASHED = re.compile(
    r"(?:(?P<cue>\b(?:on|for|by|until|till|about|el|del|para|hasta|dia|date|fecha)\s+))?"
    r"(?<![\w/.-])(?P<a>[0-3]?\d)/(?P<b>[0-3]?\d)(?:/(?P<year>20\d\d|\d\d))?(?![\w/]|\.\d)"
)
NOT_SLASHED = {(24, 7), (50, 50), (1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (12, 12), (9, 11)}
# "the 14th", "on the 3rd", "el 14", "dia 14" - but not "the 4th step", "the 2nd group", "el 4 train", "el 12 pasos".
NTH = re.compile(
    r"(?<!\w)the\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)"
    r"(?!\w|\s*(?:step|group|time|class|session|floor|day\b|week|month|hour|one|street|st\b|ave|grade|person|place|try|"
    r"chance|row|meeting|of (?:these|those|the|my|them|3|5|4)|door|room|building|level|phase|chapter|page|"
    r"anniversary|night))"
    r"|(?<!\w)(?:on|for|until|till) the (?P<bare>[0-3]?\d)(?![\w:/])"
    r"|(?<!\w)(?:el(?: dia)?|del?(?: dia)?|dia|para el|hasta el)\s+(?P<dia>[0-3]?\d)"
    r"(?=\s*$|\s*[?.,!;]|\s+(?:a las?|a que|hay|en la|por la|es|no|voy|tengo|que|y|de este mes|del proximo mes|se|me|"
    r"al|este mes|vamos|porque)\b)"
)
# "Thursday 26", "jueves 26": a date if that day is such a weekday, otherwise a time ("Thursday 6").
WEEKDAY_NTH = re.compile(
    rf"(?<!\w)(?P<weekday>{CLEAR_DAY}|sat|sun)\s+(?:the\s+|el\s+|dia\s+)?(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?![\w:/])"
)
BARE_NTH = re.compile(r"^\W*(?:on |is it |group )?(?P<day>[0-3]?\d)(?:st|nd|rd|th)\W*$")
MONTH_ALONE = re.compile(
    r"(?<!\w)(?:(?:in|during|for|of|en|de|durante|this|next)\s+"
    rf"(?P<month>may|{any_of(tuple(m for m in MONTHS if len(m) > 3))})"
    rf"|(?P<clear>{any_of(_CLEAR_MONTHS)}))(?!\w|\s+\d)"
)
IN_SOME = re.compile(
    rf"(?<!\w)(?:in|en|dentro de)\s+(?P<n>\d{{1,3}}|{any_of(NUMBERS)})\s+(?P<unit>{any_of(UNITS)})(?!\w)"
    rf"|(?<!\w)(?P<n2>\d{{1,3}}|{any_of(NUMBERS)})\s+(?P<unit2>{any_of(UNITS)})\s+from\s+(?:now|today)(?!\w)"
)
SOME_AGO = re.compile(
    rf"(?<!\w)(?:(?P<n>\d{{1,3}}|{any_of(NUMBERS)})\s+(?P<unit>{any_of(UNITS)})\s+(?:ago|back)"
    rf"|hace\s+(?P<n2>\d{{1,3}}|{any_of(NUMBERS)})\s+(?P<unit2>{any_of(UNITS)}))(?!\w)"
)

# Words with a fixed distance in days from today, and the part of the day they carry.
FIXED: tuple[tuple[re.Pattern[str], int, str | None], ...] = tuple(
    (re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), days, part)
    for pattern, days, part in (
        (r"(?:the )?day after tomorrow|pasado manana", 2, None),
        (r"tomorrow night|tomorrow evening|manana (?:en|por) la noche", 1, "evening"),
        (r"manana (?:en|por) la tarde", 1, "tarde"),
        (r"manana (?:en|por) la manana|manana temprano", 1, "morning"),
        (r"tonight|this evening|esta noche|hoy (?:en|por) la noche", 0, "evening"),
        (r"esta tarde|hoy (?:en|por) la tarde", 0, "tarde"),
        (r"this afternoon", 0, "afternoon"),
        (r"this morning|esta manana|hoy (?:en|por) la manana", 0, "morning"),
        (r"last night|anoche", -1, "evening"),
        (r"anteayer|antier|antes de ayer|(?:the )?day before yesterday", -2, None),
        (r"yesterday|ayer", -1, None),
        (r"tomorrow", 1, None),
        (r"(?<!por la )(?<!de la )(?<!en la )(?<!una )(?<!la )(?<!cada )(?<!las )manana", 1, None),
        (r"today|hoy", 0, None),
    )
)
WEEKEND = re.compile(
    r"(?<!\w)(?:(?P<next>next weekend|(?:el )?(?:proximo|otro) fin de semana|el fin de semana que viene)|"
    r"(?P<last>last weekend|past weekend|el fin de semana pasado)|"
    r"(?:(?:this|the|on the|over the|on|at the) )?weekend|(?:este |el )?fin(?:es)? de semana|(?:este |el )?finde)(?!\w)"
)
WEEK = re.compile(
    r"(?<!\w)(?:(?P<next>(?:all |the whole )?next week|(?:la )?(?:proxima|otra|siguiente) semana|"
    r"la semana (?:que viene|que entra|proxima))|"
    r"(?P<last>(?:all )?last week|la semana pasada)|"
    r"(?P<this>(?:all |the rest of |rest of )?this week|(?:the )?rest of the week|"
    r"(?:toda )?esta semana|all week|toda la semana))(?!\w)"
)
MONTH = re.compile(
    r"(?<!\w)(?:(?P<next>next month|(?:el )?(?:proximo|otro) mes|el mes que viene)|"
    r"(?P<this>this month|rest of the month|este mes))(?!\w)"
)

PART_AFTER = re.compile(
    r"^\s*,?\s*(?:(?:in the|at|during the|en la|por la|de la|a la)\s+)?"
    r"(?P<part>morning|afternoon|evening|night|manana|tarde|noche)(?!\w)"
)
PART_WORDS = {"morning": "morning", "manana": "morning", "afternoon": "afternoon", "tarde": "tarde",
              "evening": "evening", "night": "evening", "noche": "evening"}  # fmt: skip
# Said before a plain weekday, these put it in the past: "I missed Tuesday".
PAST_BEFORE = re.compile(
    r"\b(?:missed|wasn'?t|was not|was sick|was out|was absent|skipped|didn'?t (?:come|make|go|show)|"
    r"did not (?:come|make|go)|no showed|slept (?:through|thru)|falte|no (?:pude ir|fui|vine|llegue)|perdi|me perdi)\b"
)
WILL = re.compile(r"\b(?:will|gonna|going to|voy)\b")
LAST = ("last", "past", "this past", "el pasado", "pasado")
COMING = ("que viene", "proximo", "el proximo", "coming", "upcoming")
NEXT_WEEK = re.compile(r"next week|(?:otra|proxima) semana|semana que")
BETWEEN = re.compile(r"^\s*(?:and|to|through|thru|till?|until|-|–|al?|y|hasta(?: el)?)\s*(?:the\s+|el\s+)?$")
RANGE_CUE = re.compile(r"(?:between|from|entre|del?|desde)\s+(?:el\s+|the\s+)?$")
