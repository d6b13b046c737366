"""The configuration of sessions: ops are placed softly, and fed tensors are taken as fed.

A script that names a GPU runs where there is none. Its own ``allow_soft_placement=False`` cannot be
told from the default, and is ignored as well: without the device the run would end there.

Every TF1 allowed a tensor that other ops compute to be fed:

    x = tf.placeholder(tf.float32, [None, None, 3])
    x = tf.transpose(x, [1, 0, 2])
    session.run(outputs, {x: batch})

Today's arithmetic optimizer and constant folding together cancel such a transpose against a later
one, and so ask for the placeholder after all. Arithmetic is therefore not rewritten unless a script
asks for it.
"""
from tf1_recipes.legacy.patch import patch


@patch("sessions place ops softly and take fed tensors as fed", after="tensorflow")
def sessions(changes, tensorflow):
    from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2
    from tensorflow.python.client.session import BaseSession

    @changes.wrap(BaseSession, "__init__")
    def __init__(initialise, self, target="", graph=None, config=None):
        if config is None:
            config = config_pb2.ConfigProto()
        if isinstance(config, config_pb2.ConfigProto):  # the session refuses everything else
            asked, config = config, config_pb2.ConfigProto()
            config.CopyFrom(asked)
            config.allow_soft_placement = True
            rewrites = config.graph_options.rewrite_options
            if rewrites.arithmetic_optimization == rewriter_config_pb2.RewriterConfig.DEFAULT:
                rewrites.arithmetic_optimization = rewriter_config_pb2.RewriterConfig.OFF
        initialise(self, target, graph, config)
