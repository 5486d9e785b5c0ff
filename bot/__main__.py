"""``python -m bot COMMAND``: what operators run."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator

from bot.settings import ConfigurationError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; give its exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, function, words in (
        ("up", _up, "set up what is missing, then start everything (what `make run` does)"),
        ("prepare", _prepare, "set up what is missing: database, demo data, model"),
        ("serve", _serve, "run the bot process alone"),
        ("train", _train, "train the model if anything it is made of changed"),
        ("screen", _screen, "risk verdicts for JSON lines on standard input, by both readers"),
        ("understand", _understand, "the trained pipeline for JSON lines on standard input"),
        ("review", _review, "list or export messages that staff labelled"),
        ("report", _report, "alerts, acknowledgement times and false alarms by category and week"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=function)
        if name == "review":
            command.add_argument("--export", action="store_true", help="as JSON lines, for the training data")
        if name == "train":
            command.add_argument("--force", action="store_true", help="also when nothing changed")
    options = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's words
        return 2
    except (BrokenPipeError, KeyboardInterrupt):
        return 130


def _up(_options: argparse.Namespace) -> int:
    from bot.run.up import up

    return up()


def _prepare(_options: argparse.Namespace) -> int:
    from bot.run.prepare import prepare

    prepare()
    return 0


def _serve(_options: argparse.Namespace) -> int:
    from bot.app import serve
    from bot.log import configure_logging

    configure_logging()
    serve()
    return 0


def _train(options: argparse.Namespace) -> int:
    from bot.run.model import train_if_stale

    train_if_stale(force=options.force)
    return 0


def _screen(_options: argparse.Namespace) -> int:
    from bot.nlu.batch import screen

    return _stream(screen)


def _understand(_options: argparse.Namespace) -> int:
    from bot.nlu.batch import understand

    return _stream(understand)


def _stream(answer: Callable[[Iterable[str]], Iterator[dict[str, object]]]) -> int:
    from bot.nlu.batch import BadLine

    try:
        for verdict in answer(sys.stdin):
            sys.stdout.write(json.dumps(verdict, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    except BadLine as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _review(options: argparse.Namespace) -> int:
    from bot.escalation.review import print_labels

    print_labels(export=options.export)
    return 0


def _report(_options: argparse.Namespace) -> int:
    from bot.escalation.review import print_report

    print_report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
