"""Feeding a tensor that other ops compute, in place of what computes it, as every TF1 allowed.

    x = tf.placeholder(tf.float32, [None, None, 3])
    x = tf.transpose(x, [1, 0, 2])
    session.run(outputs, {x: batch})

Today's arithmetic optimiser and constant folding, one after the other, cancel such a transpose
against a later one and so ask for the placeholder after all.
"""


def heed_feeds():
    """Leaves the rewriting of arithmetic out of every session that does not ask for it."""
    from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2
    from tensorflow.python.client.session import BaseSession

    initialise = BaseSession.__init__

    def __init__(self, target="", graph=None, config=None):
        if config is None:
            config = config_pb2.ConfigProto()
        if isinstance(config, config_pb2.ConfigProto):  # else it says itself what it must be
            asked = config
            config = config_pb2.ConfigProto()
            config.CopyFrom(asked)
            rewrites = config.graph_options.rewrite_options
            if rewrites.arithmetic_optimization == rewriter_config_pb2.RewriterConfig.DEFAULT:
                rewrites.arithmetic_optimization = rewriter_config_pb2.RewriterConfig.OFF
        initialise(self, target, graph, config)

    BaseSession.__init__ = __init__
