# -*- coding: utf-8 -*-
"""Prints the op seeds that graphs get, on any TensorFlow from 0.12 on.

    python seed_cases.py fixtures/seeds/cases.txt figures.json

Each line of the cases is a program (`` ;; `` for a new line) that builds a part of a graph of its
own under ``tf.set_random_seed``, and is followed by ``tf.random_uniform([])``. The figures are the
seeds of all its random ops, so that the last one counts the ops; a case that a release has not is
left out.
"""
from __future__ import print_function

import io
import json
import sys
import warnings

import tensorflow as tf

PLACEHOLDERS = """
x = tf.placeholder(tf.float32, [None, 8], "x")
s = tf.placeholder(tf.float32, [4, 8], "s")
img = tf.placeholder(tf.float32, [None, 8, 8, 3], "img")
y = tf.placeholder(tf.float32, [None, 8], "y")
ids = tf.placeholder(tf.int32, [None], "ids")
seq = tf.placeholder(tf.float32, [None, 5, 8], "seq")
p = tf.placeholder(tf.float32, [], "p")
"""


def seeds_of(case):
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        names = {"tf": tf}
        exec(PLACEHOLDERS + case.replace(" ;; ", "\n") + "\ntf.random_uniform([])", names)
        return [int(op.get_attr("seed2")) for op in graph.get_operations()
                if "seed2" in op.node_def.attr]


def main(cases, figures):
    warnings.simplefilter("ignore")
    found = {}
    with io.open(cases, encoding="utf-8") as lines:
        for case in lines.read().splitlines():
            try:
                found[case] = seeds_of(case)
            except Exception as error:
                print("%s: %s" % (case, error), file=sys.stderr)
    with io.open(figures, "w", encoding="utf-8") as out:
        out.write(u"{\n%s\n}\n" % u",\n".join(
            u"%s: %s" % (json.dumps(case), json.dumps(found[case])) for case in sorted(found)))


if __name__ == "__main__":
    main(*sys.argv[1:])
