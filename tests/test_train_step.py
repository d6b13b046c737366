import numpy as np

from tests.small_trainings import both_kinds
from tf1_recipes.graph.gating import before_gate, finish, gate, is_gated, tensors_held_by
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.decoupled import DecoupledWeightDecay


def evaluate(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def test_a_gate_passes_all_kinds_of_gradients():
    with tf.Graph().as_default():
        rows = tf.IndexedSlices(tf.ones([2, 3]), tf.constant([1, 0]), tf.constant([4, 3]))
        shapeless = tf.IndexedSlices(tf.ones([1]), tf.constant([2]))
        dense = tf.constant([5.0])
        values = gate([dense, None, rows, shapeless])
        assert values[1] is None
        assert values[3].dense_shape is None
        assert evaluate(values[0]).tolist() == [5.0]
        assert evaluate(values[2]).indices.tolist() == [1, 0]
        assert evaluate(values[2]).dense_shape.tolist() == [4, 3]
        assert before_gate(values[0]) is dense
        assert gate([None]) == [None]
        assert gate([]) == []


def test_nothing_is_released_before_everything_is_computed():
    with tf.Graph().as_default():
        log = tf.Variable(0, use_resource=True)
        slow = tf.ones([300, 300])
        for _ in range(20):
            slow = tf.matmul(slow, slow) / 300.0
        with tf.control_dependencies([slow]):
            computed = log.assign(1, read_value=False)
        quick, _ = gate([tf.constant(2.0), slow], also=[computed])
        with tf.control_dependencies([quick]):
            assert evaluate(log.read_value()) == 1


def test_what_is_gated_is_recognised():
    with tf.Graph().as_default():
        a, b, loss = tf.constant(1.0), tf.constant(2.0), tf.constant(3.0)
        rows = tf.IndexedSlices(tf.ones([1]), tf.constant([2]))
        values = gate([a, None, rows, b], also=[loss])
        assert is_gated(values)
        assert is_gated(values, [loss])
        assert is_gated(values[:2])
        assert not is_gated(values, [tf.constant(4.0)])
        assert not is_gated([values[0] * 1.0] + values[1:])
        assert not is_gated([a, b])
        assert not is_gated(gate([a]) + gate([b]))
        assert not is_gated([gate([a, b])[0], gate([a, b])[1]])
        # What a gate ends in, but without one, and behind one that does not wait for its input.
        assert not is_gated([tf.raw_ops.Snapshot(input=a), tf.raw_ops.Snapshot(input=b)])
        with tf.control_dependencies([tf.group(a, name="other")]):
            assert not is_gated([tf.raw_ops.Snapshot(input=b)])
            assert is_gated([tf.raw_ops.Snapshot(input=a)])


@both_kinds
def test_a_gradient_that_is_a_variables_own_memory_is_copied(use_resource):
    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=tf.fill([300000], 2.0), use_resource=use_resource)
        v = tf.get_variable("v", initializer=tf.fill([300000], 3.0), use_resource=use_resource)
        values = gate([tf.reshape(v.read_value(), [-1]), tf.stop_gradient(w), tf.ones([300000])])
        copied = [before_gate(value).op.type == "DeepCopy" for value in values]
        # A resource variable's read is safe: writing it copies what is still read.
        assert copied == [not use_resource, not use_resource, False]
        sgd = tf.train.GradientDescentOptimizer(1.0)
        with tf.Session() as session:
            train_op = sgd.apply_gradients(zip(values[:2], [w, v]))
            for _ in range(5):
                session.run(tf.global_variables_initializer())
                session.run(train_op)
                assert [set(value) for value in session.run([w, v])] == [{-1.0}, {1.0}]


@both_kinds
def test_the_step_moves_last(use_resource):
    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=1.0, use_resource=use_resource)
        step = tf.get_variable("step", initializer=np.int64(4), use_resource=use_resource)
        with tf.name_scope("outer"), tf.name_scope("train") as scope:
            update = tf.assign_add(w, 1.0).op
        train_op = finish([update], step, scope)
        assert train_op.name == "outer/train"
        assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == [train_op]
        moved, = train_op.control_inputs
        # TensorFlow hangs the dependency on the 1 that is added.
        assert update in moved.inputs[1].op.control_inputs
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train_op)
            assert session.run([w, step]) == [2.0, 5]


def test_the_tensors_of_all_wrapped_optimizers_are_found():
    with tf.Graph().as_default():
        low, high, rate = (tf.placeholder(tf.float32, [], name) for name in ("low", "high", "rate"))
        optimizer = DecoupledWeightDecay(GroupedOptimizer([
            (tf.train.GradientDescentOptimizer(low), "a"),
            (tf.train.MomentumOptimizer(high, 0.9), "b"), ("frozen", "c")]), rate)
        assert tensors_held_by(optimizer) == [rate, low, high]
    with tf.Graph().as_default():
        assert tensors_held_by(optimizer) == []


def test_a_gate_holds_between_two_constant_factors_after_the_graph_was_optimized():
    """Merged into one, the factors leave a product of constants, which no gate can wait for."""
    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=tf.fill([300000], 2.0), use_resource=True)
        v = tf.get_variable("v", initializer=tf.fill([300000], 3.0), use_resource=True)
        below = [tf.fill([300000], 5.0) * v, tf.fill([300000], 5.0) * w]
        for_w, for_v = gate(below)
        updates = [
            tf.raw_ops.ResourceApplyGradientDescent(var=w.handle, alpha=0.1, delta=for_w * 2.0),
            tf.raw_ops.ResourceApplyGradientDescent(var=v.handle, alpha=0.1, delta=for_v * 2.0)]
        metadata = tf.RunMetadata()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(updates, options=tf.RunOptions(output_partition_graphs=True),
                        run_metadata=metadata)
            assert set(session.run(w)) == {-1.0}  # 2 - 0.1 * 2 * 5 * 3
            assert set(session.run(v)) == {1.0}  # 3 - 0.1 * 2 * 5 * 2
    nodes = {node.name: node for graph in metadata.partition_graphs for node in graph.node}
    reads = {name for name, node in nodes.items() if node.op == "ReadVariableOp"}
    assert len(reads) == 2
    for name, node in nodes.items():
        if node.op == "ResourceApplyGradientDescent":
            assert reads <= ancestors(nodes, name)


def ancestors(nodes, name):
    found, waiting = set(), [name]
    while waiting:
        for source in nodes[waiting.pop()].input:
            source = source.lstrip("^").split(":")[0]
            if source not in found:
                found.add(source)
                waiting.append(source)
    return found
