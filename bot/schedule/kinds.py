"""The kinds of sessions: what they are called, and how people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.schedule.date_words import plain


@dataclass(frozen=True)
class Kind:
    """One kind of session; its slug is what ``sessions.kind`` holds."""

    slug: str
    name: str
    name_es: str
    pattern: str  # lower case and without accents, English and Spanish


# The kinds an IOP has (SAMHSA TIP 47; the Matrix manual for early recovery skills and relapse prevention).
KINDS: tuple[Kind, ...] = (
    Kind("family_night", "Family night", "Noche de familia",
         r"fam(?:i?ly)? (?:night|group|session|education|evening|day|nite)s?|night for (?:the )?(?:parents|famil\w+)|"
         r"noches? (?:de (?:la )?)?famili\w+|grupo (?:de familia|familiar)"),
    Kind("individual", "Individual session", "Sesión individual",
         r"individuals?|1 ?(?:on|:|to|2) ?1|one (?:on|to) one|one-on-one|solo session|private session|indv|"
         r"cita con mi (?:consejer|terapeut)\w+"),
    Kind("drug_test", "Drug testing", "Prueba de drogas",
         r"u\.?a'?s?|urine \w+|drug (?:test|screen)\w*|testing|pee|drop|prueba de (?:orina|drogas?)|antidoping"),
    Kind("orientation", "Orientation", "Orientación",
         r"orientation|orientacion|intro(?:duction)? (?:session|group)"),
    Kind("relapse_prevention", "Relapse prevention", "Prevención de recaídas",
         r"rela?ps\w* prev\w*|prevencion(?: de recaidas?)?|the (?:trigger|relapse) (?:group|one|class)|"
         r"about (?:triggers|relapse)"),
    Kind("early_recovery", "Early recovery skills", "Habilidades de recuperación temprana",
         r"early recovery(?: skills)?|recuperacion temprana"),
    Kind("life_skills", "Life skills", "Habilidades para la vida",
         r"life ?skills?|habilidades (?:para la|de) vida|budget\w*|job skills|money (?:group|class)"),
    Kind("cbt", "CBT skills", "Habilidades de TCC",
         r"cbt(?: skills?)?|tcc|cognitive \w+|thinking skills|thoughts? group|cognitiv\w+ conductual"),
    Kind("process_group", "Process group", "Grupo de proceso",
         r"proc\w* (?:group|grp)|process(?: one)?|grupo de proceso|talk(?:ing)? group"),
    Kind("psychoeducation", "Psychoeducation", "Psicoeducación",
         r"psycho ?-?ed\w*|education (?:group|class|one)|psicoeducacion|grupo educativo|clase educativa"),
)  # fmt: skip
BY_SLUG = {kind.slug: kind for kind in KINDS}
# Only shown when somebody asks for them, or in the person's own list: otherwise they fill every answer.
ASKED_FOR_ONLY = frozenset({"orientation", "drug_test"})
_PATTERNS = tuple((kind.slug, re.compile(rf"(?<![\w])(?:{kind.pattern})(?!\w)")) for kind in KINDS)


def read_kind(text: str) -> str | None:
    """Give the kind of session that a message names, or None."""
    folded = plain(text)
    return next((slug for slug, pattern in _PATTERNS if pattern.search(folded)), None)


def kind_name(slug: str, language: str) -> str:
    """Give a kind's name for people; a kind of the program's own is shown as it is stored."""
    kind = BY_SLUG.get(slug)
    if kind is None:
        return slug.replace("_", " ").capitalize()
    return kind.name_es if language == "es" else kind.name


def title_in(title: str, kind: str, language: str) -> str:
    """Give a session's title in Spanish where the program kept the usual English one."""
    known = BY_SLUG.get(kind)
    return known.name_es if language == "es" and known and known.name.casefold() == title.strip().casefold() else title
