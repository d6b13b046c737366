"""``tf.contrib.predictor``: a SavedModel, or an estimator, as a function of arrays."""
import tempfile

from tf1_recipes.v1 import tf


class Predictor:
    """A function from a dict of arrays to a dict of arrays.

    Args:
        graph, session: in which it runs.
        feed_tensors, fetch_tensors: dicts by the names of inputs and outputs.
    """

    def __init__(self, graph, session, feed_tensors, fetch_tensors):
        self.graph, self.session = graph, session
        self.feed_tensors, self.fetch_tensors = feed_tensors, fetch_tensors

    def __repr__(self):
        return "%s with feed tensors %s and fetch_tensors %s" % (
            type(self).__name__, self.feed_tensors, self.fetch_tensors)

    def __call__(self, input_dict):
        unexpected = set(input_dict) - set(self.feed_tensors)
        if unexpected:
            raise ValueError("Got unexpected keys in input_dict: %s\nexpected: %s" % (
                unexpected, set(self.feed_tensors)))
        return self.session.run(self.fetch_tensors, {
            self.feed_tensors[name]: value for name, value in input_dict.items()
            if value is not None})


def from_saved_model(export_dir, signature_def_key=None, signature_def=None, input_names=None,
                     output_names=None, tags=None, graph=None, config=None):
    """Returns a `Predictor` by a SavedModel.

    Args:
        export_dir: str, its folder.
        signature_def_key: str, by default "serving_default".
        signature_def: ``SignatureDef``, in place of one of the model's.
        input_names, output_names: dicts of the names of tensors, in place of a signature.
        tags: str, with commas between, by default "serve".
        graph: ``tf.Graph``, by default a new one.
        config: ``tf.ConfigProto`` of the session.
    """
    if (input_names is None) != (output_names is None):
        raise ValueError("input_names and output_names must both be specified or both be "
                         "unspecified.")
    if sum(each is not None for each in (signature_def_key, signature_def, input_names)) > 1:
        raise ValueError("You must specify at most one of signature_def_key OR signature_def OR"
                         "(input_names AND output_names).")
    graph = graph or tf.Graph()
    with graph.as_default():
        session = tf.Session(config=config)
        model = tf.saved_model.loader.load(session, (tags or "serve").split(","), export_dir)
    if input_names is None:
        signature = signature_def or _signature(model, signature_def_key or "serving_default")
        input_names = {name: each.name for name, each in signature.inputs.items()}
        output_names = {name: each.name for name, each in signature.outputs.items()}
    return Predictor(graph, session, *(
        {name: graph.get_tensor_by_name(tensor) for name, tensor in names.items()}
        for names in (input_names, output_names)))


def _signature(model, key):
    for name in (key, "default_input_alternative:" + key):
        if name in model.signature_def:
            return model.signature_def[name]
    raise ValueError('Got signature_def_key "%s". Available signatures are %s.' % (
        key, sorted(model.signature_def)))


def from_estimator(estimator, serving_input_receiver_fn, output_key=None, graph=None, config=None):
    """Returns a `Predictor` by the last checkpoint of a ``tf.estimator.Estimator``."""
    if hasattr(estimator, "fit"):
        raise TypeError("Expected estimator to be of type tf.python.estimator.Estimator, but got "
                        "type tf.contrib.learn.Estimator. You likely want to call "
                        "from_contrib_estimator.")
    folder = estimator.export_saved_model(tempfile.mkdtemp(), serving_input_receiver_fn)
    return from_saved_model(folder.decode(), output_key, graph=graph, config=config)
