"""What the load says: the kinds of things people write here, made different from each other so that no cache helps."""

from __future__ import annotations

import random

ORDINARY = (
    "i want to use so bad right now", "the craving is really strong tonight", "how do i do box breathing",
    "can you show me a grounding exercise", "when is group on thursday", "what time is my next session",
    "i can't make it tonight", "where is the building", "is there group on monday", "what is iop",
    "how is this different from inpatient", "how many hours a week is it", "how long does the program take",
    "do you do drug tests", "how much does it cost", "do you take medicaid", "how do i sign up",
    "can somebody call me back", "can i talk to a real person please", "what do you have stored about me",
    "thank you so much", "hello there", "good morning", "what can you do", "are you a robot",
    "can my family come along", "what should i bring to the first day", "who can see what i write here",
    "i feel a bit stressed after work", "tell me a coping skill", "what is the capital of australia",
    "can you write my homework", "i have been sober for a month now", "is there parking", "can i do it online",
    "qué es el programa iop", "cuánto cuesta el programa", "a qué hora es el grupo",
)  # fmt: skip
# Each opens an escalation from the pattern screen alone, so that the alert's time is the product's.
RISKY = (
    "i am going to kill myself tonight", "i want to end my life and i have the pills here",
    "i took a whole bottle of pills to die", "i have a gun and i am going to shoot myself",
    "i just overdosed on heroin please help", "i want to kill myself",
    "i am thinking about suicide and i have a plan", "voy a matarme esta noche",
)  # fmt: skip
BEFORE = ("", "hi, ", "hey, ", "ok ", "so ", "hello, ", "um, ", "sorry, ")
AFTER = ("", "?", " please", " thanks", " ok", " :)", "...", " today", " asap", "!")

# What the starter bot is made for (its own nlu.yml), so that it is measured on what it understands.
STARTER = (
    "hello there", "good morning", "hey", "good afternoon", "bye", "see you later", "good night", "have a nice day",
    "i am feeling very good", "i am great", "so perfect", "i am amazing", "my day was horrible", "i am sad",
    "i don't feel very well", "super sad", "are you a bot?", "am i talking to a human?", "yes", "of course",
    "that sounds good", "no way", "not really", "i don't think so",
)  # fmt: skip


def ordinary(rng: random.Random) -> str:
    """Give something without risk."""
    return f"{rng.choice(BEFORE)}{rng.choice(ORDINARY)}{rng.choice(AFTER)}"


def risky(rng: random.Random) -> str:
    """Give something that staff must hear of."""
    return f"{rng.choice(('', 'please, ', 'hey, '))}{rng.choice(RISKY)}"


def for_starter(rng: random.Random) -> str:
    """Give something that the starter bot knows."""
    return f"{rng.choice(BEFORE)}{rng.choice(STARTER)}{rng.choice(AFTER)}"
