"""The arrays of models and trees: what they are called, and what is refused."""
import collections
import dataclasses
import subprocess
import sys
import textwrap
import types

import numpy as np
import pytest

from tf1_recipes.errors import Error
from tf1_recipes.traces import arrays_of


def test_dicts_lists_and_named_tuples_give_joined_names():
    State = collections.namedtuple("State", "count mu")
    Empty = collections.namedtuple("Empty", "")  # as optax has them

    @dataclasses.dataclass
    class Params:
        w: object
        b: object

    found = arrays_of({
        "state": (State(np.int32(3), {"w": np.ones(2)}), ()), 7: [np.zeros(1), np.zeros(2)],
        "params": Params(np.ones(1), None), "loss": 0.5, "rows": [[1, 2], [3, 4]],
        "sgd": (Empty(), Empty())})
    assert {name: array.shape for name, array in found.items()} == {
        "state/0/count": (), "state/0/mu/w": (2,), "7/0": (1,), "7/1": (2,), "params/w": (1,),
        "loss": (), "rows": (2, 2)}
    assert found["rows"].dtype == np.int64 and found["loss"].dtype == np.float64


def holding_itself(thing):
    """The dict or list, with itself in it."""
    thing.update(inner=thing) if isinstance(thing, dict) else thing.append(thing)
    return thing


def test_what_is_handed_out_is_no_window():
    weights = np.zeros(2)
    found, window = arrays_of({"w": weights}), arrays_of({"w": weights}, copy=False)
    weights += 1.0
    assert (found["w"].tolist(), window["w"].tolist()) == ([0.0, 0.0], [1.0, 1.0])


@pytest.mark.parametrize("thing, words", [
    ({"o": np.array([{}], object)}, "o: its elements are object; a trace holds bool, int8"),
    ({"s": "text"}, "s: its elements are <U4; a trace holds bool"),
    ({"t": np.zeros(1, "M8[s]")}, r"t: its elements are datetime64\[s\]; a trace holds bool"),
    ({"r": np.zeros(1, [("a", "f4")])}, "r: its elements are "),
    ({"v": np.zeros(1, "V2")}, r"v: its elements are \|V2"),
    ({"f": {"g": object()}}, "f/g: no arrays of a known kind are in type object; give a dict of"),
    (object(), "it: no arrays of a known kind are in type object"),
    (np.ones(2), "it: the name '' is empty: give a dict with the names as keys"),
    ({"a\nb": 1.0}, r"the name 'a\\nb' has a hidden character"),
    (holding_itself({"w": 1.0}), "contains itself, or is nested too deeply"),
    (holding_itself([1.0]), "contains itself, or is nested too deeply"),
    ({"\ud800": 1.0}, "has a hidden character, such as a control character"),
    ({"n" * 5000: 1.0}, "is longer than 4096 bytes"),
    ({"a": {"b": 1.0}, "a/b": 2.0}, "two arrays are called 'a/b'"),
    ({"l": [[1, 2], [3]]}, "l: a list gives no array"),
])
def test_what_is_refused(thing, words):
    with pytest.raises(Error, match="^it: .*" + words if not words.startswith("it") else words):
        arrays_of(thing)


def test_everything_wrong_is_in_one_message():
    with pytest.raises(Error, match="^feeds: a: .*; b: .*; the name ''"):
        arrays_of({"a": "x", "b": object(), "": 1.0}, "feeds")


def test_bfloat16_becomes_float32_and_says_so():
    bfloat16 = pytest.importorskip("ml_dtypes").bfloat16
    found = arrays_of({"w": np.array([1.5, -2.0], bfloat16), "v": np.float16([1.0])})
    assert (found["w"].dtype, found["v"].dtype) == (np.float32, np.float16)
    assert found["w"].tolist() == [1.5, -2.0]
    assert found.converted == {"w": "bfloat16"}


# --- Stand-ins: what these frameworks' objects have of interest here ---


class Tensor:
    """As PyTorch's."""

    def __init__(self, values, dtype="float32"):
        self.values, self.dtype, self.shape = np.float32(values), "torch." + dtype, np.shape(values)

    def detach(self):
        return self

    cpu = resolve_conj = detach

    def float(self):
        return Tensor(self.values)

    def numpy(self):
        assert self.dtype == "torch.float32", "Got unsupported ScalarType"
        return self.values


def test_a_module_with_a_state_dict():
    state = {"fc1.weight": Tensor([[1.0]]), "fc1.bias": Tensor([2.0], "bfloat16")}
    found = arrays_of({"net": types.SimpleNamespace(state_dict=lambda: state)})
    assert {name: array.tolist() for name, array in found.items()} == {
        "net/fc1.weight": [[1.0]], "net/fc1.bias": [2.0]}
    assert found.converted == {"net/fc1.bias": "bfloat16"}


def test_an_optimizer_with_a_state_dict_has_its_state_only():
    state = {"state": {0: {"exp_avg": Tensor([1.0]), "step": 3}, 1: {}},
             "param_groups": [{"lr": 0.1, "betas": (0.9, 0.999), "fused": None, "params": [0, 1]}]}
    assert list(arrays_of(types.SimpleNamespace(state_dict=lambda: state))) == [
        "0/exp_avg", "0/step"]


class Variable:
    """As TensorFlow's and Keras'."""

    dtype, shape = "float32", (1,)

    def __init__(self, **names):
        self.__dict__.update(names)

    def assign(self, value):
        raise AssertionError("nothing is written")

    def numpy(self):
        return np.float32([1.0])


def test_keras_models_are_named_by_paths_or_names():
    three = types.SimpleNamespace(weights=[Variable(path="net/dense/kernel", name="kernel")])
    two = types.SimpleNamespace(weights=[Variable(name="dense/kernel:0")])
    adam = types.SimpleNamespace(variables=[Variable(path="adam/iteration", name="iteration")])
    assert [list(arrays_of(each)) for each in (three, two, adam)] == [
        ["net/dense/kernel"], ["dense/kernel"], ["adam/iteration"]]
    with pytest.raises(Error, match="^it: type SimpleNamespace holds no arrays: was it built?"):
        arrays_of(types.SimpleNamespace(weights=[]))


def test_a_module_is_named_by_its_attributes_and_nothing_is_lost():
    class Module:
        submodules = trainable_variables = variables = ()

        def __init__(self, **attributes):
            self.__dict__.update(attributes)

    w, v = Variable(name="Variable:0"), Variable(name="Variable:0")
    inner = Module(w=w)
    inner.owner = inner
    module = Module(layers=[inner, {"x": v}], again=inner, title="t")
    Module.variables = (w, v)
    assert list(arrays_of(module)) == ["again/w", "layers/1/x"]
    Module.variables = (w, v, Variable(name="hidden:0"))
    with pytest.raises(Error, match="no attribute leads to variable 'hidden:0' of Module"):
        arrays_of(module)


# --- The frameworks themselves, each in a process of its own ---


def names_in(code):
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True,
                          text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return " ".join(done.stdout.split())


def test_tensorflow_2_and_keras():
    pytest.importorskip("keras", reason="Keras is not installed")
    assert names_in("""
        import os
        os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
        import keras, tensorflow as tf, tf_keras
        from tf1_recipes.traces import arrays_of

        class Layer(tf.Module):
            def __init__(self):
                super().__init__()
                self.w = tf.Variable([1.0])

        class Net(tf.Module):
            def __init__(self):
                super().__init__(name="net")
                self.layers = [Layer(), Layer()]
                self.half = (tf.Variable([1.5], dtype=tf.bfloat16),)
                self.table = {"x": tf.Variable(1)}

        found = arrays_of(Net())
        print(*found, *found.converted, "|")
        net = keras.Sequential([keras.Input((3,), name="in"), keras.layers.Dense(2, name="fc")],
                               name="net")
        net.compile("adam")
        net.optimizer.build(net.trainable_variables)
        print(*arrays_of(net), *arrays_of(net.optimizer), "|")
        print(*arrays_of(tf_keras.Sequential([tf_keras.layers.Dense(2, input_shape=(3,))])))
        """) == (
        "half/0 layers/0/w layers/1/w table/x half/0 | net/fc/kernel net/fc/bias adam/iteration "
        "adam/learning_rate adam/net_fc_kernel_momentum adam/net_fc_kernel_velocity "
        "adam/net_fc_bias_momentum adam/net_fc_bias_velocity | dense/kernel dense/bias")


def test_pytorch():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    assert names_in("""
        import torch
        from tf1_recipes.traces import arrays_of
        net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
        adam = torch.optim.Adam(net.parameters(), 0.1)
        net(torch.ones(4, 3)).sum().backward()
        adam.step()
        print(*arrays_of(net), *[name for name in arrays_of(adam) if name.startswith("0/")])
        found = arrays_of({"b": torch.full([2], 1.5, dtype=torch.bfloat16),
                           "t": torch.ones(2, 3).T})
        print(found["b"].tolist() == [1.5, 1.5], found["t"].shape == (3, 2), found.converted)
        """) == ("0.weight 0.bias 1.weight 1.bias 1.running_mean 1.running_var "
                 "1.num_batches_tracked 0/step 0/exp_avg 0/exp_avg_sq "
                 "True True {'b': 'bfloat16'}")


def test_jax_and_optax():
    pytest.importorskip("jax", reason="JAX is not installed")
    pytest.importorskip("optax", reason="optax is not installed")
    assert names_in("""
        import jax, optax
        from tf1_recipes.traces import arrays_of
        params = {"dense": {"kernel": jax.numpy.ones((2, 1))}, "l": [jax.numpy.ones(1)]}
        print(*arrays_of({"params": params, "adam": optax.adam(0.1).init(params)}))
        """) == ("params/dense/kernel params/l/0 adam/0/count adam/0/mu/dense/kernel adam/0/mu/l/0 "
                 "adam/0/nu/dense/kernel adam/0/nu/l/0")


class Late(Exception):
    """A caller's own, as a signal's handler raises it when time is up."""


@pytest.mark.parametrize("error", [Late("enough"), TimeoutError("enough"), KeyboardInterrupt()])
@pytest.mark.parametrize("method", ["__array__", "numpy", "detach"])
def test_a_caller_s_own_timeout_comes_through(error, method):
    def give(*arguments, **options):
        raise error

    array = type("Array", (), {"shape": (1,), "dtype": np.dtype("f4"), method: give})()
    with pytest.raises(type(error)) as raised:
        arrays_of({"net": [{"w": array}]})
    assert raised.value is error


def test_what_a_framework_raises_is_told():
    class Array:
        shape, dtype = (1,), np.dtype("f4")

        def numpy(self):
            raise tensorflow.errors.FailedPreconditionError(None, None, "it has no value\nyet")

    tensorflow = pytest.importorskip("tensorflow")
    with pytest.raises(Error) as error:
        arrays_of({"w": Array()})
    assert str(error.value).endswith(
        "w: a Array gives no array (FailedPreconditionError: it has no value)")
