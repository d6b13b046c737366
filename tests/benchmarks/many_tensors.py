"""How long it takes to open, compare and report traces of 1,000 steps of 500 small tensors.

    python tests/benchmarks/many_tensors.py

The tensors are so small that nearly all of the time is spent on finding them. At most 5 s more than
reading every tensor of both is what a report is to take.
"""
import argparse
import os
import subprocess
import sys
import tempfile

import numpy as np

from tf1_recipes.recording.session_tap import TraceFile

STEPS, TENSORS = 1000, 500


def write(path, seed):
    random = np.random.RandomState(seed)
    trace = TraceFile(path, {})
    for number in range(STEPS):
        arrays = random.standard_normal([TENSORS, 4]).astype(np.float32)
        trace.step(number, [("variables", "layer%03d/kernel" % index, array)
                            for index, array in enumerate(arrays)],
                   {"session": 0, "writes": [], "initial": number == 0})
    trace.close({})


READ = """
import sys
from tf1_recipes.traces import open_trace
for path in sys.argv[1:]:
    for step in open_trace(path):
        for tensor in step.tensors.values():
            tensor.read()
"""


def measured(*arguments):
    """Returns the processor's seconds of a Python process."""
    child = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        a, same, other = (os.path.join(folder, name + ".npz") for name in ("a", "same", "other"))
        for path, seed in ((a, 0), (same, 0), (other, 1)):
            write(path, seed)
        print("%d steps of %d tensors, %.0f MB each, best of %d, processor's seconds" % (
            STEPS, TENSORS, os.path.getsize(a) / 1e6, options.repeat))
        compare = ["-m", "tf1_recipes", "compare", a]
        for title, arguments in (
                ("open", ["-c", READ.replace("in open_trace(path)", "in [open_trace(path)][1:]"),
                          a]),
                ("read one trace", ["-c", READ, a]), ("read both", ["-c", READ, a, other]),
                ("compare, equal", [*compare, same]),
                ("compare, all different", [*compare, other, "--no-explain"]),
                ("compare and explain", [*compare, other])):
            print("%-24s %6.2f s" % (
                title, min(measured(*arguments) for _ in range(options.repeat))))


if __name__ == "__main__":
    main()
