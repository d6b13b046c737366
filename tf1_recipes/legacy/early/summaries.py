"""The summaries of TensorFlow before 1.0, with tags that are not names of ops."""
from tf1_recipes.v1 import tf


def _collected(summary, collections):
    for key in collections if collections is not None else [tf.GraphKeys.SUMMARIES]:
        tf.add_to_collection(key, summary)
    return summary


def scalar_summary(tags, values, collections=None, name=None):
    """``tf.scalar_summary``: a tag for each value."""
    return _collected(tf.raw_ops.ScalarSummary(
        tags=tags, values=values, name=name or "ScalarSummary"), collections)


def histogram_summary(tag, values, collections=None, name=None):
    """``tf.histogram_summary``."""
    return _collected(tf.raw_ops.HistogramSummary(
        tag=tag, values=values, name=name or "HistogramSummary"), collections)


def image_summary(tag, tensor, max_images=3, collections=None, name=None):
    """``tf.image_summary``."""
    return _collected(tf.raw_ops.ImageSummary(
        tag=tag, tensor=tensor, max_images=max_images, name=name or "ImageSummary"), collections)


def audio_summary(tag, tensor, sample_rate, max_outputs=3, collections=None, name=None):
    """``tf.audio_summary``."""
    return _collected(tf.raw_ops.AudioSummaryV2(
        tag=tag, tensor=tensor, sample_rate=sample_rate, max_outputs=max_outputs,
        name=name or "AudioSummary"), collections)
