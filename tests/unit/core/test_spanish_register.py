"""All Spanish that people read says "tú": a person is not spoken to in two ways by one assistant."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import ROOT

FOLDERS = ("bot", "actions", "data/responses")

# "Usted" itself; the formal imperative where a clause begins; the third person where only the one who reads can be
# meant; and "su" with what belongs to the reader. Real third persons ("si no despierta", "que alguien te llame") stay.
_IMPERATIVES = (
    "acuérdese|agregue|aguante|anote|apriete|apunte|avise|beba|busque|cambie|camine|cancele|comparta|confirme|conteste|"
    "corrija|cuente|cuénteme|cuídese|dé|deje|descanse|dígale|dígalo|dígame|dígaselo|diga|elija|empiece|envíe|escoja|"
    "escríbale|escríbame|escríbalo|escriba|espere|evite|guarde|haga|hable|háblelo|intente|lea|levántese|llame|llámeles|"
    "mande|marque|mire|muestre|note|ofrezca|omita|oprima|pague|pase|pídalo|pida|piense|póngalo|póngase|ponga|pregúntele|"
    "pregunte|presione|pruebe|pulse|quédese|quite|recuerde|repita|responda|revise|salga|sea|siéntese|siga|suelte|"
    "tenga|tire|tome|toque|traiga|use|váyase|vaya|venga|vuelva"
)
_BEGINS = r"(?:^|[.!?¿¡:;,()\"]\s*|\n\s*|\d\)\s*|\b(?:y|o|pero|antes|después|favor|también|ahora)\s+)"
# Wishes and needs: in these texts only the one who reads has them.
_WANTS = "quiere|quiera|prefiere|prefiera|necesita|necesite|desea|cree"
_HAS = (
    "cita|consejer[oa]|nombre|teléfono|correo|seguro|solicitud|mensajes?|datos|cuenta|plan|metas?|horarios?|casa|familia|"
    "trabajo|vida|cuerpo|permiso|evaluación|caso|médico|tratamiento|jefe|medicinas"
)
FORMAL = re.compile(
    r"\busted\b"
    rf"|{_BEGINS}(?:no\s+(?:lo\s+|la\s+|le\s+|se\s+)?)?(?:{_IMPERATIVES})\b(?! lo que)"
    rf"|\b(?:si|cuando|¿)\s*(?:no\s+)?(?:{_WANTS})\b|¿tiene\b"
    rf"|{_BEGINS}puede\s+(?:decir|escribir|llamar|pedir|preguntar|hablar|usar|cambiar|cancelar|omitir|empezar)"
    r"|\b(?:puedo|pueden)\s+(?:decir|dar|ayudar|llamar|contactar|orientar)le\b|\ble\s+ayud\w+|\bque\s+le\s+llamen?\b"
    rf"|\bsus?\s+(?:{_HAS})\b",
    re.IGNORECASE,
)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _in_yaml(value: Any) -> Iterator[str]:
    """Everything under a key "es", and every response with the condition that the language is Spanish."""
    if isinstance(value, dict):
        spanish = any(isinstance(c, dict) and c.get("value") == "es" for c in value.get("condition") or ())
        if spanish:
            yield from [str(value.get("text") or ""), *(button["title"] for button in value.get("buttons") or ())]
            return
        for key, each in value.items():
            yield from _strings(each) if key == "es" else _in_yaml(each)
    elif isinstance(value, list):
        for each in value:
            yield from _in_yaml(each)


def _in_python(tree: ast.AST) -> Iterator[str]:
    """Every text under a key "es", chosen where the language is "es", or kept under a name that says Spanish."""
    for node in ast.walk(tree):
        found: list[ast.AST] = []
        if isinstance(node, ast.Dict):
            found = [
                v
                for k, v in zip(node.keys, node.values, strict=True)
                if isinstance(k, ast.Constant) and k.value == "es"
            ]
        elif isinstance(node, ast.IfExp) and (
            "spanish" in ast.dump(node.test).lower() or "'es'" in ast.dump(node.test)
        ):
            found = [node.body, node.orelse]
        elif isinstance(node, ast.Assign) and re.search(r"spanish|_es'", ast.dump(node.targets[0]).lower()):
            found = [node.value]
        for each in found:
            for text in ast.walk(each):
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


def _in_page(source: str) -> Iterator[str]:
    """Both languages stand in a page; its Spanish lines are told by their letters."""
    lines = re.sub(r"<[^>]+>", "\n", source).splitlines()
    return (line.strip() for line in lines if re.search("[áéíóúñ¿¡]", line))


def _in_file(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".yml":
        yield from _in_yaml(yaml.safe_load(source))
    elif path.suffix == ".py":
        yield from _in_python(ast.parse(source))
    else:
        yield from _in_page(source)


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted(each for folder in FOLDERS for each in (ROOT / folder).rglob("*.*")):
        name = path.relative_to(ROOT).as_posix()
        # What people write is read in those folders, not said.
        read = any(f"/{part}/" in name for part in ("nlu", "lexicon", "migrations"))
        if path.suffix in (".yml", ".py", ".html", ".js") and not read:
            yield from ((name, text) for text in _in_file(path))


TEXTS = list(dict.fromkeys(_texts()))


def test_the_spanish_of_every_place_is_found() -> None:
    """What this file looks at is there: responses, texts, crisis replies, the web page, commands and skills."""
    found = {name for name, _ in TEXTS}
    assert {
        "data/responses/program.yml", "data/responses/prospect.yml", "data/responses/risk.yml", "bot/texts.yml",
        "bot/risk_dialogue/first_replies.yml", "bot/web/chat_words.yml", "bot/coping/skills.yml",
        "bot/dialogue/intent_titles.yml", "bot/channels/telegram/profile.py", "actions/prospect.py",
        "bot/web/templates/export.html",
    } <= found  # fmt: skip
    assert len(TEXTS) > 900


def test_nobody_is_called_usted() -> None:
    wrong = [(name, match.group(), text) for name, text in TEXTS if (match := FORMAL.search(text))]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    ["Llame al 988.", "Si quiere, escriba aquí.", "Su cita es mañana.", "¿Tiene seguro?", "Puede decir cancelar.",
     "No tome más. Pregunte antes a un médico.", "Esto es para usted.", "Le ayudamos.", "Toque Enviar",
     "No deje de ir.", "1) llame al 911, 2) dé naloxona", "Puedo pedir que le llamen", "No puedo decirle qué tomar"],
)  # fmt: skip
def test_the_formal_is_noticed(text: str) -> None:
    assert FORMAL.search(text)


@pytest.mark.parametrize(
    "text",
    ["Llama al 988.", "Si quieres, escribe aquí.", "Tu cita es mañana.", "Puedo pedir que te llamen.",
     "Si no despierta, llama.", "Espera a que alguien te llame.", "El personal puede leerlo.", "Dile a tu consejero.",
     "Le pedí al personal que te llame."],
)  # fmt: skip
def test_the_informal_is_left_alone(text: str) -> None:
    assert not FORMAL.search(text)
