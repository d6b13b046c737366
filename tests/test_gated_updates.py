"""What an optimizer's rate reads is read before the step, whoever trains it and however it is made.

    loss = a * b,  a = 3,  b = 0.5:      a = a - rate * b,  b = b - 0.5 * a = -1

The rate of a is b itself, 0.5 before the step and -1 after it: a is 2.75, or 3.5 if b is read late.
"""
import pytest

from tests.graph_order import races
from tests.small_trainings import both_kinds, values_after, variable
from tf1_recipes.graph.gated_updates import apply_gated, gated_for
from tf1_recipes.graph.gating import gate, gate_of
from tf1_recipes.learning_rates.grouped import GroupedOptimizer
from tf1_recipes.learning_rates.layerwise import layerwise_optimizer
from tf1_recipes.v1 import tf

Descent = tf.train.GradientDescentOptimizer


class OwnPrepare(Descent):
    """Reads its rate where TensorFlow's optimizers do."""

    def __init__(self, read):
        super(OwnPrepare, self).__init__(0.0)
        self.read = [read]  # in a list: no setting that can be seen from outside

    def _prepare(self):
        self._learning_rate_tensor = tf.convert_to_tensor(self.read[0])


class OwnApply(Descent):
    """Keeps its rate as it is given, and updates by hand."""

    def __init__(self, given):
        super(OwnApply, self).__init__(0.0)
        self.given = given

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        return tf.group(*[tf.assign_sub(each, self.given * gradient)
                          for gradient, each in grads_and_vars])


class Sometimes(tf.train.Optimizer):
    """Wraps an optimizer whose updates it makes in a branch."""

    def __init__(self, optimizer):
        super(Sometimes, self).__init__(False, "Sometimes")
        self._optimizer = optimizer

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        pairs = list(grads_and_vars)
        finite = tf.reduce_all(tf.is_finite(pairs[0][0]))
        return tf.cond(finite, lambda: self._optimizer.apply_gradients(pairs), tf.no_op)


class Named(tf.train.Optimizer):
    """Wraps an optimizer, which knows it, under a name that TensorFlow does not use."""

    def __init__(self, optimizer):
        super(Named, self).__init__(False, "Named")
        self.inner = optimizer
        optimizer.outer = self

    def apply_gradients(self, *args, **kwargs):
        return self.inner.apply_gradients(*args, **kwargs)


class InBranch(Descent):
    """Leaves ``apply_gradients`` as it is, and makes each update in a branch."""

    def __init__(self, rate):
        super(InBranch, self).__init__(rate)
        self.chosen = tf.placeholder_with_default(True, [])

    def _apply_dense(self, grad, var):
        parent = super(InBranch, self)
        return tf.cond(self.chosen, lambda: tf.group(parent._apply_dense(grad, var)), tf.no_op)

    def _resource_apply_dense(self, grad, handle):
        parent = super(InBranch, self)
        return tf.cond(self.chosen,
                       lambda: tf.group(parent._resource_apply_dense(grad, handle)), tf.no_op)


class Several(tf.train.Optimizer):
    """Keeps its optimizers in a list."""

    def __init__(self, *optimizers):
        super(Several, self).__init__(False, "Several")
        self.all = list(optimizers)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        return self.all[0].apply_gradients(grads_and_vars)


MEMBERS = {
    "a variable": Descent,
    "its own memory": lambda b: Descent(tf.identity(b)),
    "a tensor": lambda b: Descent(b * 1.0),
    "a function": lambda b: Descent(lambda: b * 1.0),
    "a function that returns a variable": lambda b: Descent(lambda: b),
    "another setting": lambda b: tf.train.MomentumOptimizer(lambda: b, lambda: b * 2.0),
    "in _prepare": OwnPrepare,
    "in apply_gradients": OwnApply,
    "in a branch": lambda b: Sometimes(Descent(b)),
    "of a function in a branch": lambda b: Sometimes(Descent(lambda: b)),
    "in _prepare in a branch": lambda b: Sometimes(OwnPrepare(b)),
    "in a list of optimizers": lambda b: Several(Descent(lambda: b)),
    "in nested groups": lambda b: GroupedOptimizer([(Descent(lambda: b), "a")]),
    "in an optimizer of users": lambda b: Named(Descent(lambda: b * 1.0)),
}

# With nothing to do, each returns the memory of what it is given.
PASS_ON = {
    "mean": tf.reduce_mean,
    "sum": tf.reduce_sum,
    "max": tf.reduce_max,
    "transpose": tf.transpose,
    "broadcast": lambda b: tf.broadcast_to(b, []),
    "slice": lambda b: tf.slice(tf.reshape(b, [1]), [0], [1])[0],
    "tile": lambda b: tf.reshape(tf.tile(tf.reshape(b, [1]), [1]), []),
    "pad": lambda b: tf.reshape(tf.pad(tf.reshape(b, [1]), [[0, 0]]), []),
    "stack": lambda b: tf.reshape(tf.stack([b]), []),
    "bitcast": lambda b: tf.bitcast(b, tf.float32),
    "print": lambda b: tf.raw_ops.Print(input=b, data=[]),
    "cond": lambda b: tf.cond(tf.placeholder_with_default(True, []), lambda: b, lambda: b * 2.0),
    "while_loop": lambda b: tf.while_loop(
        lambda n, _: n < 1, lambda n, rate: (n + 1, rate), [0, tf.identity(b)])[1],
}


@pytest.mark.parametrize("operation", PASS_ON)
def test_an_operation_that_has_nothing_to_do_is_no_copy(operation):
    """The gradient was computed before b was written, and is used after that."""
    with tf.Graph().as_default():
        b = variable("b", 0.5)
        given, = gate([PASS_ON[operation](tf.identity(b))])
        with tf.control_dependencies([given.op.inputs[0].op]):
            written = tf.assign(b, -1.0)
        given.op._add_control_input(written.op)
        assert values_after(tf.no_op(), given) == 0.5


@pytest.mark.parametrize("operation", PASS_ON)
def test_a_rate_that_an_operation_passes_on_is_read_before_the_step(operation):
    with tf.Graph().as_default():
        a, b = variable("a", 3.0), variable("b", 0.5)
        before = len(tf.get_default_graph().get_operations())
        GroupedOptimizer([(Descent(0.5), b), (Descent(lambda: PASS_ON[operation](b)), a)]).minimize(
            a * b)
        made = tf.get_default_graph().get_operations()[before:]
        assert [op for op in made if op.type == "DeepCopy"]


@both_kinds
@pytest.mark.parametrize("how", MEMBERS)
def test_a_rate_that_another_group_trains_is_read_before_the_step(how, use_resource):
    with tf.Graph().as_default():
        a, b = variable("a", 3.0, use_resource), variable("b", 0.5, use_resource)
        # First and last, since the updates of the first are built first.
        for members in ([(Descent(0.5), b), (MEMBERS[how](b), a)],
                        [(MEMBERS[how](b), a), (Descent(0.5), b)]):
            step = GroupedOptimizer(members).minimize(a * b)
            assert races(step) == []
            assert values_after(step, [a, b]) == [2.75, -1.0]


@both_kinds
def test_a_rate_may_be_the_weight_that_it_moves(use_resource):
    with tf.Graph().as_default():
        a = variable("a", 3.0, use_resource)
        step = GroupedOptimizer([(Descent(lambda: a), a)]).minimize(2.0 * a)
        assert races(step) == []
        assert values_after(step, a) == -3.0


@both_kinds
def test_a_layerwise_rate_may_be_a_weight(use_resource):
    with tf.Graph().as_default():
        a, b = variable("a", 3.0, use_resource), variable("b", 0.5, use_resource)
        step = layerwise_optimizer(Descent, b, {"a": 1.0, "b": 0.5}).minimize(a * b)
        assert races(step) == []
        assert values_after(step, [a, b]) == [2.75, -0.25]


def test_a_rate_under_control_inputs_of_the_caller_is_read_behind_them():
    with tf.Graph().as_default():
        a, rate = variable("a", 3.0, True), variable("rate", 9.0, True, trainable=False)
        with tf.control_dependencies([rate.assign(0.5)]):
            step = GroupedOptimizer([(Descent(rate), a)]).minimize(2.0 * a)
        assert races(step) == []
        assert values_after(step, a) == 2.0


@both_kinds
def test_updates_in_branches_wait_for_all_gradients(use_resource):
    with tf.Graph().as_default():
        a, b = variable("a", 3.0, use_resource), variable("b", 0.5, use_resource)
        step = GroupedOptimizer([(InBranch(0.5), a), (Descent(0.5), b)]).minimize(a * b)
        assert races(step) == []
        assert values_after(step, [a, b]) == [2.75, -1.0]


def test_a_rate_that_an_earlier_step_left_behind_is_read_anew():
    with tf.Graph().as_default():
        a, b = variable("a", 3.0), variable("b", 0.5)
        descent = Descent(tf.identity(b))
        descent.minimize(a * b, var_list=[a])
        rate = descent._learning_rate_tensor
        step = GroupedOptimizer([(Descent(0.5), b), (descent, a)]).minimize(a * b)
        assert races(step) == []
        assert values_after(step, [a, b]) == [2.75, -1.0]
        assert descent._learning_rate is rate


def test_an_optimizer_is_afterwards_what_it_was():
    with tf.Graph().as_default():
        a, b = variable("a", 3.0), variable("b", 0.5)
        by_hand, by_rule = OwnApply(b), Descent(lambda: b)
        GroupedOptimizer([(by_hand, a), (by_rule, b)]).minimize(a * b)
        assert by_hand.given is b
        assert "_prepare" not in vars(by_rule)


def test_a_gate_that_was_run_is_not_changed_afterwards():
    with tf.Graph().as_default():
        a, b = variable("a", 3.0), variable("b", 0.5)
        optimizer = GroupedOptimizer([(Descent(lambda: b), a), (Descent(0.5), b)])
        pairs = optimizer.compute_gradients(a * b)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert session.run([gradient for gradient, _ in pairs]) == [0.5, 3.0]
            step = optimizer.apply_gradients(pairs)
            session.run(step)
            assert session.run([a, b]) == [2.75, -1.0]
        was_run = gate_of([gradient for gradient, _ in pairs])
        assert len(was_run.control_inputs) == 3  # two gradients and the loss, and no rate


def test_updates_of_gradients_that_are_gated_need_no_gate_of_their_own():
    with tf.Graph().as_default() as graph:
        a = variable("a", 3.0)
        pairs = GroupedOptimizer([(Descent(0.5), a)]).compute_gradients(2.0 * a)
        before = len(graph.get_operations())
        gradients = [gradient for gradient, _ in pairs]
        assert gated_for([Descent(0.5)], gradients) == gradients
        update, = apply_gated([(Descent(0.5), pairs)])
        made = [op.type for op in graph.get_operations()[before:]]
        assert made == ["Const", "ApplyGradientDescent", "NoOp"]
        assert values_after(update, a) == 2.0
