"""Gives changed files to their readers, in a process of its own within the limits.

    python -m tests.fuzz.worker GROUP FIRST STOP FOLDER

prints a line of JSON for each input: its number, its kind, what became of it; the last line says
what the most memory and the most time was that one took. An input's number is all that it is made
from. One that the process does not survive is the one behind the last line.
"""
import faulthandler
import importlib
import json
import os
import pickle
import random
import resource
import sys
import time
import traceback
import tracemalloc
import warnings

SECONDS = 5
MEGABYTES = 1024
# What reading a trace may allocate by Python, whose files here are of a few kB.
TRACED_MEGABYTES = 16
GROUPS = {"traces and maps": ["trace_files", "map_files"],
          "weights and caches": ["weight_files", "cache_files"],
          "foreign weights": ["foreign_weight_files"]}


class Fault(BaseException):
    """Nothing may catch it."""


def refuse_pickles():
    def refuse(*arguments, **options):
        raise Fault("a pickle was loaded")
    for name in ("load", "loads", "Unpickler"):
        setattr(pickle, name, refuse)


def limit_memory():
    """Sets the limit beyond what is there now, and returns that in bytes."""
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (MEGABYTES << 20),) * 2)


def outcome(kind, number):
    """Returns what became of an input: ``read``, ``refused`` or what is wrong with that."""
    randomly = random.Random("%s %d" % (type(kind).__name__, number))
    path = kind.write(randomly)
    try:
        kind.read(path)
        return "read"
    except kind.errors as error:
        message = str(error)
        lines = message.splitlines()
        if not all(line.isprintable() for line in lines) or not message:
            return "its message is not printable: %r" % message
        if len(lines) != 1 + len(getattr(error, "problems", [])):
            return "its message has other lines than its problems: %r" % message
        if getattr(kind, "names_path", True) and path not in message:
            return "its message does not name %r: %r" % (path, message)
        return "refused"
    except (Exception, Fault):
        return traceback.format_exc()


def main(group, first, stop, folder):
    kinds = []
    for module in GROUPS[group]:
        for kind in importlib.import_module("tests.fuzz." + module).KINDS:
            os.makedirs(os.path.join(folder, kind.__name__), exist_ok=True)
            kinds.append(kind(os.path.join(folder, kind.__name__)))
    warnings.simplefilter("ignore")
    refuse_pickles()
    limit_memory()
    before, slowest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0.0
    if group == "traces and maps":
        tracemalloc.start()
    for number in range(first, stop):
        kind = kinds[number % len(kinds)]
        # Ends the process from a thread of its own: a library's loop would not hear of a signal.
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        start = time.monotonic()
        tracemalloc.reset_peak() if tracemalloc.is_tracing() else None
        traced = tracemalloc.get_traced_memory()[0]
        result = outcome(kind, number)
        if tracemalloc.get_traced_memory()[1] - traced > TRACED_MEGABYTES << 20:
            result = "it took more than %d MB" % TRACED_MEGABYTES
        slowest = max(slowest, time.monotonic() - start)
        faulthandler.cancel_dump_traceback_later()
        print(json.dumps([number, type(kind).__name__, result]), flush=True)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"megabytes": round(grown), "seconds": round(slowest, 2)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
