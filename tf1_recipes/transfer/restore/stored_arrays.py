"""An array that is known by its shape and type, and read when it is asked for."""
import collections

StoredArray = collections.namedtuple("StoredArray", "shape dtype read")


class Fault(str):
    """What stands in the place of an array that must not or cannot be had: the reason."""
