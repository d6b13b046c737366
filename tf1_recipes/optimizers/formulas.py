"""F: the updates of TF1's optimizers, one line for each equation, rounded where the kernels round.

    w variable, g gradient, r learning rate; products and sums are computed in the order in which
    TF1's kernels compute them

Formulas: the documentation of ``tf.train.*Optimizer`` and ``Apply*`` ops, TensorFlow 1.15, and the
papers named below. The settings are the arguments of TF1's constructors, with their defaults; the
state has an entry for each of TF1's slots, called as ``get_slot_names`` calls it.

A sparse gradient has ``indices`` [n] and ``values`` [n, ...]. TF1 (1.0 and later) first sums the
values of equal indices, then updates only these rows of the variable and the slots: without a
gradient, a row does not move by momentum, nor does its mean square decay. Two optimizers differ:
see `GradientDescent` and `Adam`.
"""
import dataclasses
from typing import Any, Dict, List, Tuple

import numpy as np

State = Dict[str, Any]  # arrays; Adam's powers are scalars
Step = Tuple[np.ndarray, State]


class Optimizer:
    """The base of all optimizers: the state, and the update of the rows in a sparse gradient."""

    def initial(self, w: np.ndarray) -> State:
        """Returns the state before the first step: ``{slot: array}``, in TF1's order."""
        return {}

    def update(self, w: np.ndarray, g: Any, state: State) -> Step:
        """Returns the variable and the state after one step; the arguments are not changed.

        Args:
            w: array, float32 or float64.
            g: array like ``w``, or a sparse gradient: an object with ``indices`` and ``values``.
            state: dict, as ``initial`` and ``update`` return it.
        """
        if not hasattr(g, "indices"):
            return self.dense(w, g, state)
        rows, g = sum_of_rows(g.indices, g.values)
        updated, slots = self.rows(w[rows], g, {name: slot[rows] for name, slot in state.items()})
        return with_rows(w, rows, updated), {
            name: with_rows(slot, rows, slots[name]) for name, slot in state.items()}

    def dense(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        """Returns the variable and the state after a step with a dense gradient."""
        raise NotImplementedError

    def rows(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        """Updates rows; as `dense`, unless TF1's kernel rounds in another way."""
        return self.dense(w, g, state)


@dataclasses.dataclass(frozen=True)
class GradientDescent(Optimizer):
    """w -= r g; sparse: every value is subtracted on its own, however often its index occurs."""

    learning_rate: float

    def dense(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        rate, = numbers(w, self.learning_rate)
        return w - g * rate, state

    def update(self, w: np.ndarray, g: Any, state: State) -> Step:
        if not hasattr(g, "indices"):
            return self.dense(w, g, state)
        rate, = numbers(w, self.learning_rate)
        w = w.copy()
        np.subtract.at(w, g.indices, g.values * rate)
        return w, state


@dataclasses.dataclass(frozen=True)
class Momentum(Optimizer):
    """a = momentum a + g;  w -= r a.  Nesterov (Sutskever et al. 2013): w -= r (g + momentum a)."""

    learning_rate: float
    momentum: float
    use_nesterov: bool = False

    def initial(self, w: np.ndarray) -> State:
        return {"momentum": np.zeros_like(w)}

    def dense(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        rate, momentum = numbers(w, self.learning_rate, self.momentum)
        accum = state["momentum"] * momentum + g
        step = g * rate + accum * momentum * rate if self.use_nesterov else accum * rate
        return w - step, {"momentum": accum}

    def rows(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        rate, momentum = numbers(w, self.learning_rate, self.momentum)
        accum = state["momentum"] * momentum + g
        step = rate * g + rate * momentum * accum if self.use_nesterov else rate * accum
        return w - step, {"momentum": accum}


@dataclasses.dataclass(frozen=True)
class Adagrad(Optimizer):
    """a += g^2;  w -= r g / sqrt(a), where a starts at 0.1 (Duchi et al. 2011)."""

    learning_rate: float
    initial_accumulator_value: float = 0.1

    def initial(self, w: np.ndarray) -> State:
        return {"accumulator": np.full_like(w, self.initial_accumulator_value)}

    def dense(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        rate, one = numbers(w, self.learning_rate, 1)
        accum = state["accumulator"] + g * g
        return w - g * rate * (one / np.sqrt(accum)), {"accumulator": accum}


@dataclasses.dataclass(frozen=True)
class Adadelta(Optimizer):
    """a = rho a + (1 - rho) g^2;  d = sqrt(u + e) / sqrt(a + e) g;  u = rho u + (1 - rho) d^2;
    w -= r d (Zeiler 2012)."""

    learning_rate: float = 0.001
    rho: float = 0.95
    epsilon: float = 1e-8

    def initial(self, w: np.ndarray) -> State:
        return {"accum": np.zeros_like(w), "accum_update": np.zeros_like(w)}

    def dense(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        rate, rho, epsilon, one = numbers(w, self.learning_rate, self.rho, self.epsilon, 1)
        accum = state["accum"] * rho + g * g * (one - rho)
        update = np.sqrt(state["accum_update"] + epsilon) * (one / np.sqrt(accum + epsilon)) * g
        accum_update = state["accum_update"] * rho + update * update * (one - rho)
        return w - update * rate, {"accum": accum, "accum_update": accum_update}


@dataclasses.dataclass(frozen=True)
class RMSProp(Optimizer):
    """s += (1 - decay) (g^2 - s);  n = momentum n + r g / sqrt(s + e);  w -= n, where s starts at 1
    and e stands under the root (Tieleman and Hinton 2012).  Centred (Graves 2013):
    c += (1 - decay) (g - c), and sqrt(s - c^2 + e)."""

    learning_rate: float
    decay: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-10
    centered: bool = False

    def initial(self, w: np.ndarray) -> State:
        slots = ("rms", "mg", "momentum") if self.centered else ("rms", "momentum")
        return {slot: np.full_like(w, slot == "rms") for slot in slots}

    def dense(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        rate, decay, momentum, epsilon, one = numbers(
            w, self.learning_rate, self.decay, self.momentum, self.epsilon, 1)
        rms = state["rms"] + (g * g - state["rms"]) * (one - decay)
        if not self.centered:
            step = state["momentum"] * momentum + g * rate / np.sqrt(rms + epsilon)
            return w - step, {"rms": rms, "momentum": step}
        mg = state["mg"] + (g - state["mg"]) * (one - decay)
        step = state["momentum"] * momentum + g * rate / np.sqrt(rms - mg * mg + epsilon)
        return w - step, {"rms": rms, "mg": mg, "momentum": step}

    def rows(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        rate, decay, momentum, epsilon, one = numbers(
            w, self.learning_rate, self.decay, self.momentum, self.epsilon, 1)
        rms = state["rms"] * decay + g * g * (one - decay)
        if not self.centered:
            step = state["momentum"] * momentum + one / np.sqrt(rms + epsilon) * rate * g
            return w - step, {"rms": rms, "momentum": step}
        mg = state["mg"] * decay + g * (one - decay)
        step = state["momentum"] * momentum + one / np.sqrt(rms + epsilon - mg * mg) * rate * g
        return w - step, {"rms": rms, "mg": mg, "momentum": step}


@dataclasses.dataclass(frozen=True)
class Adam(Optimizer):
    """m += (1 - b1) (g - m);  v += (1 - b2) (g^2 - v);
    w -= r sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + e) (Kingma and Ba 2015, before section 2.1).

    The powers b1^t, b2^t are float32 variables, multiplied once a step. Sparse: the moments of all
    rows decay, and all rows move by them; a row without a gradient has one of 0.
    """

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def initial(self, w: np.ndarray) -> State:
        return {"m": np.zeros_like(w), "v": np.zeros_like(w),
                "beta1_power": np.float32(self.beta1), "beta2_power": np.float32(self.beta2)}

    def dense(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        alpha, beta1, beta2, epsilon, one = self._numbers(w, state)
        m = state["m"] + (g - state["m"]) * (one - beta1)
        v = state["v"] + (g * g - state["v"]) * (one - beta2)
        return w - m * alpha / (np.sqrt(v) + epsilon), dict(self.powers(state), m=m, v=v)

    def update(self, w: np.ndarray, g: Any, state: State) -> Step:
        if not hasattr(g, "indices"):
            return self.dense(w, g, state)
        alpha, beta1, beta2, epsilon, one = self._numbers(w, state)
        rows, g = sum_of_rows(g.indices, g.values)
        m, v = state["m"] * beta1, state["v"] * beta2
        m[rows] += g * (one - beta1)
        v[rows] += g * (g * (one - beta2))  # in the order of 1.15's graph optimizer and its heirs
        return w - alpha * m / (np.sqrt(v) + epsilon), dict(self.powers(state), m=m, v=v)

    def powers(self, state: State) -> State:
        """Returns Adam's powers after the step."""
        return {"beta1_power": state["beta1_power"] * np.float32(self.beta1),
                "beta2_power": state["beta2_power"] * np.float32(self.beta2)}

    def _numbers(self, w, state):
        rate, beta1, beta2, epsilon, one = numbers(
            w, self.learning_rate, self.beta1, self.beta2, self.epsilon, 1)
        power1, power2 = (state[name].astype(w.dtype) for name in ("beta1_power", "beta2_power"))
        return rate * np.sqrt(one - power2) / (one - power1), beta1, beta2, epsilon, one


def numbers(w: np.ndarray, *settings: float) -> List[Any]:
    """Returns settings as numbers of the variable's dtype.

    TF1 makes a Python number a float32 tensor before it casts it: a float64 variable has the
    learning rate float64(float32(0.1)). A NumPy number keeps its own precision.
    """
    return [w.dtype.type(setting if isinstance(setting, np.generic) else np.float32(setting))
            for setting in settings]


def sum_of_rows(indices: np.ndarray, values: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Returns the distinct indices, and the sum of the values of each, added in their order."""
    rows, position = np.unique(indices, return_inverse=True)
    sums = np.zeros_like(values[:len(rows)])
    np.add.at(sums, position, values)
    return rows, sums


def with_rows(array: np.ndarray, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Returns a copy of an array with new values in some rows."""
    array = array.copy()
    array[rows] = values
    return array
