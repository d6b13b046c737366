"""What a script's own modules tell of it, before it runs."""
import ast
import sys

import pytest

from tf1_recipes.legacy.own_sources import own_sources
from tf1_recipes.legacy.script import read

FILES = {
    "train.py": "import sys\nfrom ops import join\nimport nets.small as small\n",
    "ops.py": "import tensorflow as tf\n\ndef join(a, b):\n    return tf.concat(1, [a, b])\n",
    "nets/__init__.py": "",
    "nets/small.py": "from . import layers\nfrom .layers import dense\nimport absent\n",
    "nets/layers.py": "import tensorflow as tf\ndense = tf.layers.dense\n",
    "unused.py": "import tensorflow as tf\ntf.mul(1, 2)\n",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_modules_are_followed_from_import_to_import(folder):
    def parse(path):
        with open(path) as source:
            return ast.parse(source.read())
    found = own_sources(parse(folder / "train.py"), str(folder), parse)
    assert [path[len(str(folder)) + 1:] for path in found] == [
        "ops.py", "nets/__init__.py", "nets/small.py", "nets/layers.py"]


def test_their_names_tell_the_release(folder):
    script = read(str(folder / "train.py"), "train.py")
    assert (script.era.name, script.why) == ("0.12", "ops.py, line 4: tf.concat")
    assert {(use.name, use.line, use.file) for use in script.uses} >= {
        ("concat", 4, "ops.py"), ("layers.dense", 2, "layers.py")}


def test_a_script_that_imports_python_2_is_python_2(folder, run_script):
    (folder / "ops.py").write_text("print 'ops'\ndef join(): return 3 / 2\n")
    (folder / "train.py").write_text("from ops import join\nhalf = 3 / 2\n")
    script = read(str(folder / "train.py"), "train.py")
    assert script.python2 == "ops.py, line 1 is not Python 3"
    names = dict(script.names())
    done = run_script(None, name="train.py", folder=folder)
    assert (done.status, done.stdout) == (0, "ops\n"), done.stderr
    sys.modules["ops"] = type(sys)("ops")
    sys.modules["ops"].join = None
    try:
        exec(script.code, names)
    finally:
        del sys.modules["ops"]
    assert names["half"] == 1  # as in Python 2


def test_a_module_that_no_python_accepts_is_left_to_its_import(folder):
    (folder / "ops.py").write_text("x = = 1\n")
    assert read(str(folder / "train.py"), "train.py").era.name == "1.15"


def test_libraries_beside_a_script_are_not_its_own(folder, monkeypatch, run_script):
    (folder / "libraries" / "library").mkdir(parents=True)
    (folder / "libraries" / "library-1.0.dist-info").mkdir()
    (folder / "libraries" / "library" / "__init__.py").write_text("import sets\n")
    (folder / "train.py").write_text("print 1\nimport library\n")
    monkeypatch.setenv("PYTHONPATH", str(folder / "libraries"))
    # Python 3's own error: as a module of the script `sets` would be Python 2's.
    done = run_script(None, name="train.py", folder=folder)
    assert done.status == 1 and "No module named 'sets'" in done.stderr, done.stderr


@pytest.mark.parametrize("text", [
    "try:\n    pack = tf.pack\nexcept AttributeError:\n    pack = tf.stack",
    "if tf.__version__.startswith('0.'):\n    pack = tf.pack",
    "pack = tf.stack if hasattr(tf, 'stack') else tf.pack",
    "if 'concat_v2' in dir(tf):\n    tf.concat_v2([a], 0)\nelse:\n    tf.concat(0, [a])",
])
def test_what_asks_for_the_release_does_not_tell_it(folder, text):
    (folder / "train.py").write_text("import tensorflow as tf\n" + text)
    assert read(str(folder / "train.py"), "train.py").era.name == "1.15"
