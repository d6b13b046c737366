"""The names of the Keras article, taken as they are written there: LR_Updater, LR_Cycle.

Source: "Exploring Learning Rates to improve model performance in Keras" (Guncha Garg, 2019).
"""
from __future__ import annotations

from typing import Any, Optional

from tf1_recipes.errors import RecipeError
from tf1_recipes.keras.callbacks import WarmRestarts
from tf1_recipes.keras.recorder import LearningRateRecorder


class LR_Updater(LearningRateRecorder):
    """The base of callbacks that set the learning rate: a person writes ``setRate``.

        lr = setRate()    after every batch, for the next one

    It records what `LearningRateRecorder` records. As documented, ``history["lr"]`` had the rate of
    the next batch beside the loss of this one; here it is the rate that the batch was trained with.

    Args:
        iterations: number of batches of an epoch, or of a cycle: for one's own ``setRate``.

    Attributes:
        epoch_iterations: ``iterations``.
        trn_iterations: int, how many batches were trained, in all calls of ``fit``.
        iteration, history: as in `LearningRateRecorder`.

    Raises:
        RecipeError: in ``fit``, no ``setRate`` was written, or it returned something else than a
            finite number (or one for each stage); and as from `LearningRateRecorder`.

    Example:
        >>> import numpy as np
        >>> class Halve(LR_Updater):
        ...     def setRate(self):
        ...         return 0.5 ** self.trn_iterations
        >>> model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
        >>> model.compile(tf.keras.optimizers.SGD(1.0), "mse")
        >>> updater = Halve(iterations=3)
        >>> _ = model.fit(np.ones([6, 1]), np.ones([6, 1]), batch_size=2, verbose=0,
        ...               callbacks=[updater])
        >>> updater.history["lr"]
        [1.0, 0.5, 0.25]
    """

    def __init__(self, iterations: Optional[float] = None) -> None:
        super().__init__()
        self.epoch_iterations = iterations

    @property
    def trn_iterations(self) -> int:
        """How many batches were trained."""
        return self.iteration

    def setRate(self) -> Any:
        """Returns the learning rate of the next batch: a number, or one for each stage."""
        raise NotImplementedError

    def on_train_begin(self, logs: Any = None) -> None:
        """Checks that there is a ``setRate``, and a learning rate to set."""
        super().on_train_begin(logs)
        if type(self).setRate is LR_Updater.setRate:
            raise RecipeError("Cannot set the learning rate", [
                "%s has no method setRate: write one that returns the next batch's learning rate, "
                "or use LearningRateRecorder" % type(self).__name__])

    def _set_rate(self):
        self._optimizer_rate().set(self.setRate(), "what setRate() returned")


class LR_Cycle(WarmRestarts, LR_Updater):
    """`WarmRestarts` by its documented name and arguments.

        setRate() = max_learning_rate * (1 + cos(pi c / n)) / 2

    Args:
        iterations: number > 0, the batches of the first cycle: ``samples / batch_size``.
        cycle_mult: number of at least 1: each cycle has so many times the batches of the last one.

    Attributes:
        iteration, history, max_learning_rate: as in `WarmRestarts`.

    Raises:
        RecipeError: with all problems in one message, as from `WarmRestarts`.

    Example:
        >>> import numpy as np
        >>> model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
        >>> model.compile(tf.keras.optimizers.SGD(1.0), "mse")
        >>> sched = LR_Cycle(iterations=np.ceil(4 / 2), cycle_mult=2)
        >>> _ = model.fit(np.ones([7, 1]), np.ones([7, 1]), batch_size=1, verbose=0,
        ...               callbacks=[sched])
        >>> " ".join("%.4f" % rate for rate in sched.history["lr"])
        '1.0000 0.5000 1.0000 0.8536 0.5000 0.1464 1.0000'
    """

    _ARGUMENTS = dict(WarmRestarts._ARGUMENTS, first_decay_steps="iterations", t_mul="cycle_mult")

    def __init__(self, iterations: float, cycle_mult: float = 1) -> None:
        super().__init__(iterations, cycle_mult)
        self.epoch_iterations = iterations

    def setRate(self) -> Any:
        """Returns the learning rate of the next batch, by the graph's own ops."""
        _, _, step, rate, _ = self._made
        return self._optimizer_rate().session().run(rate, {step: self.iteration})

    def _set_rate(self):
        # WarmRestarts computes the same rate in the run that sets it.
        own = type(self).setRate is not LR_Cycle.setRate
        (LR_Updater if own else WarmRestarts)._set_rate(self)
