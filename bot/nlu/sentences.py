"""Cutting a message into the sentences that the risk reader looks at one by one."""

from __future__ import annotations

import re

# A stop needs a space behind it and no "p.m." or "Dr." before, so that doses, times and names stay whole.
STOP = re.compile(
    r"(?<=[.!?…])(?<![ap]\.m\.)(?<!\b[DMS][rst]\.)[\"')\]]*\s+|\n+|\s+[—–]\s+|(?<=[a-zñáéíóú])(?=[¿¡])", re.IGNORECASE
)
# People who do not write stops join with these; cutting there only in long runs keeps short ones whole.
_JOINT = re.compile(r"\s+(?:and|but|so|because|cause|cuz|then|y|pero|porque|entonces|,)\s+|,\s+|;\s+", re.IGNORECASE)
_LONG_RUN = 25  # words
_MOST = 16


def sentences(text: str) -> list[str]:
    """Cut a message into sentences; runs of more than 25 words without a stop are cut at joints.

    Args:
        text: the message.

    Returns:
        At most 16 pieces in order, the rest joined into the last; empty when the message is one piece.
    """
    pieces: list[str] = []
    for piece in STOP.split(text):
        words = piece.split()
        if not words:
            continue
        if len(words) <= _LONG_RUN:
            pieces.append(piece.strip())
        else:
            pieces.extend(_cut_run(piece))
    merged: list[str] = []
    for piece in pieces:
        # "Ok." or "Thanks" alone says little and costs a vector: it goes with its neighbour.
        if merged and len(piece.split()) < 3 and len(merged[-1].split()) < 6:
            merged[-1] = f"{merged[-1]} {piece}"
        else:
            merged.append(piece)
    if len(merged) > _MOST:
        merged = [*merged[: _MOST - 1], " ".join(merged[_MOST - 1 :])]
    return merged if len(merged) > 1 else []


def _cut_run(piece: str) -> list[str]:
    parts: list[str] = []
    current = ""
    for clause in _JOINT.split(piece):
        current = f"{current} {clause}".strip()
        if len(current.split()) >= 8:  # shorter clauses lose what they are about
            parts.append(current)
            current = ""
    if current:
        if parts and len(current.split()) < 4:
            parts[-1] = f"{parts[-1]} {current}"
        else:
            parts.append(current)
    return parts
