"""The session tap on a Python of today, where the script finds the TF1 API.

A program, started by its path in an interpreter that no TensorFlow 1 ever ran on. It takes the
arguments of `tf1_recipes.recording.session_tap`.
"""
import importlib.util
import os
import runpy
import sys


def run(script, arguments):
    """Runs a script by `tf1_recipes.legacy.runner`; returns its exit status."""
    from tf1_recipes.legacy import runner  # only now: first the tap checks what it was given

    return runner.run(script, arguments)


if __name__ == "__main__":
    # In place of this file's folder: its modules are not for others to import.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    if importlib.util.find_spec("numpy") is None:  # the tap reports it and exits
        runpy.run_module("tf1_recipes.recording.session_tap", run_name="__main__")
    from tf1_recipes.recording import session_tap

    session_tap.main(run=run)
