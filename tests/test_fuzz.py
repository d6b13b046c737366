"""Changed files at random, of every kind that is read: each is read right, or refused in one error.

Never a crash, a hang, more than a gigabyte, or a pickle. 750 inputs by default; the long form is

    FUZZ_INPUTS=20000 python -m pytest tests/test_fuzz.py -s

and prints what became of them. An input that failed comes again, alone, by its number:

    python -m tests.fuzz.worker "weights and caches" NUMBER NUMBER+1 FOLDER
"""
import collections
import json
import os
import subprocess
import sys

import pytest

from tests.fuzz.worker import GROUPS

COUNT = int(os.environ.get("FUZZ_INPUTS", "750"))
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/statm"),
                                reason="the limits are set as Linux has them")


@pytest.mark.parametrize("group", GROUPS)
def test_every_changed_file_is_read_right_or_refused(group, tmp_path):
    stop = -(-COUNT // len(GROUPS))
    first, outcomes, wrong, limits = 0, collections.Counter(), [], []
    while first < stop and len(wrong) < 20:
        child = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.worker", group, str(first), str(stop),
             str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES=""))
        lines = [json.loads(line) for line in child.stdout.splitlines()]
        results = [line for line in lines if isinstance(line, list)]
        limits += [line for line in lines if isinstance(line, dict)]
        for number, kind, result in results:
            outcomes[kind, result if result in ("read", "refused") else "wrong"] += 1
            if result not in ("read", "refused"):
                wrong.append("%s, input %d: %s" % (kind, number, result))
        first += len(results)
        if child.returncode:
            wrong.append("input %d was not survived (status %d):\n%s" % (
                first, child.returncode, child.stderr[-3000:]))
            first += 1
    print("\n%s: %s; %s" % (group, ", ".join(
        "%s %s %d" % (*key, count) for key, count in sorted(outcomes.items())), limits))
    assert not wrong, "%d are wrong, such as\n%s" % (len(wrong), "\n".join(wrong[:5]))
    # Both come about, or the changes are too gross, or too tame.
    for kind in {kind for kind, _ in outcomes}:
        assert outcomes[kind, "read"] and outcomes[kind, "refused"], outcomes
