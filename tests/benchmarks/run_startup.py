"""What ``tf1-recipes run`` costs: at the start of a script, and at every ``Session.run``.

    python tests/benchmarks/run_startup.py [--rounds 15]

Start-up: processes alternate between `python` on a script that imports today's TensorFlow as TF1
code has to (``tensorflow.compat.v1``, legacy Keras, v2 behaviour disabled) and `tf1-recipes run` on
the script as it was written; medians of the processor's time. At most 0.5 s more is the aim.
There is a short script, a long one of Python 2 that has to be translated, and one that imports
modules of its own.

`Session.run`: a tiny graph is run in blocks that alternate between a session made of
``tf.compat.v1`` and one that a script makes through what it imports; medians of the blocks.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile

TODAY = """
import os
os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
"""
BODY = """
x = tf.placeholder(tf.float32, [None, 2])
y = tf.layers.dense(x, 3)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(y, {x: [[1, 2]]})
"""
SHORT = "import tensorflow as tf\n" + BODY
# 1,200 lines, as the longest single scripts of public repositories have.
FUNCTIONS = "".join("""
def layer_%d(inputs, units, rate=1 / 2.0):
    # A comment.
    sizes = {"a": 1, "b": 2}
    for key, size in sizes.items():
        if size == units:
            print key, size
    outputs = inputs * units + len("text")
    return outputs
""" % number for number in range(130))
LONG_OF_PYTHON_2 = "import tensorflow as tf\n" + BODY + FUNCTIONS

LOOP = """
import sys, time
%s
x = tf.placeholder(tf.float32, [2])
y = x + 1.0
sess = tf.Session()
for _ in range(2000):
    sess.run(y, {x: [1.0, 2.0]})
for _ in range(%d):
    start = time.perf_counter()
    for _ in range(500):
        sess.run(y, {x: [1.0, 2.0]})
    print((time.perf_counter() - start) / 500)
"""


def seconds(command, folder):
    """Returns the processor's time that a command takes: what else runs here does not count."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit("%s failed" % " ".join(command))
    return used.ru_utime + used.ru_stime


def median_seconds(commands, rounds, folder):
    """Returns the median of each, the commands taking turns; the first round warms up."""
    times = [[] for _ in commands]
    for _ in range(rounds + 1):
        for command, found in zip(commands, times):
            found.append(seconds(command, folder))
    return [statistics.median(found[1:]) for found in times]


def write(folder, name, text):
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


def start_up(rounds, folder):
    write(folder, "today.py", TODAY + BODY)
    write(folder, "short.py", SHORT)
    write(folder, "long_2.py", LONG_OF_PYTHON_2)
    write(folder, "own.py", SHORT + "import layers_1, layers_2\n")
    for number in (1, 2):
        write(folder, "layers_%d.py" % number,
              "import tensorflow as tf\n" + FUNCTIONS.replace("print key, size", "print(key)"))
    runs = [[sys.executable, "-m", "tf1_recipes", "run", name]
            for name in ("short.py", "long_2.py", "own.py")]
    plain, *ours = median_seconds([[sys.executable, "today.py"], *runs], rounds, folder)
    print("start-up: plain python              %6.2f s" % plain)
    for title, found in zip(("short script", "1,200 lines of Python 2", "two modules of its own"),
                            ours):
        print("  tf1-recipes run, %-23s %5.2f s more (at most 0.5)" % (title, found - plain))


def each_run(blocks, folder):
    write(folder, "loop_today.py", LOOP % (TODAY, blocks))
    write(folder, "loop.py", LOOP % ("import tensorflow as tf", blocks))
    sides = [[sys.executable, "-u", "loop_today.py"],
             [sys.executable, "-u", "-m", "tf1_recipes", "run", "loop.py"]]
    medians = [[], []]
    for _ in range(5):
        for side, found in zip(sides, medians):
            printed = subprocess.run(side, cwd=folder, check=True, capture_output=True, text=True)
            found.append(statistics.median(map(float, printed.stdout.split())))
    plain, ours = (statistics.median(found[1:]) for found in medians)
    print("Session.run: plain %.1f microseconds, by tf1-recipes run x %.3f" % (
        plain * 1e6, ours / plain))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--blocks", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start_up(options.rounds, folder)
        each_run(options.blocks, folder)


if __name__ == "__main__":
    main()
