"""Reads a pickle without running anything that it asks for.

``pickle`` itself imports what a file names and calls it. Here the opcodes are interpreted on plain
values: numbers, strings, lists, tuples and dicts. A name of a module's is looked up in a table of
the caller's; all others are collected, never imported, and refused together. The ``pickle`` module
takes no part.

Source: the opcodes of protocols 0 to 5, as ``pickletools`` of Python's own library documents them.
"""
from __future__ import annotations

from typing import Any, Mapping, Tuple, Union

from tf1_recipes.untrusted.pickle_arguments import Arguments, PickleError
from tf1_recipes.untrusted.pickle_machine import Machine


def load(data: Union[bytes, memoryview], known: Mapping[str, Any],
         start: int = 0) -> Tuple[Any, int]:
    r"""Reads one pickle.

    Args:
        data: bytes, of untrusted origin.
        known: dict of ``module.name`` to a function that is called in place of it, or to None for
            a class that is only named. Modules have the names of Python 3 and NumPy 1.
        start: int, where the pickle starts.

    Returns:
        A pair: the value, and where the pickle ends. Strings of Python 2 are bytes.

    Raises:
        PickleError: it is damaged, or asks for anything that is not known; the text names all that
            it asks for.

    >>> load(b"\x80\x02}q\x00U\x01aq\x01K\x03s.", {})
    ({b'a': 3}, 14)
    >>> try:
    ...     load(b"cos\nsystem\n(S'echo'\ntR.", {})
    ... except PickleError as error:
    ...     print(str(error).split(":")[0])
    asks for os.system, which is never run
    """
    machine = Machine(Arguments(data, start), known)
    try:
        value = machine.run()
    except PickleError:
        machine.refuse_foreign()  # which says more than what became of it afterwards
        raise
    machine.refuse_foreign()
    return value, machine.input.place
