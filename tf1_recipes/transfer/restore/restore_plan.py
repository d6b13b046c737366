"""What a planned restore prints and does: all of it, or nothing."""
from __future__ import annotations

import collections
import textwrap
from typing import Any, List, Mapping, NamedTuple, Optional

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.types import Graph, Session
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.transfer.restore.assignments import prepare
from tf1_recipes.transfer.restore.initialisers import in_order, reads_of
from tf1_recipes.transfer.restore.rows import PlanRow
from tf1_recipes.transfer.restore.table import RESTORED, shape_text, table, takers_of, told_source
from tf1_recipes.transfer.restore.targets import title_of_source
from tf1_recipes.untrusted.html_text import html_table
from tf1_recipes.untrusted.visible import visible, visible_lines
from tf1_recipes.v1 import tf


class Restored(NamedTuple):
    """The names of the variables that `RestorePlan.restore` restored and initialised."""

    restored: List[str]
    initialised: List[str]


class RestorePlan(object):
    """What ``plan_restore`` has found: ``print`` it, then ``restore``.

    Attributes:
        checkpoint: namedtuple: prefix, version, tensors, of a checkpoint or of arrays.
        rows: list of ``PlanRow`` namedtuples, weights first. A field that one side lacks is None,
            as is an unknown dimension. Statuses: ``restored``; a problem (``missing in the
            checkpoint`` or ``in the arrays``, ``shape mismatch``, ``dtype mismatch``, ``shape and
            dtype mismatch``); ``left out``: on both sides, but not chosen; ``initialised``: the
            checkpoint lacks it, which is allowed; ``missing in the graph``. ``transpose`` and
            ``made``, with the names of all tensors and the changes of layout behind the transpose,
            are how the variable's value is made.
        problems: list of str, each a reason why ``restore`` refuses.
    """

    def __init__(self, stored: Any, graph: Graph, targets: Mapping[str, Any], rows: List[PlanRow],
                 problems: List[str]) -> None:
        self._from = title_of_source(stored)
        self.checkpoint = stored if self._from == "checkpoint" else stored._replace(values=None)
        self.rows, self.problems = rows, problems
        self._graph = graph
        restored = [row for row in rows if row.status == RESTORED]
        self._restored = {name_of(part) for row in restored
                          for part in targets[row.variable_name].parts}
        self._candidates = [part for target in targets.values() for part in target.parts]
        with graph.as_default(), tf.control_dependencies(None):
            self._assignment = prepare(stored, restored, targets, problems)
        if not problems:
            self._build_probe()

    def restore(self, session: Optional[Session] = None, initialise: str = "rest",
                feed_dict: Optional[Mapping[Any, Any]] = None) -> Restored:
        """Assigns the restored variables, then initialises the others: all or nothing.

        Initial values that are computed from a restored variable (``initialized_value()``, a moving
        average) use the restored value. In a ``MonitoredSession``, without its hooks:
        ``monitored.run_step_fn(lambda step_context: plan.restore(step_context.session))``.

        Args:
            session: ``tf.Session`` of the plan's graph; by default the default session.
            initialise: ``"rest"``, every global and local variable that is not restored;
                ``"uninitialised"``, those without a value, for use in the middle of a training;
                ``"none"``.
            feed_dict: dict for the initialisers, if they need placeholders or given values.

        Returns:
            A ``Restored`` namedtuple: ``restored`` and ``initialised``, lists of names.

        Raises:
            RecipeError: the plan has problems, or an initialiser lacks a placeholder's value.
            CheckpointError: the checkpoint is gone, changed, or damaged.
            In both cases no variable was changed.
        """
        session = tf.get_default_session() if session is None else session
        problems = list(self.problems)
        if session is None:
            problems.append("there is no session: give one, or work in `with session.as_default()`")
        elif session.graph is not self._graph:
            problems.append("the session has another graph than the plan")
        if initialise not in ("rest", "uninitialised", "none"):
            problems.append("initialise is %r: it must be 'rest', 'uninitialised' or 'none'"
                            % (initialise,))
        self._refuse(problems)
        return self._restore(session, initialise, feed_dict or {})

    def init_fn(self, scaffold: Any, session: Session) -> None:
        """``restore`` for ``tf.train.Scaffold(init_fn=plan.init_fn)``.

        The scaffold has initialised all variables before. Only those whose initial value is
        computed from a restored variable are initialised again. A session that continues from its
        own checkpoint does not call it.

        Args:
            scaffold: ``tf.train.Scaffold``, whose ``init_feed_dict`` is fed here too.
            session: ``tf.Session`` of the plan's graph.

        Raises:
            RecipeError, CheckpointError: as ``restore``.
        """
        self._refuse(self.problems)
        self._restore(session, "dependent", scaffold.init_feed_dict or {})

    def __str__(self) -> str:
        return visible_lines(self._lines())

    def __repr__(self) -> str:
        return visible("<RestorePlan %r: %s>" % (
            self.checkpoint.prefix, " ".join(self._summary())))

    def _repr_html_(self) -> str:
        def told(shape, dtype):
            return "%s %s" % (shape_text(shape), dtype.name) if dtype else ""
        takers = takers_of(self.rows)
        return html_table(
            repr(self), ("variable", "from", "status", "in the graph", "in the " + self._from), [
                (row.variable_name or "", ", ".join(told_source(row, takers[row.tensor_name])),
                 row.status, told(row.variable_shape, row.variable_dtype),
                 told(row.tensor_shape, row.tensor_dtype)) for row in self.rows])

    def _lines(self):
        return ["restore plan for %r (%s)" % (self.checkpoint.prefix, self.checkpoint.version),
                *table(self.rows, self._from), *self._summary()]

    def _summary(self):
        counts = collections.Counter(row.status for row in self.rows)
        statuses = [RESTORED] + sorted(set(counts) - {RESTORED})
        told = ["%d %s" % (counts[status], status) for status in statuses]
        told.append("%d problem%s" % (len(self.problems), "" if len(self.problems) == 1 else "s"))
        return textwrap.wrap(", ".join(told), 80)

    def _refuse(self, problems):
        if problems:
            raise RecipeError(["nothing was restored, no variable was changed", "",
                               *self._lines(), "", "problems"], problems)

    def _restore(self, session, initialise, feed_dict):
        self._assignment.check()
        # The initialisers are checked before the first assignment.
        rest = self._rest()
        reads, lacking = reads_of(rest, feed_dict)
        chosen = self._chosen(initialise, rest, reads, session)
        self._refuse([lacking[name_of(v)] for v in chosen if name_of(v) in lacking])
        self._assignment.run(session)
        for step in in_order(chosen, reads):
            session.run([variable.initializer for variable in step], feed_dict)
        return Restored(
            [row.variable_name for row in self.rows if row.status == RESTORED],
            [name_of(variable) for variable in chosen])

    def _rest(self):
        """All variables that exist now, except for the restored ones."""
        every = [variable for key in (tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.LOCAL_VARIABLES)
                 for variable in self._graph.get_collection(key)] + self._candidates
        by_name = collections.OrderedDict((name_of(variable), variable) for variable in every)
        return [by_name[name] for name in by_name if name not in self._restored]

    def _chosen(self, initialise, rest, reads, session):
        if initialise == "none":
            return []
        if initialise == "uninitialised":
            if not {name_of(variable) for variable in rest} <= self._probed:
                self._build_probe()
            lack_value = set(session.run(self._probe))
            return [v for v in rest if name_of(v).encode() in lack_value]
        if initialise == "dependent":
            stale, before = set(self._restored), None
            while stale != before:
                before = set(stale)
                stale |= {name for name in reads if reads[name] & stale}
            return [variable for variable in rest if name_of(variable) in stale]
        return rest

    def _build_probe(self):
        rest = self._rest()
        self._probed = {name_of(variable) for variable in rest}
        if self._graph.finalized:
            raise RecipeError("nothing was restored, no variable was changed", [
                "the graph is finalised and has variables that were built after the plan: make "
                "the plan after the net and its optimizer"])
        with self._graph.as_default(), tf.control_dependencies(None):
            # By name: TensorFlow warns of every such tensor that is not read.
            self._probe = tf.report_uninitialized_variables(rest, name="plan_restore_probe").name
