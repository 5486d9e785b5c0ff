"""Write ``docs/conversations.md`` and ``docs/crisis-replies.md`` by talking with the running stack.

    python -m tests.transcripts                  both
    python -m tests.transcripts crisis           one of them
    python -m tests.transcripts FILE.yml         only show the transcripts of one file, for a look while writing

Needs a trained model (``make train``). Nothing in the two documents is written by hand but the scripts' own lines.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import yaml

from bot.settings import ROOT
from tests.e2e.conftest import STAFF_GROUP, STAFF_MEMBER
from tests.e2e.stack import Stack
from tests.telegram_api import TOKEN, Person, TelegramApi
from tests.transcripts.play import Line, Player, Script

HERE = Path(__file__).parent
DOCUMENTS = {"conversations": ROOT / "docs" / "conversations.md", "crisis": ROOT / "docs" / "crisis-replies.md"}


def scripts(path: Path) -> tuple[str, list[Script], str]:
    """Read a file of scripts; gives its introduction, the scripts, and what stands after them."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = [Script(**each) for each in content["conversations"]]
    for script in found:
        for turn in script.turns:
            # YAML reads a bare yes, no or 7 as something else than what a person typed.
            if not all(isinstance(words, str) for words in turn.values()):
                raise ValueError(f"{script.title}: put quotes around {turn}")
    return content.get("about", ""), found, content.get("after", "")


def markdown(script: Script, lines: list[Line]) -> str:
    """Give one transcript as Markdown."""
    parts = [f"## {script.title}", script.about.strip()]
    for before, line in zip([None, *lines], lines, strict=False):
        if line == before:
            continue  # an alert that is shown in two places changes twice
        words = line.text.replace("\n", "\n> ")
        # A Telegram reply carries HTML escapes and tags; a reader of the page sees what the person saw.
        shown = f"> **{line.who.capitalize()}:** {words}"
        if line.buttons:
            shown += "\n>\n> " + " ".join(f"`{title}`" for title in line.buttons)
        parts.append(shown)
    return "\n\n".join(part for part in parts if part)


async def play_all(paths: list[Path]) -> dict[str, str]:
    """Play files on one stack; gives Markdown by the file's name."""
    written = {}
    with TelegramApi() as telegram, tempfile.TemporaryDirectory(prefix="assistant-transcripts-") as folder:
        stack = Stack(
            Path(folder), TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url,
            TELEGRAM_STAFF_CHAT_ID=str(STAFF_GROUP),
        )  # fmt: skip
        stack.start()
        try:
            counselor = Person(telegram, STAFF_MEMBER, first_name="Demo Cleo")
            telegram.do(lambda: telegram.world.group(STAFF_GROUP))
            counselor.say(f"/start {stack.link_code(staff='counselor')}")
            await counselor.reply(timeout=20)
            player = Player(stack, telegram, STAFF_MEMBER)
            for path in paths:
                about, found, after = scripts(path)
                parts = [about.strip()]
                for script in found:
                    lines: list[Line] = []
                    try:
                        await player.play(script, lines)
                    finally:  # where it stopped, if it did
                        print(markdown(script, lines), file=sys.stderr, flush=True)
                    parts.append(markdown(script, lines))
                written[path.stem] = "\n\n".join(part for part in [*parts, after.strip()] if part) + "\n"
        finally:
            stack.stop()
    return written


def main() -> int:
    """Write the documents, or only show one file's transcripts."""
    given = sys.argv[1:] or list(DOCUMENTS)
    paths = [HERE / f"{name}.yml" if name in DOCUMENTS else Path(name) for name in given]
    for name, text in asyncio.run(play_all(paths)).items():
        if name in DOCUMENTS:
            DOCUMENTS[name].write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
