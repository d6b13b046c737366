"""Runs the scripts that are named on its standard input, one a line, in one process.

A framework takes seconds to import, and TensorFlow 2 cannot be had beside TensorFlow 1: so each
framework's ports share a process of their own. A line is a JSON list, a script and its arguments;
the answer is a line, too: what it printed, and the traceback if it failed.
"""
import contextlib
import io
import json
import runpy
import sys
import traceback


def run(script, arguments):
    printed, failure = io.StringIO(), None
    sys.argv = [script, *arguments]
    try:
        with contextlib.redirect_stdout(printed):
            runpy.run_path(script, run_name="__main__")
    except BaseException:  # SystemExit as well: a port that ends early is no port
        failure = traceback.format_exc()
    return {"printed": printed.getvalue(), "failure": failure}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(run(request[0], request[1:])), file=sys.__stdout__, flush=True)
