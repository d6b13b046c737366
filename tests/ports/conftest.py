"""Runs a port of a recipe, and compares what it trained with what a genuine release did."""
import contextlib
import importlib.util
import json
import os
import subprocess
import sys

import pytest

from tests.ports.bounds import within_bounds
from tf1_recipes.evidence.catalogue import find
from tf1_recipes.traces import compare_traces, map_traces, open_trace, read_map

HERE = os.path.dirname(os.path.abspath(__file__))
PORTS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "legacy_examples", "ports")


class Ports:
    """The ports to one framework, which run in one process.

    Args:
        folder: str, the framework's folder under ``legacy_examples/ports``.
        environment: variables of the environment that their process has besides ours.
    """

    def __init__(self, folder, **environment):
        self.folder = os.path.join(PORTS, folder)
        self._environment = environment
        self._process = None

    def run(self, script, *arguments):
        """Runs a script of the folder; returns what it printed."""
        if self._process is None:
            environment = {name: value for name, value in os.environ.items()
                           if name != "TF_USE_LEGACY_KERAS"}
            environment.update(self._environment)
            self._process = subprocess.Popen(
                [sys.executable, os.path.join(HERE, "serve_ports.py")], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True, env=environment)
        request = [os.path.join(self.folder, script), *map(str, arguments)]
        print(json.dumps(request), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        assert answer["failure"] is None, answer["failure"]
        return answer["printed"]

    def compare(self, name, tolerance, tmp_path, release=None):
        """Runs a recipe's port; returns what it printed, and `compare`'s result for its trace.

        Args:
            name: str, the recipe, such as "A1".
            tolerance: `tf1_recipes.Tolerance`.
            tmp_path: folder for the trace.
            release: str, the genuine release; the newest by default.
        """
        recipe, = find([name])
        out = os.path.join(tmp_path, "port.npz")
        printed = self.run(recipe.example, out)
        return printed, self.compare_trace(recipe, out, tolerance, release)

    def compare_trace(self, recipe, path, tolerance, release=None):
        """Compares what a port of a recipe has written; see `compare`."""
        reference = open_trace(recipe.trace_path(release or recipe.releases[-1]))
        rules = os.path.join(self.folder, recipe.example[:-len(".py")] + ".map.json")
        names = None
        with contextlib.closing(open_trace(path)) as port:
            if os.path.exists(rules):
                reference, port, names = map_traces(reference, port, read_map(rules), rules)
            return compare_traces(reference, port, tolerance, names)

    def disagreements(self, comparison, recipe, path):
        """Returns what a comparison has found, but for rounding that any evaluation may show.

        That is, tensors that are further apart than on the machine of which the tolerance tells,
        but lie within the bound of the recipe's model.
        """
        found = (comparison.only_in_a + comparison.only_in_b
                 + comparison.steps_only_in_a + comparison.steps_only_in_b)
        found += ["nothing was compared"] * (not comparison.tensors)
        differing = [row for row in comparison.rows if row.differs]
        if differing:
            rules = os.path.join(self.folder, recipe.example[:-len(".py")] + ".map.json")
            with contextlib.closing(open_trace(path)) as port:
                inside = within_bounds(
                    recipe, read_map(rules) if os.path.exists(rules) else [], port)
            differing = [row for row in differing
                         if (row.kind, row.name) not in inside]
        return found + [(row.kind, row.name, row.ulp, row.absolute) for row in differing]

    def close(self):
        if self._process is not None:
            self._process.stdin.close()
            self._process.wait(timeout=60)


def ports_fixture(folder, module, called, **environment):
    """A fixture of the `Ports` to a framework, skipped by its name where it is not installed."""

    @pytest.fixture(scope="module")
    def ports():
        if importlib.util.find_spec(module) is None:
            pytest.skip("%s is not installed" % called)
        ports = Ports(folder, **environment)
        yield ports
        ports.close()

    return ports
