"""``tf.test.is_built_with_cuda``, which scripts ask in order to learn whether there is a GPU."""


def is_built_with_cuda():
    """Whether there is a GPU here that TensorFlow can use."""
    from tensorflow.python.client import device_lib

    return any(device.device_type == "GPU" for device in device_lib.list_local_devices())
