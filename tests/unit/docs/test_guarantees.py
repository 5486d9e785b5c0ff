"""Every test that docs/guarantees.md names exists, and every guarantee names one."""

from __future__ import annotations

import ast
import re

from bot.settings import ROOT

TEXT = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))


def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


def test_every_named_test_exists() -> None:
    assert NAMED
    missing = [f"{path}::{name}" for path, name in NAMED if not (ROOT / path).exists() or name not in functions(path)]
    assert missing == []


def test_every_guarantee_names_a_test() -> None:
    rows = [line for line in TEXT.split("## When parts fail")[0].splitlines() if re.match(r"\| \d+ \|", line)]
    assert len(rows) >= 10
    assert [row for row in rows if "`tests/" not in row] == []
