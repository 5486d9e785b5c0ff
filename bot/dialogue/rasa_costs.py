"""What Rasa 3.6.21 spends on every message without use, switched off. What each costs: bench/README.md.

Called once, when our channel is made; the exact names are Rasa's, so a new version has to be looked at again.
"""

from __future__ import annotations

import gc
from types import SimpleNamespace
from typing import Any

from rasa.core import processor
from rasa.core.actions.action import RemoteAction
from rasa.core.policies import rule_policy
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner


def cut_costs() -> None:
    """Put the cheaper ways into place; doing so twice changes nothing."""
    RemoteAction._validate_action_result = _checked  # noqa: SLF001
    DaskGraphRunner.run = _run_in_order
    # These modules copy slots, events and states deeply for debug messages that nobody sees, and for nothing else.
    for module in (processor, rule_policy):
        module.copy = SimpleNamespace(deepcopy=_same)


def _checked(_action: RemoteAction, result: Any) -> bool:
    # Rasa checks each answer of the action server, and the schema that it checks it against, with ``jsonschema``. The
    # server is our own and its library makes the answers, so their form is enough.
    lists = [result.get(name, []) for name in ("events", "responses")] if isinstance(result, dict) else [None]
    if not all(isinstance(rows, list) and all(isinstance(row, dict) for row in rows) for rows in lists):
        raise ValueError("The action server's answer has the wrong form.")
    return True


def _same(value: Any) -> Any:
    return value


def _run_in_order(
    runner: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
) -> dict[str, Any]:
    # For each run Rasa copies the part of the graph that is needed and has dask order, check and schedule it, for nodes
    # that run one after the other anyway. The order never changes, so it is worked out once.
    schema = runner._graph_schema  # noqa: SLF001
    wanted = tuple(targets or schema.target_names)
    plans: dict[tuple[str, ...], list[tuple[GraphNode, list[str]]]] = runner.__dict__.setdefault("_plans", {})
    if wanted not in plans:
        nodes = runner._instantiated_nodes  # noqa: SLF001
        plans[wanted] = [
            (nodes[name], list(schema.nodes[name].needs.values())) for name in _order(schema.nodes, wanted)
        ]
    done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    for node, needs in plans[wanted]:
        # A node takes (name, output) of what it needs, or the bare name where there is none, and gives the same pair.
        name, output = node(*(done.get(need, need) for need in needs))
        done[name] = (name, output)
    return {name: done[name][1] for name in wanted}


def _order(nodes: dict[str, Any], wanted: tuple[str, ...]) -> list[str]:
    """Give the nodes that ``wanted`` need and themselves, each after what it needs."""
    order: dict[str, None] = {}

    def add(name: str) -> None:
        if name in order or name not in nodes:
            return
        for need in nodes[name].needs.values():
            add(need)
        order[name] = None

    for name in wanted:
        add(name)
    return list(order)


def spare_the_collector() -> None:
    """Keep the garbage collector off what a loaded model consists of: call it once, when that is loaded.

    Some 700,000 objects that never go away would be looked at again with each full collection.
    """
    gc.collect()
    gc.freeze()
