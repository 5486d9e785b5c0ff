"""Days people call by name, such as Thanksgiving, and when they are. On which of them a program closes is data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from dateutil.easter import easter
from dateutil.rrule import rrulestr


@dataclass(frozen=True)
class Holiday:
    """A day with a name. ``rule`` is an RFC 5545 rule, or ``EASTER`` and a number of days from Easter Sunday."""

    slug: str
    name: str
    name_es: str
    rule: str
    pattern: str  # how people write it, lower case and without accents, English and Spanish


# Federal holidays: 5 U.S.C. 6103. The others are days that people ask about.
HOLIDAYS: tuple[Holiday, ...] = (
    Holiday("new_years_eve", "New Year's Eve", "Fin de Año", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31",
            r"new ?year'?s? eve|nye|noche vieja|nochevieja|fin de ano|vispera de ano nuevo"),
    Holiday("new_years_day", "New Year's Day", "Año Nuevo", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1",
            r"new ?year'?s?(?: day)?|ano nuevo"),
    Holiday("three_kings", "Three Kings Day", "Día de Reyes", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=6",
            r"three kings(?: day)?|(?:dia de )?(?:los )?reyes(?: magos)?|epiphany"),
    Holiday("mlk_day", "Martin Luther King Jr. Day", "Día de Martin Luther King", "FREQ=YEARLY;BYMONTH=1;BYDAY=3MO",
            r"(?:dia de )?(?:mlk|martin luther king)(?: jr\.?)?(?:'?s)?(?: (?:birth)?day)?"),
    Holiday("valentines", "Valentine's Day", "San Valentín", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=14",
            r"valentine'?s?(?: day)?|san valentin"),
    Holiday("presidents_day", "Presidents' Day", "Día de los Presidentes", "FREQ=YEARLY;BYMONTH=2;BYDAY=3MO",
            r"president'?s?'? day|dia de los presidentes"),
    Holiday("st_patricks", "St. Patrick's Day", "San Patricio", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=17",
            r"(?:st|saint)\.? (?:patrick|patty)'?s?(?: day)?|san patricio"),
    Holiday("good_friday", "Good Friday", "Viernes Santo", "EASTER-2", r"good friday|viernes santo|semana santa"),
    Holiday("easter", "Easter Sunday", "Domingo de Pascua", "EASTER+0", r"easter(?: sunday)?|(?:domingo de )?pascua"),
    Holiday("cinco_de_mayo", "Cinco de Mayo", "5 de Mayo", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=5", r"cinco de mayo"),
    Holiday("mothers_day", "Mother's Day", "Día de la Madre", "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU",
            r"mother'?s?'? day|dia de las? madres?"),
    Holiday("memorial_day", "Memorial Day", "Memorial Day", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", r"memorial day"),
    Holiday("fathers_day", "Father's Day", "Día del Padre", "FREQ=YEARLY;BYMONTH=6;BYDAY=3SU",
            r"father'?s?'? day|dia del padre"),
    Holiday("juneteenth", "Juneteenth", "Juneteenth", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=19", r"juneteenth"),
    Holiday("independence_day", "Independence Day", "Día de la Independencia", "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4",
            r"independence day|(?:the )?(?:4th|fourth|4) of july|july (?:4th|fourth)|dia de la independencia"),
    Holiday("labor_day", "Labor Day", "Labor Day (Día del Trabajo)", "FREQ=YEARLY;BYMONTH=9;BYDAY=1MO",
            r"labou?r day|dia del? trabajo"),
    Holiday("columbus_day", "Columbus Day / Indigenous Peoples' Day", "Día de la Raza",
            "FREQ=YEARLY;BYMONTH=10;BYDAY=2MO",
            r"columbus day|indigenous people'?s?'? day|dia de la raza"),
    Holiday("halloween", "Halloween", "Halloween", "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=31", r"halloween"),
    Holiday("all_souls", "Day of the Dead", "Día de los Muertos", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=2",
            r"day of the dead|dia de (?:los )?muertos"),
    Holiday("veterans_day", "Veterans Day", "Día de los Veteranos", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=11",
            r"veteran'?s?'? day|dia de los veteranos"),
    Holiday("black_friday", "The day after Thanksgiving", "El día después de Acción de Gracias",
            "FREQ=YEARLY;BYMONTH=11;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29",
            r"black friday|(?:the )?day after (?:thanksgiving|turkey day)|friday after thanksgiving"),
    Holiday("thanksgiving", "Thanksgiving Day", "Día de Acción de Gracias", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
            r"thanks ?giving(?: day)?|turkey day|t-day|(?:dia de )?accion de gracias|san giving"),
    Holiday("guadalupe", "Our Lady of Guadalupe", "Día de la Virgen de Guadalupe",
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=12",
            r"(?:dia de )?(?:la )?virgen(?: de guadalupe)?|lady of guadalupe"),
    Holiday("christmas_eve", "Christmas Eve", "Nochebuena", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
            r"(?:christmas|x-?mas) eve|noche ?buena"),
    Holiday("christmas", "Christmas Day", "Navidad", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25",
            r"(?:christmas|x-?mas)(?: day)?|navidad"),
)  # fmt: skip

BY_SLUG = {holiday.slug: holiday for holiday in HOLIDAYS}
# Longer names first, so that "Christmas Eve" is not read as Christmas.
_PATTERN = re.compile(
    "|".join(
        rf"(?P<{holiday.slug}>(?<!\w)(?:{holiday.pattern})(?!\w))"
        for holiday in (
            BY_SLUG["black_friday"], BY_SLUG["christmas_eve"], BY_SLUG["new_years_eve"],
            *(h for h in HOLIDAYS if h.slug not in ("black_friday", "christmas_eve", "new_years_eve")),
        )
    )
)  # fmt: skip


@lru_cache(maxsize=512)
def holiday_in(slug: str, year: int) -> date:
    """Give the date of a holiday in a year.

    Raises:
        KeyError: there is no holiday of that name.
    """
    rule = BY_SLUG[slug].rule
    if rule.startswith("EASTER"):
        return date.fromordinal(easter(year).toordinal() + int(rule.removeprefix("EASTER")))
    found = rrulestr(rule, dtstart=datetime(year, 1, 1)).after(datetime(year, 1, 1), inc=True)  # noqa: DTZ001 - a date only
    return found.date() if found else date(year, 1, 1)  # each rule has a day in every year


def holiday_name(name: str, language: str) -> str:
    """Give a closed day's name in Spanish where it is one of ours; any other stays as the program wrote it."""
    if language != "es":
        return name
    return next((holiday.name_es for holiday in HOLIDAYS if holiday.name == name), name)


def next_holiday(slug: str, today: date) -> date:
    """Give the next date of a holiday, today included."""
    this_year = holiday_in(slug, today.year)
    return this_year if this_year >= today else holiday_in(slug, today.year + 1)


def find_holidays(text: str) -> list[tuple[int, int, str]]:
    """Find named holidays in lower-case text without accents: where each stands, and its slug."""
    return [(match.start(), match.end(), str(match.lastgroup)) for match in _PATTERN.finditer(text)]
