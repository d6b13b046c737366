"""Every recipe holds whatever kernels, threads and compilers the numbers go through.

    python -m pytest -n 2 tests/test_kernels.py

Each setting runs `tf1-recipes verify` in a process of its own, so all of them take minutes.
"""
import itertools
import json
import os
import subprocess
import sys

import pytest

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
           "TF_NUM_INTEROP_THREADS")
ONEDNN = {"default": {}, "AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
          "SSE41": {"ONEDNN_MAX_CPU_ISA": "SSE41"}, "off": {"TF_ENABLE_ONEDNN_OPTS": "0"}}
# The instructions that OpenBLAS's kernels of a name need; all others run on any x86-64.
NEEDS = {"Haswell": "avx2", "Zen": "avx2", "Sandybridge": "avx", "SkylakeX": "avx512vl",
         "Cooperlake": "avx512_bf16", "SapphireRapids": "avx512_bf16"}


def openblas(core):
    return {"OPENBLAS_CORETYPE": core}


MATRIX = {
    "%s-%s-%d" % (core, isa, threads): dict(
        openblas(core), **ONEDNN[isa], **dict.fromkeys(THREADS, str(threads)))
    for core, isa, threads in itertools.product(
        ("Haswell", "SkylakeX", "Nehalem", "Prescott"), ONEDNN, (1, 2, 7))}
ALONE = {core: openblas(core) for core in (
    "Cooperlake", "SapphireRapids", "Sandybridge", "Atom", "Core2", "Penryn", "Zen")}
OTHER = {
    "deterministic ops": {"TF_DETERMINISTIC_OPS": "1"},
    "XLA": {"TF_XLA_FLAGS": "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit"},
    "optimized Python": {"PYTHONOPTIMIZE": "2"},
    "warnings are errors": {"PYTHONWARNINGS": "error"},
}
SETTINGS = {**MATRIX, **ALONE, **OTHER}


def flags():
    """What instructions this processor has; "" where the system does not tell."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            return set(next((line for line in file if line.startswith("flags")), "").split())
    except OSError:
        return set()


@pytest.mark.long
@pytest.mark.parametrize("setting", SETTINGS)
def test_every_recipe_holds(setting):
    needed = NEEDS.get(SETTINGS[setting].get("OPENBLAS_CORETYPE"))
    if needed and needed not in flags():
        pytest.skip("this processor has no %s" % needed)
    done = subprocess.run([sys.executable, "-m", "tf1_recipes", "verify", "--json"],
                          env=dict(os.environ, **SETTINGS[setting]), capture_output=True,
                          text=True, timeout=300)
    assert done.stdout, done.stderr[-2000:]
    rows = json.loads(done.stdout)["recipes"]
    failures = ["%s %s: %s" % (row["name"], link, check["what"]) for row in rows
                for link, check in row["checks"].items() if check and not check["holds"]]
    assert failures == []
    assert len(rows) == 25 and done.returncode == 0
