"""The names and arguments that ``tf.contrib`` is served with, beside those read off 1.15.5."""
import inspect
import re
from pathlib import Path

import pytest

from tf1_recipes.legacy.contrib import HERE, known_names, page
from tf1_recipes.legacy.contrib.modules import SERVED

# Arguments that are not as then, and why.
_OTHER_ARGUMENTS = {
    "framework.init_from_checkpoint": "taken by their old names, see arguments.py",
    "framework.list_variables": "taken by their old names, see arguments.py",
    "framework.load_checkpoint": "taken by their old names, see arguments.py",
    "framework.load_variable": "taken by their old names, see arguments.py",
    "layers.input_from_feature_columns": "no cols_to_outs, which told the columns' outputs",
    "layers.embedding_column": "no checkpoint to load an embedding from",
    "layers.sparse_column_with_hash_bucket": "no hash_keys",
    "layers.legacy_linear": "a partial of legacy_fully_connected, as then",
    "layers.legacy_relu": "a partial of legacy_fully_connected, as then",
    "opt.extend_with_decoupled_weight_decay": "see tf1_recipes.weight_decay.adamw",
    "summary.graph": "TensorFlow's own, of another meaning today",
}
# Modules of another part of the package, with tests of their own.
_ELSEWHERE = ("crf.", "legacy_seq2seq.", "rnn.", "seq2seq.", "slim.", "learn.datasets.")


def arguments_then(text):
    text = re.sub(r"\([^)]*\)|\[[^]]*\]|'[^']*'", "", text)
    return [part.partition("=")[0].strip() for part in text.split(",")
            if part.strip() and not part.strip().startswith("*")]


def arguments_now(value):
    from tensorflow.python.util import tf_decorator
    function = inspect.unwrap(value.__init__ if inspect.isclass(value) else value)
    function = inspect.unwrap(tf_decorator.unwrap(function)[1])
    return [name for name in inspect.getfullargspec(function).args
            if name not in ("self", "cls", "_cls")]


def served():
    for name, known in known_names.public().items():
        if known.release == "1.15.5" and known.kind in ("function", "class") and known.arguments \
                and not name.startswith(_ELSEWHERE) and page.is_served(name):
            value = SERVED
            for part in name.split("."):
                value = getattr(value, part)
            yield name, known, value


def test_arguments_are_those_of_1_15():
    apart, compared = {}, 0
    for name, known, value in served():
        then = arguments_then(known.arguments)
        if callable(value) and "args" not in then:
            compared += 1
            now = arguments_now(value)
            if now[:len(then)] != then:
                apart[name] = (then, now)
    assert compared > 300
    assert sorted(apart) == sorted(_OTHER_ARGUMENTS), apart


def test_the_page_is_the_table():
    # Not of the modules that have a table of their own names.
    own = re.compile(r"[|-] `(%s)" % "|".join(name.rstrip(".") for name in _ELSEWHERE))
    written = Path(known_names.__file__).with_name("NAMES.md").read_text(encoding="utf-8")
    old, new = ([line for line in text.splitlines() if not own.match(line)]
                for text in (written, page.page()))
    assert old == new, "write it anew: python -m tf1_recipes.legacy.contrib.page"


@pytest.mark.parametrize("name", ["layers.conv2d", "training.HParams", "opt.LazyAdamOptimizer"])
def test_what_scripts_use_is_served(name):
    assert HERE and page.is_served(name)
