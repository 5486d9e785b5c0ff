"""Which of our two languages a message is in. Standard library only: the bot process uses it as well."""

# ruff: noqa: SIM905 - lists of words read better as text

from __future__ import annotations

import re
import unicodedata

# Function words and the commonest words of such chats; ones that both languages write alike ("no", "me", "a", "he",
# "es", "has", "son", "sin", "solo", "real", "hay", "dale") are left out or in `_BOTH`.
_SPANISH = frozenset(
    """
    el la los las un una unos unas del al de que y o pero porque por para con en se lo le les mi mis tu tus su sus
    yo ella ellos ellas nosotros usted ustedes te nos eso esto esta este estas estos esa ese aqui ahi alli aca alla
    muy mas menos ya si tambien tampoco nunca siempre nada nadie algo alguien todo toda todos todas otra otro cada
    como cuando donde cual cuales quien quienes cuanto cuanta cuantos cuantas soy eres somos estoy estas esta estan
    estamos estaba era fue fui sido ser estar tengo tienes tiene tenemos tienen tenia tener hago hace hacer hacen
    quiero quieres quiere queremos quisiera querer puedo puedes puede podemos pueden poder necesito necesita voy vas
    va vamos van ir sea fuera siento siente sentir creo cree saber sabe digo dice decir dime dijo hoy manana ayer
    anoche noche dia dias semana semanas mes meses ano anos hora horas ahora luego despues antes hola gracias adios
    buenos buenas bueno buena mal bien favor ayuda ayudame ayudar grupo sesion terapia cita programa consejero
    familia hijo hija hijos hermano hermana madre padre mama papa esposo esposa novio novia amigo amiga vida casa
    trabajo dinero seguro miedo solo sola triste ganas beber tomar tomando tomado tome bebi bebo drogas alcohol
    cerveza pastillas consumir consumo recaida recai sobrio sobria limpio limpia morir vivir matar matarme hablar
    gente persona ayer mucho mucha muchos muchas poco desde hasta entre sobre sin porfa pues asi aunque mientras
    quieren haber hacia contra durante segun ninguno ninguna mismo misma uno dos tres cuatro cinco seis siete ocho
    nueve diez lunes martes miercoles jueves viernes sabado domingo tarde temprano cuesta cobran cubre aceptan
    hablan habla espanol ingles gustaria estado hecho dejo dejar dejado llevo lleva empezar empieza termina salir
    """.split()
)
_ENGLISH = frozenset(
    """
    the an and or but because if of to in on at for with from by about as is am are was were be been being i im ive
    id ill you youre your yours my mine his her hers she him they them their we us our it its this that these those
    what when where who why how which not dont doesnt didnt cant wont isnt aint do does did done have had having
    will would can could should shall may might must need want wanna gonna gotta got get getting go going just so
    too very really some any all every one two three there here then than now today tonight tomorrow yesterday
    night day days week weeks month months year years hour hours time again still never always ever nothing
    something anything someone somebody nobody please thanks thank hello hi hey help group session meeting program
    counselor feel feeling felt think thinking know like make made take took taking drink drinking drank drunk use
    using used sober clean relapse relapsed craving cravings mom dad mother father son daughter brother sister
    husband wife friend job work home house money much many more less out up down off over u ur r n pls thx lol idk
    """.split()
)
_BOTH = frozenset(
    "no me a he es has son sin solo real hay dale come once red van ten den sea sale sane si ser la".split()
)
_SPANISH_SIGN = re.compile(r"[ñ¿¡]", re.IGNORECASE)
_ACCENT = re.compile(r"[áéíóú]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# Whole short messages that one language alone uses.
_SHORT = {
    "hola": "es", "gracias": "es", "ayuda": "es", "ayudame": "es", "recai": "es", "auxilio": "es", "socorro": "es",
    "adios": "es", "espanol": "es", "en espanol": "es", "si por favor": "es", "claro que si": "es", "hola buenas": "es",
    "hello": "en", "thanks": "en", "thank you": "en", "help me": "en", "english": "en", "in english": "en",
    "yes please": "en", "goodbye": "en", "hey there": "en",
}  # fmt: skip
# Two words' worth of evidence more on one side than on the other; below that nothing is said.
_MARGIN = 1.8


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.lower().replace("ñ", "n"))
    return "".join(c for c in parts if not unicodedata.combining(c))


def detect(text: str) -> str | None:
    """Say which language a message is in, when that is clear.

    Args:
        text: what the person wrote.

    Returns:
        "en", "es", or None where it is short, mixed or neither.
    """
    plain = _plain(text).replace("’", "'").strip(" .!?¡¿,;:\n")
    if plain in _SHORT:
        return _SHORT[plain]
    words = [w.replace("'", "") for w in _WORD.findall(plain)]
    spanish = sum(1.0 for w in words if w in _SPANISH and w not in _BOTH)
    english = sum(1.0 for w in words if w in _ENGLISH and w not in _BOTH)
    if _SPANISH_SIGN.search(text):
        spanish += 2.0
    # An accent alone may be a name (José): it supports, it does not decide.
    spanish += min(1.0, 0.5 * len(_ACCENT.findall(text)))
    if len(words) <= 3 and max(spanish, english) == len(words) and min(spanish, english) == 0 and len(words) >= 2:
        return "es" if spanish else "en"
    if spanish - english >= _MARGIN and spanish >= 1.5 * english:
        return "es"
    if english - spanish >= _MARGIN and english >= 1.5 * spanish:
        return "en"
    return None
