"""The words by which the request for a call knows a question, a yes, a wish to stop, a time and a name."""

from __future__ import annotations

import re


def _whole(*phrases: str) -> re.Pattern[str]:
    # The whole message and nothing else, whatever stands around it.
    return re.compile(rf"^\W*(?:{'|'.join(phrases)})\W*$", re.IGNORECASE)


def _words(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


def _start(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{'|'.join(phrases)})\b", re.IGNORECASE)


_QUESTION_WORDS = _start(
    "who", "what", "when", "where", "why", "how", "which", "is", "are", "do", "does", "did", "can", "could", "will",
    "would", "should", "qu[eé]", "qui[eé]n", "cu[aá]ndo", "d[oó]nde", "c[oó]mo", "cu[aá]nto", "cu[aá]l", "por qu[eé]",
    "puedo", "tienen", "hay",
)  # fmt: skip
CANCEL = _whole(
    r"(?:please\s+)?cancel(?:\s+(?:it|this|that|the form|the call|please))*", r"stop(?:\s+(?:it|this|please))*", "quit",
    "exit", r"never\s?mind", "nvm", "forget (?:it|this)", r"cancelar(?:\s+por favor)?", "cancela(?:lo|la)?",
    "olv[ií]dalo", "d[eé]jalo", "ya no(?: quiero)?", "parar",
)  # fmt: skip
SKIP = _whole(
    r"skip(?:\s+(?:it|this))?", "no", "nope", "nah", "none", "nothing", "no thanks", "no thank you", "n/?a",
    "(?:i'?d )?rather not(?: say)?", "that'?s all", "omitir", "saltar", "nada", "ningun[oa]?", "no gracias",
    "prefiero no decir(?:lo)?",
)  # fmt: skip
YES = _whole(
    r"(?:yes|yep|yeah|yup|ya|sure|ok(?:ay)?|(?:yes )?send(?:\s+(?:it|this|that))?|correct|right|that'?s right|"
    r"looks (?:good|right)|all good|good|go ahead|perfect|s[ií]|claro|dale|correcto|est[aá] bien|env[ií]a(?:r|lo|la)?|"
    r"m[aá]ndalo|perfecto)(?:\s+(?:please|por favor|thanks|gracias))?"
)
NO = _whole("no", "nope", "nah", "wrong", "not right", "that'?s wrong", "no est[aá] bien", "est[aá] mal", "incorrecto")
CHANGE = _start(
    r"(?:(?:no|wait|oops|sorry|actually|espera|perd[oó]n)\W+)*(?:(?:i|that) (?:put|gave|typed|was|is)\W+(?:the )?)?"
    r"(?:change|fix|edit|correct(?= my| the)|wrong|redo|go back|cambiar?|corregir|corrige|editar|est[aá] mal)"
)
FIELD_WORDS = {
    "contact": _words("phone", "number", "cell", "e-?mail", "contact", "tel[eé]fono", "n[uú]mero", "correo", "celular"),
    "best_time": _words("time", "hour", "day", "when", "hora", "horario", "d[ií]a"),
    "insurance": _words("insurance", "plan", "seguro"),
    "note": _words("note", "message", "nota", "mensaje"),
    "first_name": _words("name", "nombre"),
}
_DAYTIME = _words(
    "mornings?", "noon", "afternoons?", "evenings?", "nights?", "lunch", "work", "school", "any ?time", "all day",
    "when ?ever", "week(?:day|end|night)s?", "today", "tonight", "tomorrow", "mon", "tues?", "wed", "thu(?:rs?)?",
    "fri", "sat", "sun", r"\w+day", "early", "late", "asap", "now", "mañanas?", "tardes?", "noches?", "mediod[ií]a",
    "hoy", "cualquier", "cuando sea", "temprano", "lunes", "martes", "mi[eé]rcoles", "jueves", "viernes", "s[aá]bados?",
    "domingos?", "d[ií]as?", "ahora",
)  # fmt: skip
_CLOCK = re.compile(r"\b\d{1,2}(?::\d\d)?\s*(?:am|pm|a\.m|p\.m|o'?clock)?\b", re.IGNORECASE)
_NAME_CUE = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hola)\W+)?(?:my (?:first )?name(?:'?s| is)?|name'?s?|i'?m|i am|it'?s|this is|"
    r"(?:they )?call me|just|me llamo|mi nombre es|soy|d[ií]gan?me)\s+",
    re.IGNORECASE,
)
_NAME = re.compile(r"^[^\W\d_][^\W\d_'’.-]*(?:[ '’.-]{1,2}[^\W\d_][^\W\d_'’.-]*){0,3}\.?$")
_NOT_NAMES = frozenset((
    "a", "an", "the", "i", "im", "not", "no", "yes", "yeah", "yep", "nope", "ok", "okay", "sure", "hi", "hello", "hey",
    "hola", "help", "ayuda", "thanks", "gracias", "please", "wait", "idk", "what", "why", "who", "how", "when", "where",
    "skip", "none", "me", "my", "mine", "you", "your", "myself", "nobody", "anonymous", "si", "call", "phone", "email",
    "menu", "start", "cost", "price", "insurance", "staff", "person", "human", "bot",
))  # fmt: skip


def asks(text: str) -> bool:
    """Tell whether ``text`` looks like a question."""
    return "?" in text or bool(_QUESTION_WORDS.match(text))


def tells_time(text: str) -> bool:
    """Tell whether ``text`` names a time of day, a day, or says that any will do."""
    return bool(_DAYTIME.search(text) or _CLOCK.search(text))


def name_in(text: str) -> tuple[str | None, bool]:
    """Give the name in ``text``, if it has the shape of one, and whether it was said to be one ("my name is")."""
    cue = _NAME_CUE.match(text)
    name = (text[cue.end() :] if cue else text).strip(" ,.!")
    shaped = _NAME.match(name) and not _NOT_NAMES & set(name.lower().split())
    return (name if shaped else None), cue is not None
