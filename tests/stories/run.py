"""Run the test stories through the trained model: ``python -m tests.stories.run [topic ...]``.

Rasa takes only files whose names begin with ``test_``; ours are named after their topic, so they are linked under such
names into a temporary folder. Any turn that the model understands or answers differently fails the run.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.run.model import environment, model_path
from bot.settings import ROOT

STORIES = ROOT / "tests" / "stories"


def main(topics: list[str]) -> int:
    """Run the stories of ``topics`` (all where none is named); print what failed; give the exit status."""
    files = [path for path in sorted(STORIES.glob("*.yml")) if not topics or path.stem in topics]
    count = sum(len(re.findall(r"^\s*- story:", path.read_text(encoding="utf-8"), re.MULTILINE)) for path in files)
    if not count:
        print("There are no stories to run.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            (Path(folder) / f"test_{path.name}").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        out = Path(folder) / "results"
        command = [
            sys.executable, "-m", "tests.stories.rasa_test", "test", "core", "--e2e", "--stories", folder,
            "--model", str(model_path()), "--out", str(out),
        ]  # fmt: skip
        run = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
        failed = out / "failed_test_stories.yml"
        wrong = run.returncode != 0 or (failed.exists() and "story:" in failed.read_text(encoding="utf-8"))
        if wrong:
            print(failed.read_text(encoding="utf-8") if failed.exists() else run.stdout[-3000:] + run.stderr[-3000:])
            print(f"{count} stories, some of them failed.")
            return 1
    print(f"{count} stories, none failed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
