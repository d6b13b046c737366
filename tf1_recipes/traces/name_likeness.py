"""How like names of two frameworks are: by layer, by what a tensor is in it, by their numbers."""
import difflib
import re

_ROLES = {
    "kernel": "weight", "weights": "weight", "w": "weight", "gamma": "weight", "scale": "weight",
    "biases": "bias", "b": "bias", "beta": "bias", "offset": "bias",
    "moving_mean": "mean", "running_mean": "mean", "pop_mean": "mean",
    "moving_variance": "variance", "running_var": "variance", "pop_var": "variance",
    "embeddings": "embedding", "embedding_table": "embedding",
}


def scope(name):
    """The layer: the name without its last part, with what ends it."""
    return re.match(r"(?:.*[/.])?", name).group()


def role(name):
    last = name[len(scope(name)):].lower()
    return _ROLES.get(last, last)


def same_role(a, b):
    return role(a) == role(b)


def same_numbers(a, b):
    return same_role(a, b) and re.findall(r"\d+", a) == re.findall(r"\d+", b)


def likeness(a, b):
    """How like two names are, from 0 to 1: their parts, the last by its role."""
    parts = [re.split(r"[/._]", (scope(name) + role(name)).lower()) for name in (a, b)]
    together = difflib.SequenceMatcher(None, *parts, autojunk=False).ratio()
    letters = difflib.SequenceMatcher(None, *("/".join(each) for each in parts),
                                      autojunk=False).ratio()
    return (together + letters) / 2
