"""``tf.contrib.learn``: a trained estimator, written as a SavedModel to be served."""
import os
import shutil
import time
from collections import namedtuple

from tf1_recipes.legacy.contrib.learn.heads import PredictionKey, ProblemType
from tf1_recipes.v1 import tf

_DEFAULT_INPUT = "default_input_alternative"
_DEFAULT_OUTPUT = "default_output_alternative"


class InputFnOps(namedtuple("InputFnOps", "features labels default_inputs")):
    """What a serving input function returns.

    Attributes:
        features: dict of the features that the model sees.
        labels: None.
        default_inputs: dict of the placeholders that are to be fed.
    """


def build_parsing_serving_input_fn(feature_spec, default_batch_size=None):
    """Returns an input function that parses ``tf.train.Example``s from a placeholder."""
    def input_fn():
        examples = tf.placeholder(tf.string, [default_batch_size], "input_example_tensor")
        return InputFnOps(tf.parse_example(examples, feature_spec), None, {"examples": examples})
    return input_fn


def build_default_serving_input_fn(features, default_batch_size=None):
    """Returns an input function with a placeholder for each of the features, a dict of tensors."""
    def input_fn():
        placeholders = {name: tf.placeholder(
            tensor.dtype, [default_batch_size] + tensor.shape.as_list()[1:], tensor.op.name)
            for name, tensor in features.items()}
        return InputFnOps(placeholders, None, placeholders)
    return input_fn


def export_savedmodel(model_function, export_dir_base, serving_input_fn,
                      default_output_alternative_key, assets_extra, as_text, checkpoint_path,
                      strip_default_attrs):
    """Writes a checkpoint of an estimator as a SavedModel.

    Args:
        model_function: the estimator's, a function from features to `ModelFnOps`.
        export_dir_base: str, the folder in which one named for the time is made.
        serving_input_fn: function that returns `InputFnOps`.
        default_output_alternative_key: str, the output that is served, of several.
        assets_extra: dict from places in the folder ``assets.extra`` to files to copy there.
        as_text: bool, as a text protocol buffer.
        checkpoint_path: str.
        strip_default_attrs: bool.

    Returns:
        bytes, the folder.
    """
    with tf.Graph().as_default() as graph:
        tf.train.create_global_step(graph)
        inputs = serving_input_fn()
        if not isinstance(inputs, InputFnOps):
            raise ValueError("A default input_alternative must be provided.")
        if not inputs.features:
            raise ValueError("Features must be defined.")
        for name in inputs.features:
            tf.add_to_collection("input_feature_keys", name)
        model = model_function(inputs.features)
        signatures = _signatures(model, inputs.default_inputs, default_output_alternative_key)
        main = tf.group(tf.local_variables_initializer(), tf.tables_initializer())
        folder = _new_folder(export_dir_base)
        builder = tf.saved_model.builder.SavedModelBuilder(folder)
        with tf.Session("") as session:
            saver = model.scaffold and model.scaffold.saver or tf.train.Saver(sharded=True)
            saver.restore(session, checkpoint_path)
            builder.add_meta_graph_and_variables(
                session, [tf.saved_model.tag_constants.SERVING], signature_def_map=signatures,
                assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS), main_op=main,
                strip_default_attrs=strip_default_attrs)
        builder.save(as_text)
    for place, source in (assets_extra or {}).items():
        place = os.path.join(folder, "assets.extra", place)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copyfile(source, place)
    return os.fsencode(folder)


def _signatures(model, inputs, default):
    outputs = model.output_alternatives
    if not outputs and not default:
        default = _DEFAULT_OUTPUT
        outputs = {default: (ProblemType.UNSPECIFIED, model.predictions if isinstance(
            model.predictions, dict) else {PredictionKey.GENERIC: model.predictions})}
    if default is None and len(outputs) == 1:
        default, = outputs
    if default not in (outputs or {}):
        raise ValueError("%s Available output_alternatives are: %s" % (
            "Requested default_output_alternative: %s." % default if default
            else "Please specify a default_output_alternative.", sorted(outputs or {})))
    signatures = {"%s:%s" % (_DEFAULT_INPUT, name): _signature(inputs, *output)
                  for name, output in outputs.items()}
    signatures[tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY] = \
        _signature(inputs, *outputs[default])
    return signatures


def _signature(inputs, problem, outputs):
    of = tf.saved_model.signature_def_utils
    classes = outputs.get(PredictionKey.CLASSES)
    if classes is not None and classes.dtype != tf.string:
        classes = None  # names only are served
    scores = outputs.get(PredictionKey.SCORES, outputs.get(PredictionKey.PROBABILITIES))
    if len(inputs) == 1:
        examples, = inputs.values()
        if problem in (ProblemType.CLASSIFICATION, ProblemType.LOGISTIC_REGRESSION):
            if classes is None and scores is None and len(outputs) == 1:
                only, = outputs.values()
                classes, scores = (only, None) if only.dtype == tf.string else (None, only)
            if classes is not None or scores is not None:
                return of.classification_signature_def(examples, classes, scores)
        if problem == ProblemType.LINEAR_REGRESSION and len(outputs) == 1:
            only, = outputs.values()
            return of.regression_signature_def(examples, only)
    return of.predict_signature_def(inputs, outputs)


def _new_folder(base):
    while True:
        folder = os.path.join(os.fsdecode(base), str(int(time.time())))
        if not os.path.exists(folder):
            return folder
        time.sleep(1)
