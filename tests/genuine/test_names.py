"""Every public name of a genuine release is served, or its error says what it was."""
import json
import re
import subprocess
import sys

import pytest

# The names that a release has below tensorflow, but for contrib and its own modules.
WALK = """
from __future__ import print_function
import json, types
import tensorflow as tf
found, inside, early = [], [], tf.__version__.startswith("0.")
def walk(module, path):
    if id(module) in inside or len(inside) > 4:
        return
    inside.append(id(module))
    # 0.12's modules hold what they import, too, and say what is public.
    for name in dir(module) if not early else getattr(module, "__all__", dir(module)):
        title = path + name
        if name.startswith("_") or title in (
                "contrib", "python", "core", "pywrap_tensorflow", "compat.v1", "compat.v2"):
            continue
        try:
            value = getattr(module, name)
        except Exception:
            continue
        if not isinstance(value, types.ModuleType):
            if not early or getattr(value, "__module__", "tensorflow").startswith("tensorflow"):
                found.append(title)
        elif value.__name__.startswith("tensorflow") and not (early and path):
            walk(value, title + ".")
    inside.pop()
walk(tf, "")
print(json.dumps(found))
"""

RESOLVE = """
import json, sys
import tensorflow as tf
problems = {}
for name in json.load(open("names.json")):
    value = tf
    for part in name.split("."):
        try:
            value = getattr(value, part)
        except AttributeError as error:
            problems[name] = str(error)
            break
print(json.dumps(problems))
"""

# What a module imported for itself is no part of the API, nor are ops for TPUs only.
INTERNAL = re.compile(
    r".*\b(absolute_import|division|print_function|tf_decorator|tf_export|fact_eager_fallback|"
    r"xrange)\b|raw_ops\..*TPUEmbedding")


@pytest.mark.parametrize("release", ["0.12.1", "1.4.1", "1.7.1", "1.15.5"])
def test_every_name_is_served_or_named(genuine, release, tmp_path):
    listed = subprocess.run([genuine(release), "-c", WALK], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)
    names = [name for name in json.loads(listed.stdout.splitlines()[-1])
             if not INTERNAL.match(name)]
    assert len(names) > 700
    (tmp_path / "names.json").write_text(json.dumps(names))
    (tmp_path / "script.py").write_text(RESOLVE)
    served = subprocess.run(
        [sys.executable, "-m", "tf1_recipes", "run", "--as-of", release, "script.py"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    problems = json.loads(served.stdout)
    assert {name: why for name, why in problems.items() if "is not served: it was" not in why} == {}
