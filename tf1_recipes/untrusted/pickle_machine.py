"""Interprets a pickle's opcodes on plain values: a stack, a memo, and nothing that runs."""
from __future__ import annotations

import itertools
from typing import Any, Callable, Mapping

from tf1_recipes.untrusted.pickle_arguments import Arguments, PickleError

_MOST_STEPS = 1000000
_NAMES_TOLD, _LONGEST_TOLD = 5, 100
# What a wrong order of opcodes, or a wrong argument, raises below.
_WRONG = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
# Larger integers may be chosen to share one hash, which makes a dict slow.
_MOST_NUMBER = 1 << 32


class Known(object):
    """A function or class that the caller's table knows, not yet called.

    Args:
        name: str, ``module.name``.
    """

    def __init__(self, name: str) -> None:
        self.name = name


class Built(object):
    """The base of what the caller's functions return if a pickle sets its state afterwards."""

    def build(self, state: Any) -> None:
        """Takes the state."""
        raise NotImplementedError


class _Foreign(object):
    """Stands for what no table knows, for its calls, and for what they return."""


class Machine(object):
    """Runs the opcodes of one pickle.

    Args:
        arguments: ``Arguments``, at the pickle's start. known: see `load`.
    """

    def __init__(self, arguments: Arguments, known: Mapping[str, Any]) -> None:
        self.input, self._known = arguments, known
        self._stack: Any = []
        self._outer: Any = []
        self._memo: Any = {}
        self._foreign: Any = {}

    def run(self) -> Any:
        for _ in range(_MOST_STEPS):
            place = self.input.place
            code = self.input.take(1)
            try:
                if code == b".":
                    return self._stack.pop()
                if code in _VALUES:
                    self._stack.append(_VALUES[code](self.input))
                elif code in _ACTIONS:
                    _ACTIONS[code](self)
                else:
                    raise PickleError("is damaged: there is no opcode %r, at byte %d"
                                      % (code, place))
            except PickleError:
                raise
            except _WRONG:
                raise PickleError("is damaged at byte %d" % place) from None
        raise PickleError("has more than %d opcodes" % _MOST_STEPS)

    def refuse_foreign(self) -> None:
        if self._foreign:
            names = [name[:_LONGEST_TOLD] for name in itertools.islice(self._foreign, _NAMES_TOLD)]
            rest = len(self._foreign) - len(names)
            raise PickleError("asks for %s%s, which is never run: save its arrays by numpy.savez "
                              "where it was made" % (
                                  ", ".join(names), " and %d more" % rest if rest else ""))

    # --- the stack

    def mark(self) -> None:
        self._outer.append(self._stack)
        self._stack = []

    def _behind_mark(self):
        items, self._stack = self._stack, self._outer.pop()
        return items

    def pop(self) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self._behind_mark()

    def double(self) -> None:
        self._stack.append(self._stack[-1])

    def put(self, number: int) -> None:
        if number >= _MOST_NUMBER:
            raise ValueError
        self._memo[number] = self._stack[-1]

    def memoize(self) -> None:
        self.put(len(self._memo))

    def get(self, number: int) -> None:
        self._stack.append(self._memo[number])

    # --- lists, tuples and dicts

    def tuple(self, count: Any = None) -> None:
        items = self._behind_mark() if count is None else [
            self._stack.pop() for _ in range(count)][::-1]
        self._stack.append(tuple(items))

    def list(self) -> None:
        items = self._behind_mark()
        self._stack.append(items)

    def append(self, items: Any) -> None:
        if not isinstance(self._stack[-1], _Foreign):
            _of_type(self._stack[-1], list).extend(items)

    def dict(self) -> None:
        items = self._behind_mark()
        self._stack.append({})
        self.set(items)

    def set(self, items: Any) -> None:
        goal = self._stack[-1]
        if isinstance(goal, _Foreign):
            return
        _of_type(goal, dict)
        for key, value in zip(items[::2], items[1::2]):
            add_item(goal, key, value)
        if len(items) % 2:
            raise ValueError

    # --- names of modules and what is done with them

    def name(self, module: str, name: str) -> None:
        if module in ("__builtin__", "copy_reg"):  # of Python 2
            module = {"__builtin__": "builtins"}.get(module, "copyreg")
        whole = "%s.%s" % (module.replace("numpy._core", "numpy.core"), name)
        if whole not in self._known:
            self._foreign["%s.%s" % (module, name)] = None
        self._stack.append(Known(whole) if whole in self._known else _Foreign())

    def name_in_lines(self) -> None:
        self.name(self.input.text_line(), self.input.text_line())

    def name_on_stack(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self.name(_of_type(module, str), _of_type(name, str))

    def call(self) -> None:
        arguments, function = _of_type(self._stack.pop(), tuple), self._stack.pop()
        if isinstance(function, Known) and self._known[function.name]:
            try:
                self._stack.append(self._known[function.name](*arguments))
            except (TypeError, ValueError, LookupError) as error:
                if isinstance(error, PickleError):
                    raise
                raise PickleError("calls %s with wrong arguments" % function.name) from None
        elif isinstance(function, Known):
            raise PickleError("calls %s, which it may only name" % function.name)
        else:
            self._stack.append(_of_type(function, _Foreign))

    def build(self) -> None:
        state, value = self._stack.pop(), self._stack[-1]
        if not isinstance(value, _Foreign):
            _of_type(value, Built).build(state)

    def new(self, count: int) -> None:
        """An instance made without a call: of nothing that is known."""
        for _ in range(count):
            self._stack.pop()
        self._make(self._stack.pop())

    def new_behind_mark(self) -> None:
        self._make(self._behind_mark()[0])

    def new_in_lines(self) -> None:
        self.name_in_lines()
        made = self._stack.pop()
        self._behind_mark()
        self._make(made)

    def _make(self, made):
        if isinstance(made, Known):
            self._foreign[made.name + "()"] = None
        self._stack.append(_Foreign())


def add_item(goal: dict, key: Any, value: Any) -> None:
    """Adds an item to a dict.

    Raises:
        PickleError: the key is not a string or an integer, or is there already.
    """
    if not (isinstance(key, (str, bytes)) or isinstance(key, int) and abs(key) < _MOST_NUMBER):
        raise PickleError("has a dict with a key of type %s: keys must be strings or small integers"
                          % type(key).__name__)
    if key in goal:
        raise PickleError("has a dict with two items of the key %s" % repr(key)[:_LONGEST_TOLD])
    goal[key] = value


def _of_type(value, kind):
    if not isinstance(value, kind):
        raise TypeError
    return value


def _refused(what):
    def refuse(machine):
        raise PickleError(what)
    return refuse


_VALUES = {  # opcodes that push a value
    b"N": lambda input: None, b"\x88": lambda input: True, b"\x89": lambda input: False,
    b"I": Arguments.number_line, b"L": Arguments.number_line,
    b"K": lambda input: input.number(1), b"M": lambda input: input.number(2),
    b"J": lambda input: input.number(4, True), b"\x8a": lambda input: input.long(1),
    b"\x8b": lambda input: input.long(4), b"F": Arguments.float_line, b"G": Arguments.double,
    b"S": Arguments.quoted_line, b"V": Arguments.unicode_line,
    b"T": lambda input: input.counted(4), b"U": lambda input: input.counted(1),
    b"B": lambda input: input.counted(4), b"C": lambda input: input.counted(1),
    b"\x8e": lambda input: input.counted(8), b"\x96": lambda input: input.counted(8),
    b"X": lambda input: input.text(4), b"\x8c": lambda input: input.text(1),
    b"\x8d": lambda input: input.text(8),
    b"]": lambda input: [], b"}": lambda input: {}, b")": lambda input: ()}
_ACTIONS: Mapping[bytes, Callable[[Machine], Any]] = {
    b"\x80": lambda machine: machine.input.protocol(), b"\x95": lambda machine: (
        machine.input.take(8)),
    b"(": Machine.mark, b"0": Machine.pop, b"1": Machine._behind_mark, b"2": Machine.double,
    b"p": lambda machine: machine.put(machine.input.number_line()),
    b"q": lambda machine: machine.put(machine.input.number(1)),
    b"r": lambda machine: machine.put(machine.input.number(4)),
    b"\x94": Machine.memoize,
    b"g": lambda machine: machine.get(machine.input.number_line()),
    b"h": lambda machine: machine.get(machine.input.number(1)),
    b"j": lambda machine: machine.get(machine.input.number(4)),
    b"t": Machine.tuple, b"\x85": lambda machine: machine.tuple(1),
    b"\x86": lambda machine: machine.tuple(2), b"\x87": lambda machine: machine.tuple(3),
    b"l": Machine.list, b"d": Machine.dict,
    b"a": lambda machine: machine.append([machine._stack.pop()]),
    b"e": lambda machine: machine.append(machine._behind_mark()),
    b"s": lambda machine: machine.set([machine._stack.pop(), machine._stack.pop()][::-1]),
    b"u": lambda machine: machine.set(machine._behind_mark()),
    b"c": Machine.name_in_lines, b"\x93": Machine.name_on_stack,
    b"R": Machine.call, b"b": Machine.build,
    b"i": Machine.new_in_lines, b"o": Machine.new_behind_mark,
    b"\x81": lambda machine: machine.new(1), b"\x92": lambda machine: machine.new(2),
    **dict.fromkeys([b"P", b"Q"], _refused("refers to data outside of the file (a persistent id)")),
    **dict.fromkeys([b"\x97", b"\x98"], _refused("has its data outside of the file (a buffer)")),
    **dict.fromkeys([b"\x82", b"\x83", b"\x84"], _refused("asks for a registered extension")),
    **dict.fromkeys([b"\x8f", b"\x90", b"\x91"], _refused("has a set")),
}
