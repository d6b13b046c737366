"""A8 by its documented name and arguments: `Adam_dlr`, which is given layers and no model.

Source: "Exploring Learning Rates to improve model performance in Keras" (Guncha Garg, 2019).
"""
from __future__ import annotations

from typing import Any, List, Optional, Sequence

from tf1_recipes.errors import RecipeError
from tf1_recipes.keras.discriminative_adam import DiscriminativeAdam
from tf1_recipes.keras.stages import StagePlan, count_problems, setting_problems
from tf1_recipes.keras.which_keras import problems_with_keras


class Adam_dlr(DiscriminativeAdam):
    """`DiscriminativeAdam` as the document calls it: with the layers at which stages begin.

    The stages are settled when training begins, in the order of the model's trained weights: a
    weight is in the stage of the last split layer that is met before it, or in the first stage. As
    documented, a split layer that trains no weight was never met, and the learning rate before it
    stayed; here it is an error, and so are split layers in another order.

    Args:
        split_1, split_2: the layers of the model at which the second and the third stage begin.
        lr: list of learning rates >= 0, one for each stage.
        beta_1, beta_2, epsilon, decay, amsgrad, clipping: as in `DiscriminativeAdam`.
        split_l: instead of ``split_1`` and ``split_2``, a list of any number of layers.

    Raises:
        RecipeError: with all problems in one message: no layer, another number of learning rates
            than of stages, a setting out of its range. And from ``fit``, a split layer that trains
            no weight or is out of order.

    Example:
        >>> settings = {"use_bias": False, "kernel_initializer": "ones", "input_shape": (1,)}
        >>> model = tf.keras.Sequential([tf.keras.layers.Dense(1, name=name, **settings)
        ...                              for name in ("early", "middle", "final")])
        >>> optimizer = Adam_dlr(split_1=model.layers[1], split_2=model.layers[2],
        ...                      lr=[0, 0.125, 0.25])
        >>> model.compile(optimizer, "mae")
        >>> with tf.Session().as_default():
        ...     _ = model.fit([[1.0]], [[0.0]], verbose=0)
        ...     print(["%.3f" % weight.item() for weight in model.get_weights()])
        ['1.000', '0.875', '0.750']
    """

    def __init__(self, split_1: Any = None, split_2: Any = None,
                 lr: Sequence[float] = (1e-07, 0.0001, 0.01), beta_1: float = 0.9,
                 beta_2: float = 0.999, epsilon: Optional[float] = None, decay: float = 0.0,
                 amsgrad: bool = False, split_l: Optional[Sequence[Any]] = None,
                 **clipping: Any) -> None:
        settings = dict(clipping, lr=lr, beta_1=beta_1, beta_2=beta_2, decay=decay,
                        epsilon=self._K.epsilon() if epsilon is None else epsilon)
        named = [("split_1", split_1), ("split_2", split_2)]
        problems = setting_problems(settings)
        if split_l is not None:
            if split_1 is not None or split_2 is not None:
                problems.append("give either split_l or split_1 and split_2")
            layers = split_l if isinstance(split_l, (list, tuple)) else [split_l]
            named = [("split_l[%d]" % index, layer) for index, layer in enumerate(layers)]
        for name, layer in named:
            problems.extend(problems_with_keras(layer))
            if not hasattr(layer, "weights"):
                problems.append("%s is %r: it must be a layer of the model%s" % (
                    name, layer, ", model.get_layer(%r)" % layer if isinstance(layer, str) else ""))
        problems.extend(count_problems(settings, len(named) + 1))
        if problems:
            raise RecipeError("Cannot give stages of layers their own learning rates",
                              list(dict.fromkeys(problems)))
        self._begin(SplitPlan([layer for _, layer in named]), amsgrad=amsgrad, **settings)


class SplitPlan:
    """The stage of every weight, by the order in which training meets them.

    Args:
        layers: list of the layers at which a stage begins.
    """

    def __init__(self, layers: Sequence[Any]) -> None:
        self._layers = layers
        self._settled: Optional[StagePlan] = None

    def stages_of(self, variables: Sequence[Any]) -> List[int]:
        """Returns the list of the variables' stages.

        Raises:
            RecipeError: a split layer trains none of them, or is met out of order.
        """
        problems, starts, before = [], [0], "the first layer"
        for layer in self._layers:
            own = {id(weight) for weight in layer.weights}
            met = [index for index, each in enumerate(variables) if id(each) in own]
            if not met:
                problems.append(
                    "the split layer %r trains no weight: it is frozen, has none, or is not in the "
                    "model" % layer.name)
            elif met[0] <= starts[-1]:
                problems.append("the split layer %r does not come behind %s" % (layer.name, before))
            else:
                starts.append(met[0])
                before = repr(layer.name)
        if problems:
            raise RecipeError("Cannot train with a learning rate per stage", problems)
        stages = [sum(index >= start for start in starts) - 1 for index in range(len(variables))]
        self._settled = StagePlan(list(zip(variables, stages)), lambda: variables)
        return stages

    def config(self) -> Any:
        """As `StagePlan.config`.

        Raises:
            RecipeError: training has not begun.
        """
        if self._settled is None:
            raise RecipeError("Cannot save the stages of Adam_dlr", [
                "they are settled when training begins: train a batch before, or use "
                "DiscriminativeAdam(model, splits)"])
        return self._settled.config()
