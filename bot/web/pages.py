"""Templates, and the few facts that every page shows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.escalation.alerts import shown_time
from bot.program import program

HERE = Path(__file__).parent
STATIC = HERE / "static"


@dataclass(frozen=True)
class Part:
    """A rendered part of a page; its values were escaped when it was rendered."""

    html: Markup

    @property
    def digest(self) -> str:
        """Name its contents, to see whether they changed."""
        return hashlib.sha256(self.html.encode()).hexdigest()[:16]


class Pages:
    """Renders templates; autoescape is on for all of them."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(tel=tel, when=when, machine_time=machine_time, words=words)
        versions = {path.name: _version(path) for path in STATIC.iterdir() if path.is_file()}
        self._environment.globals.update(program=program, static=lambda name: f"/static/{name}?v={versions[name]}")

    def render(self, request: Request, template: str, values: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
        """Give a page."""
        return HTMLResponse(self.fragment(template, {"request": request, **values}), status)

    def fragment(self, template: str, values: Mapping[str, Any]) -> str:
        """Give a page or a part of one as text."""
        return self._environment.get_template(template).render(**values)

    def parts(self, template: str, values: Mapping[str, Any]) -> dict[str, Part]:
        """Give each block of a template by its name, for pages that change while they are open."""
        loaded = self._environment.get_template(template)
        context = loaded.new_context(dict(values))
        return {name: Part(Markup("".join(block(context)))) for name, block in loaded.blocks.items()}  # noqa: S704


def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def tel(number: str) -> str:
    """Make a number dialable: ``(555) 010-0100`` becomes ``5550100100``."""
    return re.sub(r"[^\d+]", "", number)


def when(moment: datetime | None) -> str:
    """Say a moment in the program's time zone."""
    return shown_time(moment) if moment is not None else ""


def machine_time(moment: datetime) -> str:
    """Write a moment for ``<time datetime>`` and for scripts."""
    return moment.isoformat(timespec="seconds")


def words(name: str) -> str:
    """Write a name of ours for people: ``self_harm`` becomes ``self harm``."""
    return name.replace("_", " ")
