"""Reads an answer to a safety question out of what somebody typed: yes, no, unsure, taking it back, refusing help."""

from __future__ import annotations

import re
import unicodedata

from bot.risk_dialogue.steps import Step

# Longer messages than this (words) that merely begin with "no" or "yes" tell more than an answer.
LONGEST_OPENING = 14

_YES = """
yes|yea|yeah|yep|yup|ya|yas|yess+|ye|y|yh|uh huh|uhuh|mhm|mm hm|aye|indeed|correct|right|true|exactly|definitely|
absolutely|of course|i am|i do|i have|i did|i will|i would|i can|i could|it is|they are|he is|she is|there is|
i think so|i guess so|i guess yes|probably|most likely|kind of yes|yes and no|sometimes|a little|a bit|some|a few|
si|sip|simon|claro|claro que si|por supuesto|asi es|correcto|creo que si|a veces|un poco|lo hice|ya|ya lo hice|
lo tengo|lo he pensado|si puedo|ahi esta|👍|👍🏻|👍🏼|👍🏽|👍🏾|👍🏿|✅|💯
"""
_NO = """
no|nope|nah|naw|nop|n|nay|never|not really|not at all|not now|not right now|not today|not yet|not anymore|no more|
no one|noone|nobody|none|nothing|i am not|im not|i'm not|i dont|i don't|i do not|i didnt|i didn't|i did not|i havent|
i haven't|i have not|i cant|i can't|i cannot|i wont|i won't|i couldnt|i couldn't|dont think so|don't think so|
i dont think so|i don't think so|they are not|theyre not|he isnt|she isnt|isnt|no way|hell no|definitely not|
absolutely not|of course not|probably not|i guess not|
nel|para nada|nunca|nadie|ninguno|ninguna|nada|ahora no|hoy no|todavia no|aun no|ya no|no puedo|no quiero|no creo|
claro que no|👎|👎🏻|👎🏼|👎🏽|👎🏾|👎🏿|❌
"""
_UNSURE = """
idk|i dk|dk|idek|i dont know|i don't know|i do not know|dunno|i dunno|not sure|im not sure|i'm not sure|i am not sure|
unsure|no idea|no clue|maybe|maybe not|perhaps|possibly|kinda|kind of|sorta|sort of|hard to say|it depends|depends|
i guess|both|cant tell|can't tell|who knows|hmm+|umm*|uhh*|rather not say|id rather not say|i'd rather not say|
dont want to say|don't want to say|i dont want to say|does it matter|
no se|no lo se|nose|no estoy segur[oa]|quizas?|tal vez|a lo mejor|puede ser|mas o menos|depende|quien sabe|
prefiero no decir|🤷|🤷‍♀️|🤷‍♂️|🤔
"""
_RETRACT = """
jk|j k|jkjk|just kidding|kidding|just joking|joking|was joking|i was joking|im joking|i'm joking|im kidding|
just messing|im just playing|just playing|its a joke|it was a joke|that was a joke|
nvm|never ?mind|nevermind|forget it|forget i said anything|forget what i said|forget that|ignore that|ignore me|
didnt mean it|i didnt mean it|i didn't mean it|im being dramatic|
es broma|era broma|broma|estoy bromeando|no es cierto|olvidalo|olvida lo que dije|no me hagas caso
"""
_FINE = """
fine|im fine|i'm fine|i am fine|ok im fine|good|im good|i'm good|all good|im ok|i'm ok|i am ok|im okay|i'm okay|
im alright|i'm alright|im safe|i'm safe|i am safe|we are safe|were safe|safe|its fine|it's fine|we're fine|were fine|
estoy bien|todo bien|bien|estoy a salvo
"""
_OK = """
ok|okay|okey|k|kk|sure|alright|all right|fine then|will do|lets do it|let's do it|
esta bien|va|dale|sale|orale|bueno
"""

# What may open a longer answer ("no im with my mom"). "I am ...", "I can't ..." and "nothing ..." open other things
# than an answer: "I can't do this anymore" is not a no to "are you thinking about killing yourself?".
_OPENING = {
    "retract": "jk|just kidding|just joking|nvm|never ?mind|nevermind|es broma|era broma",
    "unsure": "idk|i dont know|i don't know|i do not know|dunno|i dunno|not sure|im not sure|i'm not sure|maybe|"
    "perhaps|possibly|kinda|kind of|sorta|sort of|no idea|no se|no lo se|quizas?|tal vez|a lo mejor|mas o menos",
    "yes": "yes|yea|yeah|yep|yup|yess+|yh|definitely|absolutely|of course|i think so|i guess so|si|sip|claro que si",
    "no": "no(?! (?:one|body|reason|point|way|hope|idea|money|place)\\b)"
    "(?! (?:me|le|les|lo|la|se|hay|quiero|puedo|tengo|estoy|soy)\\b)|"
    "nope|nah|naw|not really|not at all|not now|not right now|not yet|not today|i dont think so|i don't think so|"
    "para nada|claro que no|creo que no",
}
# Turning down the help that was named. It is not an answer to the question that stands, least of all a calming "no".
_HELP = (
    r"(?:hospitals?|the er|an er|emergency room|urgent care|detox|911|988|(?:the )?(?:cops|police|hotline|ambulance)|"
    r"an ambulance|ambulances?|doctors?|urgencias|ambulancia|policia|medicos?|doctor)"
)
_REFUSAL = re.compile(
    rf"\b(?:(?:do not|dont|don't|will not|wont|won't|im not|i'm not|am not|aint|not|cant|can't|cannot|refuse to|"
    rf"hate|scared of|afraid of|never) (?:\w+ ){{0,6}}?{_HELP}|no (?:more )?{_HELP}|"
    rf"(?:no quiero|no voy a|no puedo|me da miedo|sin|nada de) (?:\w+ ){{0,6}}?{_HELP}|"
    r"(?:dont|don't|do not) (?:call|send|tell) (?:the |any)?(?:one|body|cops|police|staff|ambulance|911)|"
    r"(?:lock|locked) me up|(?:get|getting|be) locked up|commit me|be committed|baker act\w*|psych ward|take my kids|"
    r"encerrarme|quitarme a mis hijos)\b"
)

# How a question or a request begins. What begins otherwise is about the person, also where it names a place or a time.
_ASKING = re.compile(
    r"(?:when|whens|what|whats|what's|where|wheres|who|whos|how|hows|why|which|is there|are there|is it|can|could|"
    r"do you|does|will|would|should|may|tell me|show|help me|give me|send|call me|cancel|delete|talk to|let me talk|"
    r"i want to (?:talk|speak|see|know|do|try)|i need to (?:talk|speak|know)|i need a (?:person|human|counselor)|"
    r"lets|let's|cuando|que|donde|quien|como|por que|cual|hay|puedo|puede|puedes|quiero (?:hablar|saber|ver)|"
    r"necesito hablar|ayudame|dime|muestra)\b"
)

# Ways to say who is there, for the questions about being with somebody.
_NOBODY_THERE = re.compile(
    r"\b(?:alone|by myself|on my own|just me|only me|nobody|no one|noone|everyone left|solo|sola|solas|nadie)\b"
)
_SOMEBODY_THERE = re.compile(
    r"\b(?:with me|is here|are here|here with|next to me|with my|at my (?:mom|dad|sister|brother|friend)|"
    r"coming over|on (?:his|her|their) way|conmigo|esta aqui|estan aqui|con mi)\b"
)
_ALONE_STEPS = frozenset(
    {"suicide_alone", "medical_with", "psychosis_with", "withdrawal_ride", "driving_ride", "third_party_there"}
)
_OFFERS_OF_HELP = frozenset({"suicide_call"})
_CALMING_OPENINGS = ("no but", "no pero", "no and", "no y")


def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(f"(?:{''.join(words.split(chr(10)))})", re.IGNORECASE)


_KINDS = {
    "retract": _compiled(_RETRACT),
    "unsure": _compiled(_UNSURE),
    "no": _compiled(_NO),
    "yes": _compiled(_YES),
}
_OPENINGS = {kind: re.compile(f"(?:{words})(?= )") for kind, words in _OPENING.items()}
_FINE_PATTERN, _OK_PATTERN = _compiled(_FINE), _compiled(_OK)
_LAUGH = re.compile(r"\b(?:lo+l|lmf?ao|rofl|(?:ha){2,}h?|(?:ja){2,}j?)\b|[😂🤣]+")
_ADDRESS = re.compile(
    r"\b(?:bro|man|dude|bot|please|pls|por favor|thanks|thank you|gracias|honestly|tbh|actually|"
    r"^(?:really|seriously)(?= ))\b"
)


def plain(text: str) -> str:
    """Lower case, without accents and punctuation, single spaces; emoji and apostrophes stay."""
    folded = unicodedata.normalize("NFD", text.lower().replace("’", "'"))
    folded = "".join(c for c in folded if not unicodedata.combining(c) or c == "\ufe0f")
    return re.sub(r"\s+", " ", re.sub(r"[.,;:!?¡¿\"()\-…*_~\ufe0f]+", " ", folded)).strip()


def asks(text: str) -> bool:
    """Tell whether a message asks or requests something, rather than going on with what was asked of the person."""
    return "?" in text or bool(_ASKING.match(re.sub(r"^(?:(?:and|but|so|ok|okay|also|hey|y|pero) )+", "", plain(text))))


def refuses_help(text: str) -> bool:
    """Tell whether somebody turns down the help that was named: a hospital, a call, the police."""
    return bool(_REFUSAL.search(plain(text)))


def read_answer(text: str, step: Step) -> str | None:
    """Read an answer to ``step``.

    Returns:
        "yes", "no", "unsure", "retract", "refusal", or None where the message is not plainly one of them.
    """
    said = plain(text)
    if _REFUSAL.search(said):
        return "no" if step.name in _OFFERS_OF_HELP else "refusal"
    if said and not _LAUGH.sub(" ", said).strip():
        return "retract"
    said = re.sub(r"\s+", " ", _ADDRESS.sub(" ", _LAUGH.sub(" ", said))).strip()
    if not said:
        return None
    return _whole(said, step) or _who_is_there(said, step) or _by_opening(said) or _by_words(said, step)


def _by_words(said: str, step: Step) -> str | None:
    if len(said.split()) > LONGEST_OPENING:
        return None
    return next((kind for kind in ("no", "yes") if kind in step.words and step.words[kind].search(said)), None)


def _whole(said: str, step: Step) -> str | None:
    if _FINE_PATTERN.fullmatch(said):
        return step.good
    if step.ok_means_yes and _OK_PATTERN.fullmatch(said):
        return "yes"
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(said)), None)


def _who_is_there(said: str, step: Step) -> str | None:
    if step.name not in _ALONE_STEPS:
        return None
    if _NOBODY_THERE.search(said):
        return "no"
    return "yes" if _SOMEBODY_THERE.search(said) else None


def _by_opening(said: str) -> str | None:
    if len(said.split()) > LONGEST_OPENING:
        return None
    if said.startswith(_CALMING_OPENINGS):
        # "no but ..." takes back what it gives: what follows decides, so ask again rather than believe the "no".
        return "unsure"
    for kind, pattern in _OPENINGS.items():
        found = pattern.match(said)
        if found:
            return kind
    return None
