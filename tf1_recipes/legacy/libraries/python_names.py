"""What Python itself removed since 2015."""
import collections
import collections.abc
import csv
import fractions
import importlib.util
import inspect
import io
import itertools
import math
import os
import pickle
import string
import sys
import time
import types

from tf1_recipes.legacy.patch import patch

_TYPES = {"StringType": str, "UnicodeType": str, "StringTypes": (str, str), "IntType": int,
          "LongType": int, "FloatType": float, "BooleanType": bool, "ListType": list,
          "TupleType": tuple, "DictType": dict, "DictionaryType": dict, "NoneType": type(None),
          "TypeType": type, "ObjectType": object, "FileType": io.IOBase, "ClassType": type,
          "InstanceType": object}

_ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")

# Functions of the module `string`, each a method of str.
_STRING_METHODS = (
    "capitalize", "count", "find", "index", "ljust", "lower", "lstrip", "replace", "rfind",
    "rindex", "rjust", "rstrip", "split", "strip", "swapcase", "translate", "upper", "zfill")


@patch("the standard library has its names of Python 3.5 to 3.7")
def python_3_names(changes):
    changes.add(time, clock=time.process_time)  # CPU seconds, as on Unix
    changes.add(fractions, gcd=math.gcd)
    changes.add(inspect, getargspec=_getargspec, ArgSpec=_ArgSpec)
    changes.add(collections, **{name: getattr(collections.abc, name)
                                for name in collections.abc.__all__ if name[0].isupper()})
    if importlib.util.find_spec("imp") is None:
        changes.item(sys.modules, "imp", _imp())


@patch("the standard library has its names of Python 2.7", when=lambda target: target.python2)
def python_2_names(changes):
    changes.add(sys, maxint=sys.maxsize, setdefaultencoding=lambda name: None)  # it is UTF-8
    changes.add(os, getcwdu=os.getcwd, errno=__import__("errno"))
    changes.add(string, letters=string.ascii_letters, lowercase=string.ascii_lowercase,
                uppercase=string.ascii_uppercase, maketrans=str.maketrans, atoi=int, atof=float,
                join=lambda words, separator=" ": separator.join(words),
                **{name: _of_str(name) for name in _STRING_METHODS})
    changes.add(itertools, izip=zip, imap=map, ifilter=filter,
                ifilterfalse=itertools.filterfalse, izip_longest=itertools.zip_longest)
    changes.add(types, **_TYPES)
    changes.put(pickle, "load", _load)
    changes.put(pickle, "loads", _loads)
    changes.put(csv, "reader", _csv_reader)


def _of_str(method):
    return lambda text, *arguments: getattr(text, method)(*arguments)


def _getargspec(function):
    """``inspect.getargspec`` of Python 3.10."""
    spec = inspect.getfullargspec(function)
    if spec.kwonlyargs or spec.annotations:
        raise ValueError("Function has keyword-only parameters or annotations, use "
                         "inspect.signature() API which can support them")
    return _ArgSpec(spec.args, spec.varargs, spec.varkw, spec.defaults)


def _imp():
    """The module `imp` of Python 3.11, without its functions that look for modules."""
    def load_source(name, path):
        spec = importlib.util.spec_from_file_location(name, path)
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    imp = types.ModuleType("imp", "What Python 3.11 had under this name.")
    imp.reload = importlib.reload
    imp.load_source = load_source
    imp.new_module = types.ModuleType
    return imp


_load_now, _loads_now, _reader_now = pickle.load, pickle.loads, csv.reader


def _load(file, **options):
    """``pickle.load``, from a file opened as text, and of Python 2's strings of bytes, too."""
    binary = getattr(file, "buffer", file)
    if options:
        return _load_now(binary, **options)
    start = binary.tell() if hasattr(binary, "seek") else None
    try:
        return _load_now(binary)
    except UnicodeDecodeError:
        if start is None:
            raise
        binary.seek(start)
        return _load_now(binary, encoding="latin1")


def _csv_reader(lines, *arguments, **options):
    """``csv.reader``, of a file opened for bytes, too."""
    return _reader_now((line.decode("utf-8") if isinstance(line, bytes) else line
                        for line in lines), *arguments, **options)


def _loads(data, **options):
    data = data.encode("latin1") if isinstance(data, str) else data
    try:
        return _loads_now(data, **options)
    except UnicodeDecodeError:
        if options:
            raise
        return _loads_now(data, encoding="latin1")
