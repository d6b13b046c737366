"""Today's functions, called with the argument names and order of an old release."""
import functools


def with_old_arguments(function, parameters, title):
    """Returns a function that takes an old release's arguments and calls today's by name.

    Args:
        function: today's function or class.
        parameters: str, the old names in their order, each ``old`` or ``old=new``, such as
            ``"concat_dim=axis values name"``. Names not among them are passed on as they are.
        title: str, what the function was called, for errors.

    Raises:
        TypeError: when called with too many arguments, or with one twice.

    Example:
        >>> power = with_old_arguments(pow, "to_the=exp number=base", "power")
        >>> power(3, 2), power(3, base=2), power(to_the=3, number=2)
        (8, 8, 8)
    """
    order = [part.partition("=")[0] for part in parameters.split()]
    today = {old: new or old for old, _, new in (
        part.partition("=") for part in parameters.split())}

    @functools.wraps(function, assigned=("__doc__",), updated=())
    def call(*positional, **keywords):
        if len(positional) > len(order):
            raise TypeError("tf.%s() takes at most %d arguments (%s), and was given %d" % (
                title, len(order), ", ".join(order), len(positional)))
        arguments = {today[name]: value for name, value in zip(order, positional)}
        for name, value in keywords.items():
            if today.get(name, name) in arguments:
                raise TypeError("tf.%s() was given %s twice" % (title, name))
            arguments[today.get(name, name)] = value
        return function(**arguments)

    call.__name__ = call.__qualname__ = title.rpartition(".")[2]
    return call
