"""A8: Keras 2.2's Adam with a learning rate for each stage of a model: discriminative layers."""
from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gating import gate
from tf1_recipes.keras.last_reads import reads_end_with
from tf1_recipes.keras.stages import SavedPlan, plan_stages
from tf1_recipes.keras.which_keras import (
    backend,
    is_keras_2,
    optimizer_class,
    package_of,
    problems_with_keras,
    tf_keras_package,
)
from tf1_recipes.v1 import refuse_eager_mode, tf

_Optimizer: Any = object  # the base class is that of the model's Keras: see `_of_keras`


class DiscriminativeAdam(_Optimizer):  # type: ignore[misc]
    """Adam for a graph-mode Keras model (``compile``, ``fit``), with a learning rate per stage.

        t = t + 1,   r = lr / (1 + decay * (t - 1)) * sqrt(1 - beta_2^t) / (1 - beta_1^t)
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g^2
        w = constraint(w - r[stage of w] * m / (sqrt(v) + epsilon))

    With ``amsgrad`` the root is taken of the largest v so far. It is Keras 2.2.4's Adam with the
    document's change, except for what was left to chance there: no weight is written before the
    last gradient has read it, and the steps are counted after the update. (Keras 2.2 counts beside
    it: on 1.15.5 a tenth of the first steps is taken for the second, or more.) A weight's stage is
    settled by the layer that owns it and not by names or the order of weights. Weights of float16
    and bfloat16 have moments in float32.

    ``optimizer.lr`` is one variable, of shape [stages]: ``K.get_value`` gives the learning rates
    and ``K.set_value`` sets them. Keras' own callbacks for the learning rate take a single number.

    A compiled model can be saved as HDF5 and goes on as if it had not been interrupted:
    ``load_model(path, custom_objects={"DiscriminativeAdam": DiscriminativeAdam})``. Stages are then
    kept by the order of the weights, as Keras keeps the moments.

    Args:
        model: Keras model in graph mode, of ``tf.keras`` or of Keras 2, built; models within it
            count by their layers. The optimizer is one of the model's Keras.
        splits: list of the layers at which the second stage begins, the third ..., in the order of
            the model's layers. A layer is given as such, by name or by a regular expression for its
            name from the start to a ``/`` or the end (the first layer that it matches; in a model
            ``base`` within the model, layers are called ``base/conv1``).
        stages: instead of ``splits``, a list of what belongs to the first stage, the second ...: a
            layer, name or regular expression (all layers that it matches), or a list of these.
        lr: list of learning rates >= 0, one for each stage.
        beta_1, beta_2: numbers from 0 to below 1.
        epsilon: number > 0; by default ``K.epsilon()``, 1e-7.
        decay: number >= 0.
        amsgrad: bool.
        **clipping: ``clipnorm`` or ``clipvalue``, as the optimizers of ``tf.keras`` take them.
            (They clip each gradient by its own norm; Keras 2 itself takes the norm of all.)

    Raises:
        RecipeError: with all problems in one message, before anything is made: an unknown layer
            (with the closest names), a split layer without weights, splits out of order, a stage
            without weights, a layer in two stages or in none, another number of learning
            rates than of stages, a setting out of its range, a model of Keras 3 or of eager mode.
            And from ``fit``, a weight that is in no stage or has no gradient.

    Example:
        >>> settings = {"use_bias": False, "kernel_initializer": "ones", "input_shape": (1,)}
        >>> model = tf.keras.Sequential([tf.keras.layers.Dense(1, name=name, **settings)
        ...                              for name in ("early", "middle", "final")])
        >>> optimizer = DiscriminativeAdam(model, ["middle", "final"], lr=[0, 0.125, 0.25])
        >>> model.compile(optimizer, "mae")
        >>> with tf.Session().as_default():
        ...     _ = model.fit([[1.0]], [[0.0]], verbose=0)
        ...     print(["%.3f" % weight.item() for weight in model.get_weights()])
        ['1.000', '0.875', '0.750']
    """

    _keras: Optional[str] = None  # the package of the Keras whose optimizer it is

    def __new__(cls, *arguments: Any, **settings: Any) -> Any:
        """Makes an optimizer of the class that the model's Keras takes."""
        given = [*arguments, *settings.values()]
        known = [each for each in given if package_of(each) and not problems_with_keras(each)]
        return object.__new__(_of_keras(cls, package_of(known[0]) if known else None))

    def __init__(self, model: Any, splits: Any = None, stages: Any = None,
                 lr: Sequence[float] = (1e-07, 0.0001, 0.01), beta_1: float = 0.9,
                 beta_2: float = 0.999, epsilon: Optional[float] = None, decay: float = 0.0,
                 amsgrad: bool = False, **clipping: Any) -> None:
        refuse_eager_mode()
        settings = dict(clipping, lr=lr, beta_1=beta_1, beta_2=beta_2, decay=decay,
                        epsilon=self._K.epsilon() if epsilon is None else epsilon)
        plan = plan_stages(model, splits, stages, settings)
        self._begin(plan, amsgrad=amsgrad, **settings)

    def _begin(self, plan, lr, beta_1, beta_2, epsilon, decay, amsgrad, **clipping):
        super().__init__(**clipping)
        K = self._K
        # float16 cannot count beyond 2048, nor hold 0.999.
        kind = "float64" if K.floatx() == "float64" else "float32"
        with K.name_scope(type(self).__name__):
            self.iterations = K.variable(0, dtype="int64", name="iterations")
            self.lr = K.variable([float(rate) for rate in lr], kind, name="lr")
            self.beta_1 = K.variable(beta_1, kind, name="beta_1")
            self.beta_2 = K.variable(beta_2, kind, name="beta_2")
            self.decay = K.variable(decay, kind, name="decay")
        self.epsilon = epsilon
        self.initial_decay = decay
        self.amsgrad = amsgrad
        self._plan = plan
        self._slots = {}

    def get_updates(self, loss: Any, params: Any) -> List[Any]:
        """Returns the operations that make a step; Keras calls it when training begins.

        Args:
            loss: scalar tensor.
            params: list of the variables to train.

        Raises:
            RecipeError: a variable that is in no stage.
        """
        stages = self._plan.stages_of(params)
        self._create_all_weights(params)
        gradients = self.get_gradients(loss, params)
        behind = [loss.op]
        if not reads_end_with(loss, gradients, params):
            gradients, behind = gate(gradients, [loss]), []
        done = tf.cast(self.iterations, self.lr.dtype.base_dtype)
        rates = self.lr
        if self.initial_decay > 0:
            rates = rates * (1.0 / (1.0 + self.decay * done))
        t = done + 1.0
        rates = rates * (tf.sqrt(1.0 - tf.pow(self.beta_2, t)) / (1.0 - tf.pow(self.beta_1, t)))
        rates = tf.unstack(rates)
        with tf.control_dependencies(behind):
            self.updates = [
                self._update(variable, gradient, rates[stage])
                for variable, gradient, stage in zip(params, gradients, stages)]
        with tf.control_dependencies(self.updates):
            self.updates.append(tf.assign_add(self.iterations, 1).op)
        return self.updates

    def get_gradients(self, loss: Any, params: Any) -> List[Any]:
        """Returns the gradients, clipped as the model's Keras clips them.

        Raises:
            RecipeError: variables that the loss does not depend on.
        """
        gradients = self._K.gradients(loss, params)
        problems = ["%r has no gradient: the loss does not depend on it by any op that has one"
                    % variable.op.name
                    for variable, gradient in zip(params, gradients) if gradient is None]
        if problems:
            raise RecipeError("Cannot train with a learning rate per stage", problems)
        norm, limit = (getattr(self, name, None) for name in ("clipnorm", "clipvalue"))
        if norm or limit:
            # A row that a batch looks up twice is one gradient: IndexedSlices are clipped as a sum.
            gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        if norm and self._keras == "keras":  # Keras 2 itself
            gradients, _ = tf.clip_by_global_norm(gradients, norm)
        elif norm:
            gradients = [tf.clip_by_norm(gradient, norm) for gradient in gradients]
        if limit:
            gradients = [tf.clip_by_value(gradient, -limit, limit) for gradient in gradients]
        return gradients

    def _update(self, variable, gradient, rate):
        kind = _moments_of(variable)
        # As Keras did: the moments of all rows fall, and so all rows move.
        gradient = tf.cast(tf.convert_to_tensor(gradient), kind)
        rate, beta_1, beta_2, epsilon = (
            tf.cast(number, kind) for number in (rate, self.beta_1, self.beta_2, self.epsilon))
        slots = self._slots[id(variable)]
        if (self.amsgrad or not hasattr(variable, "handle")
                or kind != variable.dtype.base_dtype):
            return self._update_by_ops(variable, gradient, slots, rate, beta_1, beta_2, epsilon)
        # One pass over the memory instead of ten. Its own correction is for one rate: with powers
        # of 0 it is none.
        none = tf.zeros([], kind)
        update = tf.raw_ops.ResourceApplyAdam(
            var=variable.handle, m=slots[0].handle, v=slots[1].handle, beta1_power=none,
            beta2_power=none, lr=rate, beta1=beta_1, beta2=beta_2, epsilon=epsilon, grad=gradient)
        if variable.constraint is None:
            return update
        with tf.control_dependencies([update]):
            return tf.assign(variable, variable.constraint(variable.read_value())).op

    def _update_by_ops(self, variable, gradient, slots, rate, beta_1, beta_2, epsilon):
        m = beta_1 * slots[0] + (1.0 - beta_1) * gradient
        v = beta_2 * slots[1] + (1.0 - beta_2) * tf.square(gradient)
        new = [m, v]
        if self.amsgrad:
            v = tf.maximum(slots[2], v)
            new.append(v)
        weights = tf.cast(variable, gradient.dtype) - rate * m / (tf.sqrt(v) + epsilon)
        weights = tf.cast(weights, variable.dtype.base_dtype)
        if getattr(variable, "constraint", None) is not None:
            weights = variable.constraint(weights)
        return tf.group(tf.assign(variable, weights),
                        *[tf.assign(slot, value) for slot, value in zip(slots, new)])

    def _create_all_weights(self, params):
        """Makes the moments; those that are there are kept, or a loaded model would lose them."""
        for variable in params:
            if id(variable) not in self._slots:
                shape, kind = variable.shape.as_list(), _moments_of(variable).name
                # Their initialisers must not wait for what the step is built behind.
                with tf.control_dependencies(None), tf.name_scope(variable.op.name + "/"):
                    self._slots[id(variable)] = [
                        # Not K.zeros, which takes the name for a tensor before the variable.
                        self._K.variable(tf.zeros(shape, kind), kind, name=name)
                        for name in (("m", "v", "vhat") if self.amsgrad else ("m", "v"))]
        slots = [self._slots[id(variable)] for variable in params]
        self.weights = [self.iterations] + [slot for each in zip(*slots) for slot in each]

    def get_config(self) -> Dict[str, Any]:
        """The settings and stages, as a dict of what JSON can hold."""
        config, value = super().get_config(), self._K.get_value
        config.update((name, float(value(getattr(self, name))))
                      for name in ("beta_1", "beta_2", "decay"))
        config.update(
            lr=[float(rate) for rate in value(self.lr)], epsilon=float(self.epsilon),
            amsgrad=bool(self.amsgrad), weights=self._plan.config(),
            keras=None if self._keras == tf_keras_package() else self._keras)
        return config

    @classmethod
    def from_config(cls, config: Dict[str, Any]) -> DiscriminativeAdam:
        """Makes an optimizer from `get_config`, for a model with the same weights in that order.

        Raises:
            RecipeError: from ``fit``, if the model's weights are others.
        """
        config = dict(config)
        package = config.pop("keras", None)
        if not is_keras_2(package):  # Keras 2's files are loaded by tf.keras where it is missing
            package = None
        optimizer = object.__new__(_of_keras(cls, package))
        optimizer._begin(SavedPlan(config.pop("weights")), **config)
        return optimizer

    @property
    def _K(self):
        return backend(self._keras)


_CLASSES: Dict[Any, Any] = {}


def _of_keras(cls, package):
    """The class, as an optimizer of a Keras: each takes those of its own class only."""
    if cls._keras is not None:
        return cls
    package = package or tf_keras_package()
    if (cls, package) not in _CLASSES:
        _CLASSES[cls, package] = type(cls.__name__, (cls, optimizer_class(package)), {
            "_keras": package, "__doc__": cls.__doc__, "__module__": cls.__module__})
    return _CLASSES[cls, package]


def _moments_of(variable):
    """The type of a variable's moments, in which its step is computed.

    In bfloat16 beta_2 is 1, and in float16 the square of a gradient of 0.0002 is 0: v would stay 0,
    and the step would be m / epsilon, millions of times too long.
    """
    kind = variable.dtype.base_dtype
    return tf.float32 if kind in (tf.float16, tf.bfloat16) else kind
