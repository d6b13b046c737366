"""Distributed training as people write it: TF1, the four flags, a MonitoredTrainingSession.

loss = mean of (x w - y)^2 with whole numbers in x and y, a rate of 1/8 and batches of 4: the sums
are exact, so the numbers are the same in any order and on any processor.
"""
from __future__ import print_function

import argparse
import os
import signal

import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser()
parser.add_argument("--job_name", default="worker")
parser.add_argument("--task_index", type=int, default=0)
parser.add_argument("--ps_hosts", default="")
parser.add_argument("--worker_hosts", default="")
parser.add_argument("--steps", type=int, default=4)
parser.add_argument("--trained_by", type=int, default=0, help="the worker that trains")
parser.add_argument("--sync", action="store_true")
parser.add_argument("--checkpoints", help="a folder")
parser.add_argument("--save_every", type=int, default=1, help="steps")
parser.add_argument("--die_after", type=int, help="kill this process after the step, once")
parser.add_argument("--wait_after", type=int, help="wait to be killed after the step, once")
options = parser.parse_args()

is_chief = options.task_index == 0
target, device, config = "", None, None
if options.ps_hosts:
    cluster = tf.train.ClusterSpec({"ps": options.ps_hosts.split(","),
                                    "worker": options.worker_hosts.split(",")})
    server = tf.train.Server(cluster, options.job_name, options.task_index)
    if options.job_name == "ps":
        server.join()
    target = server.target
    me = "/job:worker/task:%d" % options.task_index
    device = tf.train.replica_device_setter(cluster=cluster, worker_device=me)
    config = tf.ConfigProto(device_filters=["/job:ps", me])

rows = 2 if options.sync else 4
with tf.device(device):
    x = tf.placeholder(tf.float32, [rows, 4], "x")
    y = tf.placeholder(tf.float32, [rows, 1], "y")
    w = tf.get_variable("w", [4, 1], initializer=tf.zeros_initializer(),
                        partitioner=tf.fixed_size_partitioner(2))
    step = tf.train.get_or_create_global_step()
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - y), name="loss")
    optimizer = tf.train.MomentumOptimizer(0.125, 0.5)
    hooks = []
    if options.sync:
        optimizer = tf.train.SyncReplicasOptimizer(optimizer, 2, 2)
        hooks.append(optimizer.make_session_run_hook(is_chief, num_tokens=0))
    train = optimizer.minimize(loss, global_step=step)
    with tf.device("/job:ps/task:0" if target else None):
        ready = tf.FIFOQueue(2, tf.int32, [[]], shared_name="ready")
        done = tf.FIFOQueue(1, tf.int32, [[]], shared_name="done")
    # Twice, for a worker that is started again.
    say_ready, wait_ready = ready.enqueue_many([[0, 0]]), ready.dequeue()
    say_done, wait_done = done.enqueue(0), done.dequeue()


def batch(number):
    return (np.arange(16, dtype=np.float32).reshape([4, 4]) + number) % 3 - 1, (
        np.arange(4, dtype=np.float32).reshape([4, 1]) + number) % 2


if not is_chief:  # until the chief has initialised the variables
    with tf.Session(target, config=config) as session:
        session.run(wait_ready)
mine = slice(2 * options.task_index, 2 * options.task_index + 2) if options.sync else slice(4)
with tf.train.MonitoredTrainingSession(
        target, is_chief, options.checkpoints, hooks=hooks, config=config,
        save_checkpoint_steps=options.save_every, save_summaries_steps=None,
        log_step_count_steps=None, stop_grace_period_secs=1) as session:
    if is_chief and (options.trained_by or options.sync):
        session.run(say_ready)
    print("process", os.getpid(), flush=True)
    trains = options.sync or options.task_index == options.trained_by
    number = session.run(step)
    while trains and number < options.steps:
        inputs, targets = batch(number)
        _, value = session.run([train, loss], {x: inputs[mine], y: targets[mine]})
        number = session.run(step)
        print("step", number, "loss", value, flush=True)
        if not os.path.exists("died"):
            if number == options.wait_after:
                signal.pause()
            if number == options.die_after:
                open("died", "w").close()
                os.kill(os.getpid(), signal.SIGKILL)
    if options.trained_by or options.sync:
        session.run(wait_done if is_chief else say_done)
