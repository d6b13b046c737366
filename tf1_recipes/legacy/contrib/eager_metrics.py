"""``tf.contrib.eager.metrics``: sums over what a metric was called with, by default in float64."""
from tf1_recipes.v1 import tf


class Metric:
    """A sum that grows by each call.

    Args:
        name: str, by default the class's.
        use_global_variables: bool, whether its variables are saved.
    """

    def __init__(self, name=None, use_global_variables=False):
        self._name = name or type(self).__name__
        self._collection = tf.GraphKeys.GLOBAL_VARIABLES if use_global_variables \
            else tf.GraphKeys.LOCAL_VARIABLES
        self._variables, self._built = [], False

    name = property(lambda self: self._name)
    variables = property(lambda self: self._variables)

    def __call__(self, *arguments, **keywords):
        if not self._built:
            with tf.init_scope(), tf.variable_scope(None, self._name):
                self.build(*arguments, **keywords)
            self._built = True
        return self.call(*arguments, **keywords)

    def build(self, *arguments, **keywords):
        """Makes the variables, at the first call."""

    def add_variable(self, name, shape=None, dtype=None, initializer=None):
        """Makes a variable, which `init_variables` sets back."""
        variable = tf.Variable(
            initializer(shape, dtype=dtype), trainable=False, collections=[self._collection],
            name=name, use_resource=True)
        self._variables.append(variable)
        return variable

    def init_variables(self):
        """Sets the sums to zero: at once, or in a graph by the op that is returned."""
        if not tf.executing_eagerly():
            return tf.group([variable.initializer for variable in self._variables])
        for variable in self._variables:
            variable.assign(tf.zeros_like(variable))
        return None

    def value(self):
        """The result: a function of no arguments, or in a graph its tensor."""
        return self.result if tf.executing_eagerly() else self.result()


class Mean(Metric):
    """The mean of the values, weighted or not."""

    def __init__(self, name=None, dtype=tf.float64, use_global_variables=False):
        super().__init__(name, use_global_variables)
        self.dtype = dtype

    def build(self, *arguments, **keywords):
        self.numer = self.add_variable("numer", (), self.dtype, tf.zeros_initializer())
        self.denom = self.add_variable("denom", (), self.dtype, tf.zeros_initializer())

    def call(self, values, weights=None):
        """Adds values; returns them."""
        given = values
        if weights is None:
            self.denom.assign_add(tf.cast(tf.size(values), self.dtype))
        else:
            weights = tf.cast(weights, self.dtype)
            self.denom.assign_add(tf.reduce_sum(weights))
            values = tf.cast(values, self.dtype) * weights
        self.numer.assign_add(tf.cast(tf.reduce_sum(values), self.dtype))
        return given if weights is None else (given, weights)

    def result(self):
        """The mean so far."""
        return self.numer / self.denom


class _OfMatches(Mean):
    def __init__(self, name=None, dtype=tf.float64):
        super().__init__(name, dtype)

    def call(self, labels, predictions, weights=None):
        """Adds the share of predictions that are right; returns labels and predictions."""
        matches = self.matches(tf.convert_to_tensor(labels), tf.convert_to_tensor(predictions))
        super().call(tf.cast(matches, self.dtype), weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)


class Accuracy(_OfMatches):
    """The share of predictions that equal their labels."""

    def matches(self, labels, predictions):
        """Whether each is right."""
        return tf.equal(labels, tf.cast(predictions, labels.dtype))


class BinaryAccuracy(_OfMatches):
    """The share of predictions on the label's side of a threshold."""

    def __init__(self, threshold, name=None, dtype=tf.float64):
        super().__init__(name, dtype)
        self.threshold = threshold

    def matches(self, labels, predictions):
        """Whether each is right."""
        return tf.equal(tf.cast(labels, tf.bool), predictions > self.threshold)


class CategoricalAccuracy(_OfMatches):
    """The share of rows whose largest outputs are where the labels are 1."""

    def matches(self, labels, predictions):
        """Whether each is right."""
        return tf.equal(tf.argmax(labels, -1), tf.argmax(predictions, -1))


class SparseAccuracy(_OfMatches):
    """The share of rows whose largest output is the label's."""

    def matches(self, labels, predictions):
        """Whether each is right."""
        labels = tf.squeeze(labels, [-1]) if labels.shape.ndims == predictions.shape.ndims \
            else labels
        return tf.equal(tf.cast(labels, tf.int64), tf.argmax(predictions, -1))
