"""The bounds are no wider than they may be: an error planted in a legacy example fails `verify`.

Each row is a recipe, what its script says and what it is made to say; nothing else is changed, so
that the NumPy model and the genuine traces agree as ever.
"""
import json
import shutil
import zlib

import pytest

from tf1_recipes.evidence import catalogue, verify

PLANTED = {
    # A rate that is off by 1e-4 of itself.
    "A1 a rate": ("A1", "Optimizer(0.0001)", "Optimizer(0.00010001)"),
    "A1 the low rate": ("A1", "Optimizer(0.00001)", "Optimizer(0.000010001)"),
    "A2 a rate": ("A2", "Optimizer(0.0001)", "Optimizer(0.00010001)"),
    "A3 a rate": ("A3", "Optimizer(0.1)", "Optimizer(0.10001)"),
    "A4 a rate": ("A4", "Optimizer(0.1)", "Optimizer(0.10001)"),
    "A5 a rate": ("A5", "learning_rate: 0.01 if", "learning_rate: 0.010001 if"),
    "A6 a rate": ("A6", "Optimizer(0.001)", "Optimizer(0.0010001)"),
    "A7 a rate": ("A7", "Optimizer(1e-3, 0.9)", "Optimizer(1.0001e-3, 0.9)"),
    "A8 the final rate": ("A8", "lr=(1e-7, 1e-4, 1e-2)", "lr=(1e-7, 1e-4, 1.0001e-2)"),
    "B1 a rate": ("B1", "Optimizer(0.01)", "Optimizer(0.010001)"),
    "B2 a rate": ("B2", "Optimizer(0.1)", "Optimizer(0.10001)"),
    "B3 a rate": ("B3", "Optimizer(0.1)", "Optimizer(0.10001)"),
    "B4 a rate": ("B4", "(0.1).minimize(loss, var", "(0.10001).minimize(loss, var"),
    "B5 a rate": ("B5", "Optimizer(0.1)", "Optimizer(0.10001)"),
    "B6 a rate": ("B6", "Optimizer(1 / 512.0, 0.5)", "Optimizer(1.0001 / 512.0, 0.5)"),
    "B7 a rate": ("B7", "Optimizer(0.1)", "Optimizer(0.10001)"),
    "C a rate": ("C", "learning_rate = 0.1", "learning_rate = 0.10001"),
    "D1 a rate": ("D1", "values = [0.1, 0.05,", "values = [0.1, 0.050005,"),
    "D2 a rate": ("D2", "K.variable([0.03125, 0.25]", "K.variable([0.03125, 0.250025]"),
    "D3 a rate": ("D3", "K.variable(2.0 ** -14", "K.variable(1.0001 * 2.0 ** -14"),
    "E1 a rate": ("E1", "Optimizer(0.1, 0.9)", "Optimizer(0.10001, 0.9)"),
    "E2 a rate": ("E2", "Optimizer(0.1).minimize(loss", "Optimizer(0.10001).minimize(loss"),
    "E3 a rate": ("E3", "Optimizer(0.125, 0.5)", "Optimizer(0.1250125, 0.5)"),
    "E4 a rate": ("E4", "AdamW(0.01, learning_rate=0.1,", "AdamW(0.01, learning_rate=0.10001,"),
    "E5 a rate": ("E5", "rate: 0.1 if step < 5", "rate: 0.10001 if step < 5"),
    "F a rate": ("F", "AdagradOptimizer(0.1)", "AdagradOptimizer(0.10001)"),
    # An old step's rate, a step's rate too early.
    "A5 the rate drops a step late": ("A5", "if step < 3", "if step < 4"),
    "D1 the rate reads the step before": (
        "D1", "control_dependencies([add_1])", "control_dependencies([])"),
    "D2 the rate of the step before": ("D2", "np.pi * self.c /", "np.pi * (self.c - 1) /"),
    "D2 no restart": ("D2", "self.c = 0\n            self.n *=", "self.n *="),
    "E5 the rate drops a step late": ("E5", "if step < 5", "if step < 6"),
    # A multiplier on the wrong variable, or another one.
    "A1 the bias at the low rate": ("A1", "var_list=[old])\n", "var_list=[old, bias])\n",
                                    "var_list=[new, bias]", "var_list=[new]"),
    "A3 the other variable": ("A3", "if variable is y", "if variable is x"),
    "A4 a multiplier": ("A4", "lr_mult(0.1)", "lr_mult(0.10001)"),
    "A5 the bias as the kernel": ("A5", "= 2 * multiplier", "= multiplier"),
    "A6 a fraction": ("A6", "\nx = 1/100 * x + (1 - 1/100)",
                      "\nx = 1.0001/100 * x + (1 - 1.0001/100)"),
    "A7 the factor has an effect": ("A7", "train_net(documented)", "train_net(meant)"),
    "A8 a stage begins a layer late": ("A8", 'model.get_layer("block3"), model',
                                       'model.get_layer("top"), model'),
    "E5 a multiplier": ("E5", "gradients[1], 2.0, 0.0", "gradients[1], 2.0002, 0.0"),
    # The optimizers' own arithmetic.
    "A7 momentum": ("A7", "Optimizer(1e-3, 0.9)", "Optimizer(1e-3, 0.90009)"),
    "A8 epsilon outside the root": ("A8", "(K.sqrt(vhat_t) + self.epsilon)",
                                    "K.sqrt(vhat_t + self.epsilon)"),
    "A8 no bias correction of the mean": ("A8", " / (1. - K.pow(self.beta_1, t))", ""),
    "A8 the count of steps": ("A8", "t = done + 1", "t = done + 2"),
    "A8 AMSGrad left out": ("A8", "vhat_t = K.maximum(vhat, v_t)", "vhat_t = v_t"),
    "A8 the constraint left out": ("A8", "p_t = p.constraint(p_t)", "pass"),
    "B6 momentum": ("B6", "512.0, 0.5)", "512.0, 0.50005)"),
    "F epsilon": ("F", "AdadeltaOptimizer(1.0)", "AdadeltaOptimizer(1.0, epsilon=1.0001e-8)"),
    "F Nesterov left out": ("F", "0.9, use_nesterov=True", "0.9"),
    "F where an accumulator starts": (
        "F", "AdagradOptimizer(0.1)", "AdagradOptimizer(0.1, 0.10001)"),
    "F a penalty": ("F", "FtrlOptimizer(0.1, l1_regularization_strength=0.01",
                    "FtrlOptimizer(0.1, l1_regularization_strength=0.010001"),
    # Clipping, restoring, freezing, pretraining.
    "B1 a limit": ("B1", "-1.0, 1.0", "-1.0, 1.0001"),
    "B1 not restored": ("B1", "    saver.restore(sess, checkpoint)\n",
                        "    sess.run(tf.global_variables_initializer())\n"),
    "B2 a layer too few": ("B2", 'scope="hidden[123]"', 'scope="hidden[12]"'),
    "B3 an array": ("B3", "0.25, 6)", "0.25001, 6)"),
    "B4 a layer too many": ("B4", 'scope="hidden[34]|outputs"', 'scope="hidden[234]|outputs"'),
    "B5 rows of other examples": (
        "B5", "h2_cache[shuffled_idx]", "h2_cache[shuffled_idx - 1]"),
    "B6 a stage too early": ("B6", '"hidden3|outputs"', '"hidden[23]|outputs"'),
    "B7 a margin": ("B7", "MARGIN = 0.05", "MARGIN = 5.0"),
    "C a limit": ("C", "threshold = 1.0", "threshold = 1.0001"),
    # Decay.
    "E1 a factor": ("E1", "FACTOR = 0.0005", "FACTOR = 0.0005001"),
    "E2 decay before the update": ("E2", "with tf.control_dependencies([train]):",
                                   "penalties, loss = loss, loss\nif True:"),
    "E3 a factor": ("E3", "DECAY = 0.0005", "DECAY = 0.000501"),
    "E3 the bias decays": ("E3", "for each in [weights]", "for each in [weights, bias]"),
    "E4 decay after the update": (
        "E4", "[var.assign_sub(self.weight_decay * var)]):\n                return super("
        "OptimizerWithDecay, self)._apply_dense(grad, var)",
        "[super(OptimizerWithDecay, self)._apply_dense(grad, var)]):\n                return "
        "var.assign_sub(self.weight_decay * var).op"),
    "E5 decay": ("E5", "0.9, 0.0005", "0.9, 0.000501"),
}


@pytest.fixture
def verify_with(tmp_path, monkeypatch):
    """Verifies a recipe whose example has another text; its traces are said to be of that one."""
    def run(name, *changes):
        recipe, = catalogue.find([name])
        with open(recipe.example_path(), encoding="utf-8") as file:
            text = file.read()
        before = "%08x" % zlib.crc32(text.encode())
        for old, new in zip(changes[::2], changes[1::2]):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        example = tmp_path / recipe.example
        example.write_text(text, encoding="utf-8")
        for release in recipe.releases:
            trace = tmp_path / ("%s.json" % release)
            shutil.copy(recipe.trace_path(release), trace)
            stated = trace.read_text(encoding="utf-8")
            assert json.loads(stated)["manifest"]["script_crc32"] == before
            trace.write_text(stated.replace(before, "%08x" % zlib.crc32(text.encode())),
                             encoding="utf-8")
        monkeypatch.setattr(catalogue.Recipe, "example_path", lambda self: str(example))
        monkeypatch.setattr(catalogue.Recipe, "trace_path", lambda self, release: str(
            tmp_path / ("%s.json" % release)))
        row, = verify.verify([recipe])
        return row

    return run


@pytest.mark.long
@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_error_is_caught(planted, verify_with):
    name, *changes = PLANTED[planted]
    row = verify_with(name, *changes)
    assert not row.holds
    for release in row.recipe.releases:
        assert not row.checks[release].holds
        assert row.checks[release].what.startswith("step ")
    assert row.checks["NumPy"].holds and row.checks["hardened"].holds


@pytest.mark.long
@pytest.mark.parametrize("name", [recipe.name for recipe in catalogue.RECIPES])
def test_without_an_error_the_same_holds(name, verify_with):
    assert verify_with(name).holds
