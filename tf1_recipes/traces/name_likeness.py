"""How similar names of two frameworks are: by layer, by role in it, by their numbers."""
from __future__ import annotations

import difflib
import re

_ROLES = {
    "kernel": "weight", "weights": "weight", "w": "weight", "gamma": "weight", "scale": "weight",
    "biases": "bias", "b": "bias", "beta": "bias", "offset": "bias",
    "moving_mean": "mean", "running_mean": "mean", "pop_mean": "mean",
    "moving_variance": "variance", "running_var": "variance", "pop_var": "variance",
    "embeddings": "embedding", "embedding_table": "embedding",
}


def scope(name: str) -> str:
    """The layer: the name without its last part, with the separator."""
    return name[:max(name.rfind("/"), name.rfind(".")) + 1]


def role(name: str) -> str:
    """What a tensor is in its layer, by the last part of its name: ``kernel`` is a ``weight``."""
    last = name[len(scope(name)):].lower()
    return _ROLES.get(last, last)


def same_role(a: str, b: str) -> bool:
    """Whether two names have the same role."""
    return role(a) == role(b)


def same_numbers(a: str, b: str) -> bool:
    """Whether two names have the same role and the same numbers."""
    return same_role(a, b) and re.findall(r"\d+", a) == re.findall(r"\d+", b)


def likeness(a: str, b: str) -> float:
    """How similar two names are, from 0 to 1: their parts, the last by its role."""
    parts = [re.split(r"[/._]", (scope(name) + role(name)).lower()) for name in (a, b)]
    together = difflib.SequenceMatcher(None, parts[0], parts[1], autojunk=False).ratio()
    letters = difflib.SequenceMatcher(None, "/".join(parts[0]), "/".join(parts[1]),
                                      autojunk=False).ratio()
    return (together + letters) / 2
