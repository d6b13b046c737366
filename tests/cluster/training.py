"""Trains every recipe in turn: in one process, or as a member of a cluster. A program of its own.

    python training.py --out FOLDER
    tf1-recipes cluster --ps 2 --workers 2 training.py --sync --out FOLDER

The model has two layers, each partitioned into two parts by its rows:

    loss = sum over the batch of (x a b - y)^2 / batch size         x [8, 4], a [4, 2], b [2, 2]

With --sync, each of two workers has a half of every batch, and the average of their gradients is
that of the whole batch. FOLDER/<recipe>.npz is the trace of a and b, which the chief writes.
"""
import argparse
import collections
import os

import numpy as np

import tf1_recipes as recipes
from tf1_recipes import traces
from tf1_recipes.v1 import tf

STEPS, BATCH = 5, 8
A = np.float32([[1, -0.5], [0.25, 0.75], [-1, 0.5], [0.5, 1]])
B = np.float32([[1.5, -1], [0.5, 0.25]])


def batch(step):
    """The inputs [8, 4] and targets [8, 2] of a step."""
    numbers = np.arange(BATCH * 6, dtype=np.float32).reshape([BATCH, 6]) * 7 + 5 * step
    numbers = numbers % 11 / 8 - 0.625
    return numbers[:, :4], numbers[:, 4:]


RECIPES = collections.OrderedDict()


def recipe(build):
    """Adds a function of a `Training` that returns its train op to the table."""
    RECIPES[build.__name__] = build
    return build


def sgd(rate):
    return tf.train.GradientDescentOptimizer(rate)


def momentum(rate):
    return tf.train.MomentumOptimizer(rate, 0.5)


@recipe
def plain_momentum(t):
    return t.minimize(momentum(0.05))


@recipe
def grouped(t):
    return t.minimize(recipes.GroupedOptimizer([(momentum(0.05), "a"), (sgd(0.1), "b")]))


@recipe
def layerwise(t):
    return t.minimize(recipes.layerwise_optimizer(momentum, 0.05, {"a": 0.5, "b": 2}))


@recipe
def declared(t):
    multipliers = recipes.LearningRateMultipliers(default=2.0)
    multipliers.of(list(t.a), 0.5)
    return t.minimize(recipes.layerwise_optimizer(momentum, 0.05, multipliers))


@recipe
def layerwise_adam(t):
    return t.minimize(recipes.layerwise_optimizer(adam, 0.05, {"a": 0.5}))


def adam(rate):
    return tf.train.AdamOptimizer(rate, 0.5, 0.75, 0.125)


@recipe
def unfreezing(t):
    return recipes.unfreeze_on_schedule(
        t.loss, lambda: momentum(0.05), [(0, "b"), (2, "a")], t.step).train_op


@recipe
def unfreezing_by_rates(t):
    """The same stages under gradient descent, for many workers: a rate of 0 until step 2."""
    late = recipes.piecewise_constant([1], [0.0, 0.05])(t.step)
    return t.minimize(recipes.GroupedOptimizer([(sgd(0.05), "b"), (sgd(late), "a")]))


@recipe
def decay_behind_update(t):
    return t.minimize(recipes.DecoupledWeightDecay(momentum(0.05), 0.1))


@recipe
def decay_before_update(t):
    return t.minimize(recipes.DecoupledWeightDecay(momentum(0.05), 0.1, "before_update"))


@recipe
def decay_op(t):
    return recipes.decay_after(t.minimize(momentum(0.05)), 0.1)


@recipe
def extended(t):
    optimizer = recipes.extend_with_decoupled_weight_decay(tf.train.MomentumOptimizer)
    return t.minimize(optimizer(0.1, 0.05, 0.5))


@recipe
def adam_w(t):
    return t.minimize(recipes.AdamWOptimizer(0.1, 0.05, 0.5, 0.75, 0.125))


@recipe
def momentum_w(t):
    return t.minimize(recipes.MomentumWOptimizer(0.1, 0.05, 0.5))


@recipe
def caffe(t):
    return t.minimize(recipes.CaffeSGDOptimizer(
        0.05, momentum=0.5, weight_decay=0.1, lr_mult={"b": 2}, decay_mult={"b": 0}))


@recipe
def multiplied(t):
    optimizer = t.distributed(momentum(0.05))
    pairs = optimizer.compute_gradients(t.loss)
    return optimizer.apply_gradients(
        recipes.multiply_gradients(optimizer, pairs, {"a": 0.5, "b": 2}), t.step)


class Clipping(tf.train.GradientDescentOptimizer):
    """Clips what it applies: behind the averaging, if that is outside of it."""

    def __init__(self, rate, *how):
        super().__init__(rate)
        self._how = how

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        clipped = recipes.clip_gradients(grads_and_vars, *self._how).grads_and_vars
        return super().apply_gradients(clipped, global_step, name)


@recipe
def clipped_by_value(t):
    return t.minimize(Clipping(0.1, "value", 0.5))


@recipe
def clipped_by_norm(t):
    return t.minimize(Clipping(0.1, "norm", 0.5))


@recipe
def clipped_by_global_norm(t):
    return t.minimize(Clipping(0.1, "global_norm", 1.0))


@recipe
def clipped_by_each_worker(t):
    optimizer = t.distributed(sgd(0.1))
    pairs = recipes.clip_gradients(optimizer.compute_gradients(t.loss), "value", 0.5)
    return optimizer.apply_gradients(pairs.grads_and_vars, t.step)


@recipe
def scaled(t):
    loss = t.loss_of([recipes.scale_gradient(part, 0.25) for part in t.a], list(t.b))
    return t.minimize(momentum(0.05), loss)


@recipe
def l2_collections(t):
    recipes.add_l2_loss(0.1, exclude="b")
    return t.minimize(momentum(0.05), recipes.total_loss(t.loss))


@recipe
def scheduled(t):
    return t.minimize(sgd(recipes.exponential_decay(0.1, 1, 0.5)(t.step)))


@recipe
def autoencoders(t):
    """The first phase, in which the common loss trains the lower layer only."""
    lower = tf.matmul(t.x, tf.concat(list(t.a), 0))
    return recipes.layerwise_autoencoders(
        t.x, [lower, tf.matmul(lower, tf.concat(list(t.b), 0))],
        lambda: t.distributed(momentum(0.05)), decoder=lambda code, source: source,
        loss=lambda *_: t.loss, global_step=t.step)[0].train_op


class Training:
    """What a recipe builds its train op from."""

    def __init__(self, options, is_chief, rows):
        self._sync = options.sync
        self.is_chief = is_chief
        self.hooks = []
        parts = tf.fixed_size_partitioner(2)
        self.a, self.b = (tf.get_variable(
            name, value.shape, tf.float32, of_rows(value), partitioner=parts,
            use_resource=options.resource) for name, value in (("a", A), ("b", B)))
        self.step = tf.train.get_or_create_global_step()
        self.x = tf.placeholder(tf.float32, [rows, 4], "x")
        self.y = tf.placeholder(tf.float32, [rows, 2], "y")
        self.loss = self.loss_of(list(self.a), list(self.b))

    def loss_of(self, a, b):
        outputs = tf.matmul(tf.matmul(self.x, tf.concat(a, 0)), tf.concat(b, 0))
        return tf.reduce_sum(tf.square(outputs - self.y)) / self.x.shape.as_list()[0]

    def distributed(self, optimizer):
        """The optimizer, around which the workers' gradients are averaged."""
        if not self._sync:
            return optimizer
        optimizer = tf.train.SyncReplicasOptimizer(optimizer, 2, 2)
        self.hooks.append(optimizer.make_session_run_hook(self.is_chief, num_tokens=0))
        return optimizer

    def minimize(self, optimizer, loss=None):
        return self.distributed(optimizer).minimize(
            self.loss if loss is None else loss, global_step=self.step)


def of_rows(value):
    """An initialiser that gives each part of a variable its rows."""
    def initializer(shape, dtype=None, partition_info=None):
        start = partition_info.var_offset[0] if partition_info else 0
        return tf.constant(value[start:start + shape[0]], dtype)
    return initializer


class Meeting:
    """Where two workers wait for each other: each puts a mark into the other one's queue.

    Without it a fast worker could give both gradients of a step: SyncReplicasOptimizer takes any
    two.
    """

    def __init__(self, task):
        with tf.device("/job:ps/task:0"):
            queues = [tf.FIFOQueue(2, tf.int32, [[]], shared_name="for_worker_%d" % number)
                      for number in (0, 1)]
        self.arrive, self.wait = queues[1 - task].enqueue(0), queues[task].dequeue()

    def __call__(self, session):
        session.run(self.arrive)
        session.run(self.wait)


def train(name, options, server, cluster):
    """Trains one recipe; the chief writes its trace."""
    is_chief = options.task_index == 0
    device = None if server is None else tf.train.replica_device_setter(
        cluster=cluster, worker_device="/job:worker/task:%d" % options.task_index)
    rows = slice(4 * options.task_index, 4 * options.task_index + 4) if options.sync else slice(8)
    with tf.Graph().as_default() as graph, graph.container(
            name.replace("_", ".")), graph.device(device):
        training = Training(options, is_chief, BATCH // (2 if options.sync else 1))
        train_op = RECIPES[name](training)
        meet = Meeting(options.task_index) if options.sync else lambda session: None
        if server is not None:
            assert [part.device for part in training.a] == ["/job:ps/task:0", "/job:ps/task:1"]
        # Else a session waits for the other workers, at its end, too, when they may be gone.
        config = tf.ConfigProto(device_filters=[
            "/job:ps", "/job:worker/task:%d" % options.task_index])
        if not is_chief:  # who else would look for the chief's variables every 30 s
            with tf.Session(server.target, config=config) as session:
                session.run(meet.wait)
        with tf.train.MonitoredTrainingSession(
                server.target if server else "", is_chief, hooks=training.hooks,
                save_summaries_steps=None, stop_grace_period_secs=1, config=config) as session:
            if options.sync and is_chief:
                session.run(meet.arrive)
            record(training, train_op, session, meet, rows,
                   os.path.join(options.out, name + ".npz") if is_chief else None)


def record(training, train_op, session, meet, rows, path):
    def values():
        return {name: np.concatenate(session.run(list(variable)))
                for name, variable in (("a", training.a), ("b", training.b))}

    trace = traces.writer(path) if path else None
    if trace:
        trace.initial(values())
    for step in range(STEPS):
        x, y = batch(step)
        session.run(train_op, {training.x: x[rows], training.y: y[rows]})
        if trace:
            trace.step(values())
        meet(session)
    if trace:
        trace.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--job_name", default="worker")
    parser.add_argument("--task_index", type=int, default=0)
    parser.add_argument("--ps_hosts")
    parser.add_argument("--worker_hosts")
    parser.add_argument("--sync", action="store_true")
    parser.add_argument("--resource", action="store_true")
    parser.add_argument("--out")
    parser.add_argument("--recipes", nargs="*", default=list(RECIPES))
    options = parser.parse_args()
    server = cluster = None
    if options.ps_hosts:
        cluster = tf.train.ClusterSpec({"ps": options.ps_hosts.split(","),
                                        "worker": options.worker_hosts.split(",")})
        server = tf.train.Server(cluster, options.job_name, options.task_index)
        if options.job_name == "ps":
            server.join()
    for name in options.recipes:
        train(name, options, server, cluster)
        print("trained", name, flush=True)


if __name__ == "__main__":
    main()
