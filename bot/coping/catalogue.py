"""The coping skills and which of them fit which trigger, read from YAML and checked at load."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, Extra, Field, ValidationError, root_validator, validator

Language = Literal["en", "es"]

HERE = Path(__file__).resolve().parent
TRIGGERS = ("near", "people", "place", "money", "feeling", "time", "body", "cue", "unknown")
# A message stays readable on a phone (content rules of the project).
MOST_WORDS = 60


class CatalogueError(Exception):
    """A skills file is wrong; the sentence names the skill or trigger and what it expects."""


class _Strict(BaseModel):
    class Config:
        """A key that we do not know is a typing error, so it is refused; loaded data never changes."""

        extra = Extra.forbid
        frozen = True


class Words(_Strict):
    """One text in both languages."""

    en: str = Field(..., min_length=1)
    es: str = Field(..., min_length=1)

    @validator("en", "es")
    def _short_and_plain(cls, value: str) -> str:  # noqa: N805
        if len(value.split()) > MOST_WORDS:
            raise ValueError(f"has {len(value.split())} words; a message has at most {MOST_WORDS}")
        if any(mark in value for mark in "{}<>*`"):
            raise ValueError("must be plain text without braces or markup")
        return value

    def in_(self, language: str) -> str:
        """Give the text in "en" or "es"; anything else is answered in English."""
        return self.es if language == "es" else self.en


class Phase(_Strict):
    """One phase of a breath: its label and how many seconds it lasts."""

    en: str
    es: str
    seconds: int = Field(..., ge=1, le=15)


class Breathing(_Strict):
    """A breathing rhythm that a channel can show."""

    rounds: int = Field(..., ge=1, le=10)
    phases: tuple[Phase, ...]


class Step(Words):
    """One step: its text, and whether it asks for words, is a pause, shows a rhythm or repeats what was written."""

    asks: bool = False
    refusal: bool = False
    recap: bool = False
    seconds: int | None = Field(None, ge=5, le=1800)
    breathing: Breathing | None = None


class Skill(_Strict):
    """A coping skill with its steps."""

    name: Words
    minutes: int = Field(..., ge=1, le=30)
    about: Words
    not_for: Words | None = None
    steps: tuple[Step, ...]

    @validator("steps")
    def _some_steps(cls, value: tuple[Step, ...]) -> tuple[Step, ...]:  # noqa: N805
        if len(value) < 2:
            raise ValueError("needs at least two steps")
        return value

    @root_validator(skip_on_failure=True)
    def _opening_is_one_message(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        for language in ("en", "es"):
            words = values["about"].in_(language).split()
            if values["not_for"]:
                words += values["not_for"].in_(language).split()
            if len(words) > MOST_WORDS:
                raise ValueError(f"'about' and 'not_for' ({language}) have {len(words)} words, over {MOST_WORDS}")
        return values


class Fit(_Strict):
    """What fits a trigger: the reason to say, and skills best first, for a strong and for a mild craving."""

    reason: Words
    strong: tuple[str, ...]
    mild: tuple[str, ...]


class Catalogue(_Strict):
    """All skills by id, and what fits each trigger."""

    skills: dict[str, Skill]
    fits: dict[str, Fit]

    @validator("fits")
    def _known_names(cls, value: dict[str, Fit], values: dict[str, Any]) -> dict[str, Fit]:  # noqa: N805
        if set(value) != set(TRIGGERS):
            raise ValueError(f"must name exactly these triggers: {', '.join(TRIGGERS)}")
        for trigger, fit in value.items():
            if len(fit.strong) < 3 or len(fit.mild) < 3:
                raise ValueError(f"'{trigger}' needs at least three skills for strong and for mild")
            for skill in (*fit.strong, *fit.mild):
                if skill not in values.get("skills", {}):
                    raise ValueError(f"'{trigger}' names the skill '{skill}', which is not in the catalogue")
        return value


def load_catalogue(skills: Path, choices: Path) -> Catalogue:
    """Read and check both files.

    Raises:
        CatalogueError: one of them is missing or wrong.
    """
    try:
        raw = {
            "skills": yaml.safe_load(skills.read_text(encoding="utf-8")),
            "fits": yaml.safe_load(choices.read_text(encoding="utf-8")),
        }
        return Catalogue(**raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise CatalogueError(f"Coping skills: '{key}' {first['msg']}.") from None
    except (OSError, yaml.YAMLError) as error:
        raise CatalogueError(f"The coping skills cannot be read: {error}") from None


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Give the project's catalogue, read once.

    Raises:
        CatalogueError: as :func:`load_catalogue`.
    """
    return load_catalogue(HERE / "skills.yml", HERE / "choices.yml")
