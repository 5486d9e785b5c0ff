"""Transactions on a SQLite file share kept connections: opening one costs as much as the work in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from bot.db.engine import make_engine


def test_ten_transactions_open_the_file_once(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'kept.sqlite'}")
    opened: list[Any] = []
    event.listen(engine, "connect", lambda connection, _record: opened.append(connection))
    for _ in range(10):
        with engine.begin() as connection:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    assert len(opened) == 1
    engine.dispose()
