"""A learning rate per layer: each group of variables trained by an optimizer of its own."""
from __future__ import annotations

import collections
from typing import Dict, Iterable, List, Mapping, Optional, Tuple, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gated_updates import apply_gated, counts_steps_itself, gated_for, skipped
from tf1_recipes.graph.gating import finish, gate, tensors_held_by
from tf1_recipes.graph.gradient_pairs import checked_pairs
from tf1_recipes.graph.types import (
    Gradient,
    GradientPairs,
    Operation,
    Optimizer,
    Selector,
    Tensor,
    Variable,
)
from tf1_recipes.graph.variable_selection import Candidates, name_of, select, variables_in
from tf1_recipes.learning_rates.member_gradients import gradients_of
from tf1_recipes.v1 import refuse_eager_mode, tf

FROZEN = "frozen"


class GroupedOptimizer(tf.train.Optimizer):
    """Trains each group of variables with an optimizer of its own, from one gradient computation.

        g = d loss / d (all variables)                 once, before any variable is written
        w = update_k(w, g_w)                           for every w of group k
        global_step = global_step + 1                  once, after the last update

    The documented forms of this recipe (two ``minimize`` calls joined by ``tf.group``, or one
    ``tf.gradients`` list split for two ``apply_gradients`` calls) are data races with TF1's ref
    variables: one optimizer may overwrite a weight before the other one's backward pass has read
    it, and no two runs agree. Here all gradients and the loss are computed before the first update,
    so that every run gives the same bits, and a loss fetched beside the train op is that of the
    weights before the step. (Any other tensor fetched beside it, such as an accuracy, may be read
    before or after the update, as with every TF1 optimizer: fetch it in a run of its own.)

    It is an ordinary ``tf.train.Optimizer``: call ``minimize``, or ``compute_gradients`` and, after
    any change to the gradients, ``apply_gradients``.

    Source: https://stackoverflow.com/questions/34945554

    Args:
        groups: list of (optimizer, selector) pairs. The optimizer is a ``tf.train.Optimizer``, or
            ``"frozen"`` for variables that do not change. The selector is a variable, a pattern
            (``"hidden[12]"``, matched from the start of a name up to a ``/`` or its end), a
            predicate of a variable, a layer object, a layer's output, or a list of these. Two
            groups may share an optimizer.
        rest: optimizer, or ``"frozen"``, for every variable that is in no group; without it such
            variables are an error.
        name: str, the name of the train op.

    Raises:
        RecipeError: from ``compute_gradients`` and ``apply_gradients``, with all problems in one
            message: a group without variables, a variable in two groups or in none, a variable to
            be trained on which the loss does not depend.

    Example:
        >>> w = tf.get_variable("pretrained/w", initializer=1.0)
        >>> v = tf.get_variable("new/w", initializer=1.0)
        >>> optimizer = GroupedOptimizer([
        ...     (tf.train.GradientDescentOptimizer(0.01), "pretrained"),
        ...     (tf.train.GradientDescentOptimizer(0.1), "new")])
        >>> train_op = optimizer.minimize(w + v)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)
        ...     ["%.2f" % value for value in session.run([w, v])]
        ['0.99', '0.90']
    """

    def __init__(self, groups: Iterable[Tuple[Union[Optimizer, str], Selector]],
                 rest: Union[Optimizer, str, None] = None, name: str = "GroupedOptimizer") -> None:
        super().__init__(use_locking=False, name=name)
        self._groups, problems = _checked_groups(groups)
        self._rest = rest
        wrong = None if rest is None else _optimizer_problem(rest)
        if wrong:
            problems.append("the rest has " + wrong)
        if problems:
            raise RecipeError("Cannot group optimizers", problems)

    def compute_gradients(self, loss: Tensor, var_list: Optional[List[Variable]] = None,
                          gate_gradients: int = tf.train.Optimizer.GATE_OP,
                          aggregation_method: Optional[int] = None,
                          colocate_gradients_with_ops: bool = False,
                          grad_loss: Optional[Tensor] = None) -> GradientPairs:
        """Computes the gradients of all groups at once.

        Args:
            loss: scalar tensor.
            var_list: list of variables to divide among the groups; by default all trainable ones.
            gate_gradients: ignored; all gradients are always gated.
            aggregation_method, colocate_gradients_with_ops, grad_loss: as in
                ``tf.train.Optimizer``.

        Returns:
            List of (gradient, variable) pairs for the variables that are not frozen, none of which
            is available before all of them, and the loss, have been computed.

        Raises:
            RecipeError: see the class.
        """
        refuse_eager_mode()
        if not hasattr(loss, "op"):
            raise RecipeError("Cannot compute the gradients of %s" % self.get_name(),
                              ["the loss is %r: it must be a tensor" % (loss,)])
        given = tf.trainable_variables() if var_list is None else _flat(var_list)
        candidates = _united(given)
        optimizers, problems = self._assign(candidates)
        problems.extend(_left_over(candidates, optimizers))
        trained = [variable for variable in candidates
                   if optimizers.get(name_of(variable), FROZEN) is not FROZEN]
        if gate_gradients not in (self.GATE_NONE, self.GATE_OP, self.GATE_GRAPH):
            problems.append("gate_gradients is %r: it must be GATE_NONE, GATE_OP or GATE_GRAPH "
                            "(0, 1 or 2)" % (gate_gradients,))
        pairs = []
        if trained:
            found, wrong = gradients_of(
                self._members(trained, optimizers), loss, aggregation_method=aggregation_method,
                colocate_gradients_with_ops=colocate_gradients_with_ops, grad_loss=grad_loss)
            pairs = [(found.get(name_of(variable)), variable) for variable in trained]
            problems.extend(wrong + _without_gradient(pairs))
        elif not problems:
            problems.append("every variable is frozen")
        if problems:
            raise RecipeError("Cannot compute the gradients of %s" % self.get_name(), problems)
        gradients = gate([gradient for gradient, _ in pairs], also=[loss] + tensors_held_by(self),
                         name=self.get_name() + "_gate")
        return list(zip(gradients, trained))

    def apply_gradients(self, grads_and_vars: Iterable[Tuple[Gradient, Variable]],
                        global_step: Optional[Variable] = None,
                        name: Optional[str] = None) -> Operation:
        """Hands each pair to the optimizer of its group.

        Gradients that were changed after ``compute_gradients``, or come from another source, are
        gated again, since they may depend on variables.

        Args:
            grads_and_vars: list of (gradient, variable) pairs. Pairs of frozen variables are left
                out.
            global_step: variable to add 1 to, once, after the last update.
            name: str, the name of the returned operation.

        Returns:
            Operation that makes the step.

        Raises:
            RecipeError: see the class.
        """
        refuse_eager_mode()
        divided = self._divide(grads_and_vars)
        with tf.name_scope(name, self.get_name()) as scope:
            pass
        train_ops = tf.get_collection_ref(tf.GraphKeys.TRAIN_OP)
        count = len(train_ops)
        # Outside the scope: the optimizers' variables get the names that they have without groups,
        # so that checkpoints of either kind fit the other.
        before = len(tf.get_default_graph().get_operations())
        updates = apply_gated(self._gated(divided, scope))
        problems = [] if global_step is None else skipped(divided, updates, before)
        if problems:
            raise RecipeError("Cannot apply gradients with %s" % self.get_name(), [
                "%s: put it around all groups, %s(GroupedOptimizer(...)), or give no global step"
                % (line, title) for title, line in problems])
        # Each optimizer has added its update as a train op, but only the whole step is one.
        del train_ops[count:]
        return finish(updates, global_step, scope)

    def optimizer_of(self, variable: Variable,
                     candidates: Optional[List[Variable]] = None) -> Union[Optimizer, str, None]:
        """Returns the optimizer that trains a variable, ``"frozen"``, or None if it is in no group.

        Args:
            variable: variable.
            candidates: list of variables that predicates and patterns choose from; by default the
                trainable ones.
        """
        chosen_from = _united(tf.trainable_variables() if candidates is None else candidates,
                              [variable])
        return self.assigned(chosen_from).get(name_of(variable))

    def assigned(self, candidates: List[Variable]) -> Dict[str, Union[Optimizer, str]]:
        """Returns {variable's name: the optimizer that trains it, or "frozen"} of those in a group.

        Args:
            candidates: list of variables that predicates and patterns choose from.
        """
        return self._assign(candidates)[0]

    def get_slot(self, var: Variable, name: str) -> Optional[Variable]:
        """Returns a variable's slot, such as its momentum, in its group's optimizer."""
        for optimizer in self.optimizers():
            slot = optimizer.get_slot(var, name)
            if slot is not None:
                return slot
        return None

    def get_slot_names(self) -> List[str]:
        """Returns the names of all groups' slots, sorted."""
        return sorted({name for each in self.optimizers() for name in each.get_slot_names()})

    def variables(self) -> List[Variable]:
        """Returns all variables that the groups' optimizers made."""
        return [variable for each in self.optimizers() for variable in each.variables()]

    def optimizers(self) -> List[Optimizer]:
        """Returns the groups' optimizers, each once, also if two groups share it."""
        found = {id(optimizer): optimizer for _, optimizer in self._given_optimizers()
                 if not _is_frozen(optimizer)}
        return list(found.values())

    def _given_optimizers(self):
        given = [("group %d" % number, group[0]) for number, group in enumerate(self._groups)]
        return given + ([] if self._rest is None else [("the rest", self._rest)])

    def _assign(self, candidates):
        """Returns {variable's name: optimizer or FROZEN} and a list of problems."""
        optimizers, titles, problems = {}, {}, []
        candidates = Candidates(candidates)
        for number, (optimizer, selector) in enumerate(self._groups):
            title = "group %d (%s)" % (number, _title(optimizer))
            chosen, unmatched = select(selector, candidates)
            problems.extend("%s: %s" % (title, line) for line in unmatched)
            if not chosen and not unmatched:
                problems.append("%s selects no variable: its selector is empty" % title)
            for name in map(name_of, chosen):
                if name in titles:
                    problems.append("%r is in %s and in %s" % (name, titles[name], title))
                    continue
                titles[name] = title
                optimizers[name] = FROZEN if _is_frozen(optimizer) else optimizer
        if self._rest is not None:
            for name in map(name_of, candidates):
                optimizers.setdefault(name, FROZEN if _is_frozen(self._rest) else self._rest)
        return optimizers, problems

    def _divide(self, grads_and_vars):
        """Returns [(optimizer, its pairs)], in the order of the groups."""
        # Selectors choose from all trainable variables and those that they hold themselves, because
        # the pairs lack the frozen variables and those that this loss does not depend on.
        named = [variable for _, selector in self._groups for variable in variables_in(selector)]
        pairs, problems = checked_pairs(grads_and_vars)
        variables = [variable for _, variable in pairs]
        optimizers, wrong = self._assign(_united(tf.trainable_variables(), named, variables))
        problems += wrong + _given_twice(variables)
        problems.extend(_left_over(variables, optimizers))
        trained = [pair for pair in pairs if optimizers.get(name_of(pair[1])) is not FROZEN]
        problems.extend(_without_gradient(trained))
        if not trained:
            problems.append("there is no gradient to apply")
        if problems:
            raise RecipeError("Cannot apply gradients with %s" % self.get_name(), problems)
        gradients = {name_of(variable): gradient for gradient, variable in trained}
        return [
            (optimizer, [(gradients[name_of(variable)], variable) for variable in own])
            for optimizer, own in self._members([variable for _, variable in trained], optimizers)
        ]

    def _gated(self, divided, scope):
        """The same as `_divide` returns, with gradients out of one gate."""
        gradients = iter(gated_for(
            self.optimizers(), [gradient for _, own in divided for gradient, _ in own],
            tensors_held_by(self), scope))
        return [(optimizer, [(next(gradients), variable) for _, variable in own])
                for optimizer, own in divided]

    def _members(self, variables, optimizers):
        """Returns [(optimizer, its variables)], in the order of the groups, of those with any."""
        own = {}
        for variable in variables:
            own.setdefault(id(optimizers[name_of(variable)]), []).append(variable)
        return [(each, own[id(each)]) for each in self.optimizers() if id(each) in own]


def _is_frozen(optimizer):
    return isinstance(optimizer, str) and optimizer == FROZEN


def _checked_groups(groups):
    """Returns the groups that are pairs, and what is wrong with the others."""
    if isinstance(groups, (Mapping, str)) or not hasattr(groups, "__iter__"):
        return [], ["the groups are %r: they must be a list of (optimizer, selector) pairs"
                    % (groups,)]
    pairs, problems = [], []
    for number, group in enumerate(groups):
        if not isinstance(group, (tuple, list)) or len(group) != 2:
            problems.append("group %d is %r, not an (optimizer, selector) pair" % (number, group))
            continue
        pairs.append(tuple(group))
        wrong = _optimizer_problem(group[0])
        if wrong:
            problems.append("group %d has %s" % (number, wrong))
    return pairs, problems if pairs or problems else ["there are no groups"]


def _optimizer_problem(given):
    """What is wrong with what was given for an optimizer, or None."""
    if _is_frozen(given):
        return None
    if isinstance(given, type) and hasattr(given, "apply_gradients"):
        return "the class %s for an optimizer: give an instance, such as %s(0.01)" % (
            given.__name__, given.__name__)
    if not isinstance(given, tf.train.Optimizer):
        if hasattr(given, "apply_gradients"):
            return ("%s of %s for an optimizer, which is no tf.train.Optimizer: a Keras optimizer "
                    "cannot be in a group; give the one of tf.train" % (
                        type(given).__name__, type(given).__module__.partition(".")[0]))
        return '%r for an optimizer: give a tf.train.Optimizer or "frozen"' % (given,)
    alone = counts_steps_itself(given)
    return alone and (
        "%s for an optimizer, which counts global steps by itself: put it around all groups, "
        "%s(GroupedOptimizer(...), ...)" % (type(given).__name__, alone))


def _title(optimizer):
    return FROZEN if _is_frozen(optimizer) else type(optimizer).__name__


def _left_over(variables, optimizers):
    return [
        '%r is in no group: name it in one, or give `rest` an optimizer or "frozen"' % name
        for name in map(name_of, variables) if name not in optimizers
    ]


def _given_twice(variables):
    counts = collections.Counter(map(name_of, variables))
    return ["%r is in %d pairs: its update would be made %d times" % (name, count, count)
            for name, count in counts.items() if count > 1]


def _without_gradient(pairs):
    return [
        "%r has no gradient: the loss does not depend on it; leave it out of the variables to "
        'train, or put it in a "frozen" group' % name_of(variable)
        for gradient, variable in pairs if gradient is None
    ]


def _flat(variables):
    if isinstance(variables, str) or hasattr(variables, "op") or not hasattr(variables, "__iter__"):
        return [variables]
    return [one for item in variables for one in _flat(item)]


def _united(*lists):
    by_name = {}
    for variable in (variable for variables in lists for variable in variables):
        by_name.setdefault(name_of(variable), variable)
    return list(by_name.values())
