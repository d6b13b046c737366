"""Devices: a script that names a GPU runs where there is none."""


def is_built_with_cuda():
    """Whether there is a GPU here that TensorFlow can use, which scripts mean by it."""
    from tensorflow.python.client import device_lib

    return any(device.device_type == "GPU" for device in device_lib.list_local_devices())


def place_softly():
    """Lets every session put an op elsewhere if its device, such as /gpu:0, is not there.

    A script's own ``allow_soft_placement=False`` cannot be told from the default, and is not
    heeded either: without the device the run would end there.
    """
    from tensorflow.core.protobuf import config_pb2
    from tensorflow.python.client.session import BaseSession

    initialise = BaseSession.__init__

    def __init__(self, target="", graph=None, config=None):
        if config is None:
            config = config_pb2.ConfigProto()
        if isinstance(config, config_pb2.ConfigProto):  # else it says itself what it must be
            placed = config_pb2.ConfigProto()
            placed.CopyFrom(config)
            placed.allow_soft_placement = True
            config = placed
        initialise(self, target, graph, config)

    BaseSession.__init__ = __init__
