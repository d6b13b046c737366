"""``tf.contrib.opt``: training by an optimizer outside TensorFlow, such as SciPy's."""
import logging

import numpy as np

from tf1_recipes.v1 import tf


class ExternalOptimizerInterface:
    """Hands loss and gradient, as functions of one vector, to ``_minimize`` of a derived class.

    Args:
        loss: scalar tensor.
        var_list: list of variables, by default all trainable ones.
        equalities: list of scalar tensors that are to be 0.
        inequalities: list of scalar tensors that are to be at least 0.
        var_to_bounds: dict from variable to (least, largest), each a number or an array.
        **optimizer_kwargs: handed on.
    """

    def __init__(self, loss, var_list=None, equalities=None, inequalities=None,
                 var_to_bounds=None, **optimizer_kwargs):
        self._loss = loss
        self._vars = tf.trainable_variables() if var_list is None else list(var_list)
        self._equalities = equalities or []
        self._inequalities = inequalities or []
        self.optimizer_kwargs = optimizer_kwargs
        self._packed_bounds = None if var_to_bounds is None else self._bounds(var_to_bounds)
        self._shapes = [tuple(var.get_shape().as_list()) for var in self._vars]
        self._values = [tf.placeholder(var.dtype) for var in self._vars]
        self._updates = [var.assign(tf.reshape(value, shape)) for var, value, shape in zip(
            self._vars, self._values, self._shapes)]
        self._packed_var = _pack(self._vars)
        self._loss_gradient = self._gradient(loss)
        self._equality_gradients = [self._gradient(each) for each in self._equalities]
        self._inequality_gradients = [self._gradient(each) for each in self._inequalities]

    def minimize(self, session=None, feed_dict=None, fetches=None, step_callback=None,
                 loss_callback=None, **run_kwargs):
        """Trains the variables to the end.

        Args:
            session: ``tf.Session``, by default the default one.
            feed_dict: dict, for every run.
            fetches: list of tensors, fetched with every loss and given to ``loss_callback``.
            step_callback: function of the vector of all variables, called after each step.
            loss_callback: function of the values of ``fetches``.
            **run_kwargs: for the run that writes the result into the variables.
        """
        session = session or tf.get_default_session()

        def function(tensors, callback=None):
            def evaluate(vector):
                feeds = dict(zip(self._vars, self._unpack(vector)))
                feeds.update(feed_dict or {})
                values = session.run(tensors + list(fetches or []), feeds)
                if callback:
                    callback(*values[len(tensors):])
                return values[:len(tensors)]
            return evaluate

        found = self._minimize(
            initial_val=session.run(self._packed_var),
            loss_grad_func=function([self._loss, self._loss_gradient], loss_callback),
            equality_funcs=[function([each]) for each in self._equalities],
            equality_grad_funcs=[function([each]) for each in self._equality_gradients],
            inequality_funcs=[function([each]) for each in self._inequalities],
            inequality_grad_funcs=[function([each]) for each in self._inequality_gradients],
            packed_bounds=self._packed_bounds,
            step_callback=step_callback or (lambda vector: None),
            optimizer_kwargs=self.optimizer_kwargs)
        session.run(self._updates, dict(zip(self._values, self._unpack(found))), **run_kwargs)

    def _minimize(self, initial_val, loss_grad_func, equality_funcs, equality_grad_funcs,
                  inequality_funcs, inequality_grad_funcs, packed_bounds, step_callback,
                  optimizer_kwargs):
        raise NotImplementedError("To use ExternalOptimizerInterface, subclass from it and "
                                  "implement the _minimize() method.")

    def _gradient(self, tensor):
        return _pack([tf.zeros_like(var) if gradient is None else gradient for gradient, var in zip(
            tf.gradients(tensor, self._vars), self._vars)])

    def _bounds(self, var_to_bounds):
        given = {var.op.name: bounds for var, bounds in var_to_bounds.items()}
        least, largest = ([], [])
        for var in self._vars:
            low, high = given.get(var.op.name, (-np.inf, np.inf))
            shape = var.get_shape().as_list()
            least.extend(np.broadcast_to(low, shape).flat)
            largest.extend(np.broadcast_to(high, shape).flat)
        return list(zip(least, largest))

    def _unpack(self, vector):
        ends = np.cumsum([int(np.prod(shape)) for shape in self._shapes])
        return [part.reshape(shape) for part, shape in zip(
            np.split(vector, ends[:-1]), self._shapes)]


class ScipyOptimizerInterface(ExternalOptimizerInterface):
    """Trains by ``scipy.optimize.minimize``, with L-BFGS-B unless ``method`` says otherwise."""

    _DEFAULT_METHOD = "L-BFGS-B"

    def _minimize(self, initial_val, loss_grad_func, equality_funcs, equality_grad_funcs,
                  inequality_funcs, inequality_grad_funcs, packed_bounds, step_callback,
                  optimizer_kwargs):
        import scipy.optimize

        def loss_and_gradient(vector):
            loss, gradient = loss_grad_func(vector)
            return loss, gradient.astype("float64")

        constraints = [
            {"type": kind, "fun": _first(value), "jac": _first(gradient)}
            for kind, values, gradients in (
                ("eq", equality_funcs, equality_grad_funcs),
                ("ineq", inequality_funcs, inequality_grad_funcs))
            for value, gradient in zip(values, gradients)]
        options = dict(optimizer_kwargs)
        settings = {"jac": True, "callback": step_callback, "constraints": constraints,
                    "bounds": packed_bounds,
                    "method": options.pop("method", self._DEFAULT_METHOD)}
        for name in settings:
            if name in options:
                raise ValueError(
                    "Bounds must be set using the var_to_bounds argument" if name == "bounds" else
                    "Optimizer keyword arg '%s' is set automatically and cannot be injected "
                    "manually" % name)
        result = scipy.optimize.minimize(loss_and_gradient, initial_val, **settings, **options)
        lines = ["Optimization terminated with:", "  Message: %s" % (
            result.message.decode() if isinstance(result.message, bytes) else result.message),
            "  Objective function value: %f" % result.fun]
        lines += ["  Number of %s: %d" % (title, result[key]) for key, title in (
            ("nit", "iterations"), ("nfev", "functions evaluations")) if key in result]
        logging.getLogger("tensorflow").info("\n".join(lines))
        return result["x"]


def _first(function):
    return lambda vector: function(vector)[0]


def _pack(tensors):
    flat = [tf.reshape(tensor, [-1]) for tensor in tensors]
    return flat[0] if len(flat) == 1 else tf.concat(flat, 0)
