"""How fast ``tf1-recipes compare`` is on two traces of 1 GB each, and how much memory it takes.

    python tests/benchmarks/compare_speed.py

Every comparison is a process of its own, start-up included, and stands beside a plain read of both
files. They lie in a tmpfs where there is one, so that no disk is measured. At least 0.8 GB of input
a second and at most 300 MB resident is what they are to be.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

import numpy as np

from tf1_recipes.recording.session_tap import TraceFile

STEPS = 25
SHAPE = (2500, 4000)  # 40 MB


def write(path, perturb=None):
    trace = TraceFile(path, {})
    weights = np.random.RandomState(0).standard_normal(SHAPE).astype(np.float32)
    for number in range(STEPS):
        array = weights if perturb is None else perturb(weights)
        trace.step(number, [("variables", "net/weights", array)], {})
        weights = weights[::-1]
    trace.close({})


def plain_read(paths):
    buffer = bytearray(1 << 20)
    start = time.perf_counter()
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while file.readinto(buffer):
                pass
    return time.perf_counter() - start


def compare(paths, options):
    """Returns the seconds, the peak memory in bytes and the exit status of a comparison."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "tf1_recipes", "compare", *paths, *options],
                             stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    return time.perf_counter() - start, usage.ru_maxrss * 1024, os.waitstatus_to_exitcode(status)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", default="/dev/shm" if os.path.isdir("/dev/shm") else None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        a, same, near, other = (os.path.join(folder, name + ".npz")
                                for name in ("a", "same", "near", "other"))
        for path, perturb in ((a, None), (same, None),
                              (near, lambda w: np.nextafter(w, np.float32(np.inf))),
                              (other, lambda w: w * np.float32(1 + 1e-5))):
            write(path, perturb)
        size = 2 * os.path.getsize(a)
        print("%.2f GB of input in %s, best of %d" % (size / 1e9, folder, options.repeat))
        print("%-34s %6s %8s %8s %6s" % ("", "GB/s", "of read", "MB peak", "exit"))
        for title, b, extra, expected in (
                ("identical", same, [], 0),
                ("1 ULP apart, --ulp 1", near, ["--ulp", "1"], 0),
                ("1 ULP apart, no tolerance", near, [], 1),
                ("1e-5 apart, --rtol 1e-4", other, ["--rtol", "1e-4"], 0),
                ("1e-5 apart, --rtol 1e-6", other, ["--rtol", "1e-6"], 1)):
            runs = [(plain_read([a, b]), *compare([a, b], extra)) for _ in range(options.repeat)]
            read, best = min(run[0] for run in runs), min(run[1] for run in runs)
            assert all(run[3] == expected for run in runs), runs
            print("%-34s %6.2f %8.2f %8.0f %6d" % (
                title, size / best / 1e9, read / best, max(run[2] for run in runs) / 1e6, expected))


if __name__ == "__main__":
    main()
