"""What recording costs: time and memory, on a net of 10 million float32 weights.

    python tests/benchmarks/recording_cost.py

Three kinds of step alternate in one process: plain; recorded; and plain, then the weights fetched
and written with ``np.save``. What recording costs is the recorded step less the plain one; what
``np.save`` costs, the third less the plain one; medians. Both write to the same file system, a
tmpfs where there is one, because a disk's write-back would drown the difference. Then each kind
runs in a process of its own, whose peak memory while it steps is read (from Linux's ``/proc``). At
most 1.3 in time, and at most two copies of the weights (80 MB) in memory, is what they are to be.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402

from tf1_recipes.recording import session_tap  # noqa: E402
from tf1_recipes.v1 import tf  # noqa: E402

SIDES = [1000, 2500, 2500, 480]  # 2.5 + 6.25 + 1.2 million weights


class Net:
    """A tanh net and its gradient descent step on a batch of two."""

    def __init__(self):
        self.inputs = tf.placeholder(tf.float32, [None, SIDES[0]])
        output, self.variables = self.inputs, []
        for number, (rows, columns) in enumerate(zip(SIDES, SIDES[1:])):
            weights = tf.get_variable("w%d" % number, [rows, columns])
            self.variables.append(weights)
            output = tf.tanh(tf.matmul(output, weights))
        loss = tf.reduce_sum(output ** 2)
        self.train = tf.train.GradientDescentOptimizer(1e-3).minimize(loss)
        # The same tensors for both sides.
        self.reads = session_tap.GraphView(tf.get_default_graph()).reads()
        self.session = tf.Session()
        self.session.run(tf.global_variables_initializer())
        self.batch = np.ones([2, SIDES[0]], np.float32)

    def step(self):
        self.session.run(self.train, {self.inputs: self.batch})


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def fetch_and_save(net, file):
    for array in net.session.run(list(net.reads.values())):
        np.save(file, array)
    file.flush()


def measure(steps, folder):
    net = Net()
    from tensorflow.python.client.session import BaseSession
    trace = session_tap.TraceFile(os.path.join(folder, "recorded.npz"), {})
    tap = session_tap.Tap(trace)
    detach = session_tap.attach(tap, BaseSession)
    net.session.run(tf.global_variables_initializer())
    net.step()
    detach()
    times = {"plain": [], "recorded": [], "np.save": []}
    with open(os.path.join(folder, "saved.npy"), "wb") as file:
        fetch_and_save(net, file)
        for _ in range(steps):
            times["plain"].append(seconds(net.step))
            detach = session_tap.attach(tap, BaseSession)
            times["recorded"].append(seconds(net.step))
            detach()
            times["np.save"].append(seconds(net.step) + seconds(lambda: fetch_and_save(net, file)))
        written = file.tell() / (steps + 1)
    trace.close(tap.summary())
    plain, recorded, saved = (statistics.median(times[kind])
                              for kind in ("plain", "recorded", "np.save"))
    print("%.1f MB a step in %s, medians of %d steps" % (written / 1e6, folder, steps))
    print("plain step                        %7.1f ms" % (1e3 * plain))
    print("recording it costs                %7.1f ms" % (1e3 * (recorded - plain)))
    print("fetching and np.save cost         %7.1f ms" % (1e3 * (saved - plain)))
    print("ratio                             %7.2f    (at most 1.3)" % (
        (recorded - plain) / (saved - plain)))


def peak(kind, folder):
    net = Net()
    if kind == "recorded":
        from tensorflow.python.client.session import BaseSession
        trace = session_tap.TraceFile(os.path.join(folder, "memory.npz"), {})
        session_tap.attach(session_tap.Tap(trace), BaseSession)
        net.session.run(tf.global_variables_initializer())
    net.step()
    # The peak of the initialisers, higher than that of a step, is not to hide what a step needs.
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    for _ in range(5):
        net.step()
    with open("/proc/self/status") as file:
        print(next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) * 1024)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--peak", choices=["plain", "recorded"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", default="/dev/shm" if os.path.isdir("/dev/shm") else None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        if options.peak:
            peak(options.peak, folder)
            return
        measure(options.steps, folder)
        peaks = [statistics.median(int(subprocess.run(
            [sys.executable, __file__, "--peak", kind], check=True, capture_output=True,
            text=True).stdout) for _ in range(3)) for kind in ("plain", "recorded")]
    print("peak memory of unrecorded steps  %7.1f MB" % (peaks[0] / 1e6))
    print("recorded, more by                 %7.1f MB (at most 80)" % ((peaks[1] - peaks[0]) / 1e6))


if __name__ == "__main__":
    main()
