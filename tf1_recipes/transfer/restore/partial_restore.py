"""Restores a part of a checkpoint, or of another framework's arrays, into a new net.

The whole restore is planned and checked first; then all of it is done, or nothing.
"""
from __future__ import annotations

import collections
import textwrap
from typing import Any, List, Mapping, NamedTuple, Optional, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.types import Graph, Selector, Session, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.transfer.restore.arrays import is_arrays, open_arrays
from tf1_recipes.transfer.restore.assignments import prepare
from tf1_recipes.transfer.restore.checkpoints import open_checkpoint, renamed
from tf1_recipes.transfer.restore.initialisers import in_order, reads_of
from tf1_recipes.transfer.restore.rows import (
    RESTORED,
    WEIGHT,
    PlanRow,
    flat,
    named,
    plan_rows,
    saver_name,
    slots_of,
    sources_of,
    targets_of,
    title_of_source,
    transposes_of,
)
from tf1_recipes.transfer.restore.stored_arrays import Transpose
from tf1_recipes.transfer.restore.table import shape_text, table
from tf1_recipes.untrusted.html_text import html_table
from tf1_recipes.untrusted.visible import visible, visible_lines
from tf1_recipes.v1 import refuse_eager_mode, tf


class Restored(NamedTuple):
    """The names of the variables that `RestorePlan.restore` restored and initialised."""

    restored: List[str]
    initialised: List[str]


def plan_restore(checkpoint: Any, include: Optional[Selector] = None,
                 exclude: Optional[Selector] = None,
                 names: Optional[Mapping[str, Union[str, Variable]]] = None, slots: bool = False,
                 variables: Optional[List[Variable]] = None,
                 allow_missing: Union[bool, Selector] = False,
                 transpose: Optional[Mapping[Selector, Transpose]] = None) -> RestorePlan:
    """Plans a restore of the chosen variables of the default graph; assigns nothing yet.

        w_new = w_old, or the given array, transposed where declared

    Call it after the net and its optimizer are built: variables that are built later are only
    initialised, and random ops that are built later get another seed, which depends on the number
    of ops before them.

    A slot is an untrainable variable whose name extends a trainable variable's, maybe in an outer
    scope (``hidden1/kernel/Momentum``, ``train/hidden1/kernel/Adam_1``), or ``beta1_power``; in the
    checkpoint, a tensor whose name extends another tensor's in this way.

    It replaces TF1's documented form, which also restores the slots, and ``hidden10`` for
    ``hidden1``:
    ``Saver({v.op.name: v for v in tf.get_collection("variables", scope="hidden[123]")})``
    and its ``restore``. For weights of another framework the documented form feeds the second input
    of each variable's ``Assign`` op while the initialiser runs. With it, two variables with the
    same tensor as initial value get the same array, and a resource variable uses the memory of the
    array that it is given, and changes with it.

    Source: Hands-On Machine Learning (2017), chapter 11, reusing pretrained layers.

    Args:
        checkpoint: str or path-like, what ``Saver.save`` returned, in format V1 or V2, or a folder,
            which stands for its latest checkpoint. Or arrays: the path of an ``.npz`` or HDF5 file,
            or a dict of names to arrays, such as a PyTorch ``state_dict()``. Arrays in HDF5 groups
            and inner dicts have names with slashes; Keras' files repeat the layer:
            ``dense/dense/kernel:0``. Only the arrays that are restored are read, and nothing of
            other files: external links, external storage and pickled objects are refused.
        include: selector (see ``variable_selection``) of the variables to restore; by default all
            that are not slots.
        exclude: selector of variables and slots not to restore, even if ``include`` matches them.
        names: dict of the checkpoint's old names to the graph's new names, or variables. A key
            that is not a tensor's name is a regular expression for a whole name; its value may have
            back references: ``{r"conv(\\d)/weights": r"block\\1/kernel"}``. Slots follow their
            variable.
        slots: bool, whether to restore also the slots of the restored variables, and the
            optimizer's own counters (``beta1_power``).
        variables: list of variables to choose from; by default the graph's global ones.
        allow_missing: True, or a selector: these variables are initialised if the checkpoint
            lacks them; any other variable that is missing is a problem.
        transpose: dict of selectors of variables to the transpose of their arrays: True for the two
            axes of a matrix, or for each axis of the variable the array's axis that it comes from,
            such as (2, 3, 1, 0) for PyTorch's convolutions. For arrays only. If an array fits
            transposed only, the problem says so; a square matrix fits either way.

    Floating arrays are rounded to another floating type, and integers converted if the type can
    hold them; other types must be the variable's own. A NaN is a problem, an infinity is not. The
    plan makes copies: later changes of the arrays have no effect.

    Returns:
        A ``RestorePlan``. Print it.

    Raises:
        CheckpointError: there is no checkpoint, or it cannot be read.
        RecipeError: a selector that matches no variable, a name in ``names`` that is not in the
            checkpoint or the graph, two tensors for one variable, a wrong transpose, one for a
            variable that is not restored, two for one variable, a finalised graph.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "old.ckpt")
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     old = tf.get_variable("layer/weights", initializer=[1., 2.])
    ...     session.run(old.initializer)
    ...     _ = tf.train.Saver().save(session, path)
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     new = tf.get_variable("hidden/kernel", initializer=[0., 0.])
    ...     head = tf.get_variable("outputs/kernel", initializer=[5.])
    ...     plan = plan_restore(path, include="hidden", names={"layer/weights": "hidden/kernel"})
    ...     result = plan.restore(session)
    ...     print(session.run([new, head]))
    [array([1., 2.], dtype=float32), array([5.], dtype=float32)]
    >>> result
    Restored(restored=['hidden/kernel'], initialised=['outputs/kernel'])

    >>> import numpy as np
    >>> state_dict = {"fc1.weight": np.float32([[1, 2, 3], [4, 5, 6]])}
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     kernel = tf.get_variable("hidden1/kernel", [3, 2])
    ...     plan = plan_restore(state_dict, names={r"fc(\\d).weight": r"hidden\\1/kernel"},
    ...                         transpose={".*kernel": True})
    ...     _ = plan.restore(session)
    ...     print(session.run(kernel))
    [[1. 4.]
     [2. 5.]
     [3. 6.]]
    """
    refuse_eager_mode()
    stored = (open_arrays if is_arrays(checkpoint) else open_checkpoint)(checkpoint)
    candidates = tf.global_variables() if variables is None else flat(variables)
    graph = candidates[0].graph if candidates else tf.get_default_graph()
    what = "cannot plan to restore from %r" % stored.prefix
    if graph.finalized:
        raise RecipeError(what, ["the graph is finalised: make the plan before the session"])
    targets, problems = targets_of(candidates, graph), []
    wanted = {name for name in targets if targets[name].role == WEIGHT}
    if include is not None:
        wanted &= named("include", include, candidates, targets, problems)
    unwanted = named("exclude", exclude, candidates, targets, problems)
    may_lack = set(targets) if allow_missing is True else named(
        "allow_missing", None if allow_missing is False else allow_missing, candidates, targets,
        problems)
    moves, wrong_names = renamed(
        {old: new if isinstance(new, str) else saver_name(new)
         for old, new in (names or {}).items()}, stored.tensors, targets,
        "checkpoint tensor" if title_of_source(stored) == "checkpoint" else "array")
    wanted -= unwanted
    transposes = transposes_of(transpose or {}, stored, candidates, targets, wanted, problems)
    if problems + wrong_names:
        raise RecipeError(what, problems + wrong_names)
    sources = sources_of(moves, stored.tensors, targets)
    if slots:
        wanted |= slots_of(wanted, targets, sources) - unwanted
    rows, problems = plan_rows(stored, targets, wanted, sources, may_lack, transposes)
    return RestorePlan(stored, graph, targets, rows, problems)


class RestorePlan(object):
    """What ``plan_restore`` has found: ``print`` it, then ``restore``.

    Attributes:
        checkpoint: namedtuple: prefix, version, tensors, of a checkpoint or of arrays.
        rows: list of ``PlanRow`` namedtuples, weights first. A field that one side lacks is None,
            as is an unknown dimension. Statuses: ``restored``; a problem (``missing in the
            checkpoint`` or ``in the arrays``, ``shape mismatch``, ``dtype mismatch``, ``shape and
            dtype mismatch``); ``left out``: on both sides, but not chosen; ``initialised``: the
            checkpoint lacks it, which is allowed; ``missing in the graph``.
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
        return html_table(
            repr(self), ("variable", "from", "status", "in the graph", "in the " + self._from), [
                (row.variable_name or "", (row.tensor_name or "") + (
                    ", transposed" if row.transpose else ""), row.status,
                 told(row.variable_shape, row.variable_dtype),
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
