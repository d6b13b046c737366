"""How long a plan and its restore take by the number of variables, beside TensorFlow's own Saver.

    python tests/benchmarks/restore_time.py

Processor's seconds, the sources alternating, the median of the repeats, and the exponent of the
number of variables that fits them best: 1 is linear. Each variable is renamed by a pattern, and
trained by momentum whose slot is restored, too. "absent" is a plan in which every tensor is
missing, and every problem is reported; "saver" is TensorFlow's own Saver.
"""
import argparse
import os
import tempfile
import time

import numpy as np

from tf1_recipes import plan_restore
from tf1_recipes.v1 import tf

SIZES = [250, 1000, 4000]
NAMES = {r"old(\d+)/weights": r"new\1/kernel"}


def built(start, end, count, use_resource=False):
    """Half of the variables are weights, half their slots, as MomentumOptimizer names them."""
    initial = tf.zeros([2])
    for number in range(count // 2):
        name = "%s%d/%s" % (start, number, end)
        tf.get_variable(name, initializer=initial, use_resource=use_resource)
        tf.get_variable(name + "/Momentum", initializer=initial, trainable=False,
                        use_resource=use_resource)


def saved(folder, count):
    """A checkpoint of ``count`` variables, and the same as arrays."""
    names = ["old%d/weights%s" % (number, end)
             for number in range(count // 2) for end in ("", "/Momentum")]
    path = os.path.join(folder, "m%d.ckpt" % count)
    with tf.Graph().as_default(), tf.Session() as session:
        session.run(tf.raw_ops.SaveV2(
            prefix=path, tensor_names=names, shape_and_slices=[""] * count,
            tensors=[tf.ones([2])] * count))
    arrays = {name: np.ones(2, np.float32) for name in names}
    return {"checkpoint": path, "arrays": arrays, "absent": {"other": np.ones(2)}, "saver": path}


def seconds(source, title, count, use_resource):
    """Processor's seconds of the plan, and of its restore."""
    with tf.Graph().as_default(), tf.Session() as session:
        built("old" if title == "saver" else "new", "weights" if title == "saver" else "kernel",
              count, use_resource)
        begun = time.process_time()
        if title == "saver":
            saver = tf.train.Saver()
            planned = time.process_time()
            saver.restore(session, source)
            return planned - begun, time.process_time() - planned
        options = {} if title == "absent" else {"names": NAMES, "slots": True}
        plan = plan_restore(source, **options)
        planned = time.process_time()
        if not plan.problems:
            plan.restore(session)
        return planned - begun, time.process_time() - planned


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    titles = ["checkpoint", "arrays", "absent", "saver"]
    with tempfile.TemporaryDirectory() as folder:
        sources = {count: saved(folder, count) for count in SIZES}
        for use_resource in (False, True):
            times = {(title, count): np.median([
                seconds(sources[count][title], title, count, use_resource)
                for _ in range(options.repeat)], 0) for count in SIZES for title in titles}
            print("%s variables: %s; exponents of the plan, and of both" % (
                "resource" if use_resource else "ref", ", ".join(map(str, SIZES))), flush=True)
            for title in titles:
                found = np.array([times[title, count] for count in SIZES])
                exponents = [np.polyfit(np.log(SIZES), np.log(each), 1)[0]
                             for each in (found[:, 0], found.sum(1))]
                print("  %-10s plan %s, restore %s s; %.2f, %.2f" % (
                    title, *(" ".join("%.2f" % each for each in column) for column in found.T),
                    *exponents))


if __name__ == "__main__":
    main()
