"""What explaining adds to the time of ``tf1-recipes compare``: at most 50 %.

    python tests/benchmarks/explain_time.py

Every comparison is a process of its own, start-up included, once with and once without
``--no-explain``; the best of each is compared, in processor time, which other load on the machine
hardly moves. The traces part by a learning rate, by rounding, or
by what nothing explains; they have few large tensors, many small ones, or many steps.
"""
import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile

import numpy as np

from tf1_recipes.recording.session_tap import TraceFile

CASES = {  # tensors, elements of each, steps
    "2 tensors of 40 MB, 6 steps": (2, 10_000_000, 6),
    "500 tensors of 4 kB, 60 steps": (500, 1000, 60),
    "10 tensors of 4 kB, 1,000 steps": (10, 1000, 1000),
    "4 tensors of 400 B, 20 steps": (4, 100, 20),
}


def write(path, tensors, elements, steps, kind):
    """Gradient descent towards 0 of random weights; B's part from A's as ``kind`` says."""
    trace = TraceFile(path, {})
    random = np.random.RandomState(0)
    weights = [random.standard_normal(elements).astype(np.float32) for _ in range(tensors)]
    other = np.random.RandomState(1)
    for step in range(steps):
        arrays = [("variables", "layer%03d/kernel" % place, each)
                  for place, each in enumerate(weights)]
        trace.step(step, arrays, {"session": 0, "initial": step == 0})
        rate = np.float32(0.02 if kind == "rate" else 0.01)
        for place, each in enumerate(weights):
            each = each - rate * np.tanh(each + np.float32(0.5))
            if kind == "rounding" and step == 0:
                each = np.nextafter(each, np.float32(9))
            if kind == "noise":
                each = each + (1e-3 * other.standard_normal(elements)).astype(np.float32)
            weights[place] = each
    trace.close({})


def write_apart(*arguments):
    """Writes in a process of its own: a child's peak memory begins with its parent's."""
    child = multiprocessing.get_context("spawn").Process(target=write, args=arguments)
    child.start()
    child.join()


def compare(paths, options):
    child = subprocess.Popen([sys.executable, "-m", "tf1_recipes", "compare", *paths, *options],
                             stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", default="/dev/shm" if os.path.isdir("/dev/shm") else None)
    options = parser.parse_args()
    print("%-34s %-9s %9s %9s %6s %8s" % ("", "parts by", "compare", "explain", "ratio", "MB peak"))
    worst = 0.0
    for title, (tensors, elements, steps) in CASES.items():
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            a, b = (os.path.join(folder, name) for name in ("a.npz", "b.npz"))
            write_apart(a, tensors, elements, steps, "")
            for kind in ("rate", "rounding", "noise"):
                write_apart(b, tensors, elements, steps, kind)
                plain, full = [], []
                for _ in range(options.repeat):
                    plain.append(compare([a, b], ["--no-explain"]))
                    full.append(compare([a, b], []))
                ratio = min(full)[0] / min(plain)[0]
                worst = max(worst, ratio)
                print("%-34s %-9s %7.2f s %7.2f s %6.2f %8.0f" % (
                    title, kind, min(plain)[0], min(full)[0], ratio, max(each[1] for each in full)))
                os.remove(b)
    print("at the worst %.2f; at most 1.50 is allowed" % worst)
    return worst > 1.5


if __name__ == "__main__":
    sys.exit(main())
