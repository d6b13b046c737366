"""A learning rate per layer: each group of variables trained by an optimizer of its own."""
from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gating import finish, gate, is_gated, tensors_held_by
from tf1_recipes.graph.variable_selection import name_of, select, variables_in
from tf1_recipes.v1 import refuse_eager_mode, tf

FROZEN = "frozen"


class GroupedOptimizer(tf.train.Optimizer):
    """Trains each group of variables with an optimizer of its own, from one gradient computation.

        g = d loss / d (all variables)                 once, before any variable is written
        w = update_k(w, g_w)                           for every w of group k
        global_step = global_step + 1                  once, after the last update

    The documented forms of this recipe (two ``minimize`` calls joined by ``tf.group``, or one
    ``tf.gradients`` list cut in two for two ``apply_gradients`` calls) are data races with TF1's
    ref variables: one optimizer may overwrite a weight which the other one's backward pass has
    yet to read, and no two runs agree. Here all gradients and the loss are computed before the
    first update, so that a run gives the same bits every time, and a loss fetched beside the train
    op is that of the weights before the step. (Any other tensor fetched beside it, such as an
    accuracy, is read at no defined moment, as with every TF1 optimizer: fetch it in a run of its
    own.)

    It is an ordinary ``tf.train.Optimizer``: ``minimize``, or ``compute_gradients``, any change to
    the gradients, ``apply_gradients``.

    Args:
        groups: list of (optimizer, selector) pairs. The optimizer is a ``tf.train.Optimizer``, or
            ``"frozen"`` for variables that are left as they are. The selector is a variable, a
            pattern (``"hidden[12]"``, matched from the start of a name up to a ``/`` or its end), a
            predicate of a variable, a layer object, a layer's output, or a list of these. Two
            groups may share an optimizer.
        rest: optimizer, or ``"frozen"``, for every variable that no group takes; without it such
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

    def __init__(self, groups, rest=None, name="GroupedOptimizer"):
        super().__init__(use_locking=False, name=name)
        self._groups = [tuple(group) for group in groups]
        self._rest = rest
        problems = [
            "group %d is %r, not an (optimizer, selector) pair" % (number, group)
            for number, group in enumerate(self._groups) if len(group) != 2
        ]
        if not problems:
            problems = [
                '%s has %r for an optimizer: give a tf.train.Optimizer or "frozen"' % (title, given)
                for title, given in self._given_optimizers() if not _is_optimizer(given)
            ]
        if not self._groups:
            problems.append("there are no groups")
        if problems:
            raise RecipeError("Cannot group optimizers", problems)

    def compute_gradients(self, loss, var_list=None, gate_gradients=tf.train.Optimizer.GATE_OP,
                          aggregation_method=None, colocate_gradients_with_ops=False,
                          grad_loss=None):
        """Computes the gradients of all groups at once.

        Args:
            loss: scalar tensor.
            var_list: list of variables to divide among the groups; by default all trainable ones.
            gate_gradients: taken for the interface's sake; all gradients are always gated.
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
        pairs = []
        if trained:
            pairs = super().compute_gradients(
                loss, trained, self.GATE_NONE, aggregation_method, colocate_gradients_with_ops,
                grad_loss)
            problems.extend(_without_gradient(pairs))
        elif not problems:
            problems.append("every variable is frozen")
        if problems:
            raise RecipeError("Cannot compute the gradients of %s" % self.get_name(), problems)
        gradients = gate([gradient for gradient, _ in pairs], also=[loss] + tensors_held_by(self),
                         name=self.get_name() + "_gate")
        return list(zip(gradients, trained))

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """Hands each pair to the optimizer of its group.

        Gradients that were changed since ``compute_gradients``, or come from elsewhere, are gated
        again, since what was done to them may read variables.

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
        divided = self._divide(list(grads_and_vars))
        gradients = [gradient for _, pairs in divided for gradient, _ in pairs]
        with tf.name_scope(name, self.get_name()) as scope:
            if not is_gated(gradients, tensors_held_by(self)):
                gradients = gate(gradients, also=tensors_held_by(self))
        gated = iter(gradients)
        train_ops = tf.get_collection_ref(tf.GraphKeys.TRAIN_OP)
        count = len(train_ops)
        # Outside the scope: what an optimizer creates keeps the names that it has without groups,
        # so that checkpoints of either fit the other.
        updates = [
            optimizer.apply_gradients([(next(gated), variable) for _, variable in pairs])
            for optimizer, pairs in divided
        ]
        # Each optimizer took its own update for the train op, but only the whole step is one.
        del train_ops[count:]
        return finish(updates, global_step, scope)

    def optimizer_of(self, variable, candidates=None):
        """The optimizer that trains a variable, ``"frozen"``, or None where no group takes it.

        Args:
            variable: variable.
            candidates: list of variables that predicates and patterns choose from; by default the
                trainable ones.
        """
        chosen_from = _united(tf.trainable_variables() if candidates is None else candidates,
                              [variable])
        return self._assign(chosen_from)[0].get(name_of(variable))

    def get_slot(self, var, name):
        """The slot of a variable, such as its momentum, in its group's optimizer."""
        for optimizer in self.optimizers():
            slot = optimizer.get_slot(var, name)
            if slot is not None:
                return slot
        return None

    def get_slot_names(self):
        """The names of all groups' slots, sorted."""
        return sorted({name for each in self.optimizers() for name in each.get_slot_names()})

    def variables(self):
        """All variables that the groups' optimizers made."""
        return [variable for each in self.optimizers() for variable in each.variables()]

    def optimizers(self):
        """The groups' optimizers, each once: one that serves two groups must not step twice."""
        found = []
        for _, optimizer in self._given_optimizers():
            if not _is_frozen(optimizer) and not any(optimizer is other for other in found):
                found.append(optimizer)
        return found

    def _given_optimizers(self):
        given = [("group %d" % number, group[0]) for number, group in enumerate(self._groups)]
        return given + ([] if self._rest is None else [("the rest", self._rest)])

    def _assign(self, candidates):
        """Returns {variable's name: optimizer or FROZEN} and a list of problems."""
        optimizers, titles, problems = {}, {}, []
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

    def _divide(self, pairs):
        """Returns [(optimizer, its pairs)], in the order of the groups."""
        # Selectors choose from all trainable variables and from those that they name themselves,
        # because the pairs hold neither what is frozen nor what this loss leaves alone.
        named = [variable for _, selector in self._groups for variable in variables_in(selector)]
        variables = [variable for _, variable in pairs]
        optimizers, problems = self._assign(_united(tf.trainable_variables(), named, variables))
        problems.extend(_given_twice(variables))
        problems.extend(_left_over(variables, optimizers))
        trained = [pair for pair in pairs if optimizers.get(name_of(pair[1])) is not FROZEN]
        problems.extend(_without_gradient(trained))
        if not trained:
            problems.append("there is no gradient to apply")
        if problems:
            raise RecipeError("Cannot apply gradients with %s" % self.get_name(), problems)
        divided = [
            (each, [pair for pair in trained if optimizers[name_of(pair[1])] is each])
            for each in self.optimizers()
        ]
        return [(optimizer, own) for optimizer, own in divided if own]


def _is_frozen(optimizer):
    return isinstance(optimizer, str) and optimizer == FROZEN


def _is_optimizer(given):
    return _is_frozen(given) or hasattr(given, "apply_gradients")


def _title(optimizer):
    return FROZEN if _is_frozen(optimizer) else type(optimizer).__name__


def _left_over(variables, optimizers):
    return [
        '%r is in no group: name it in one, or give `rest` an optimizer or "frozen"' % name
        for name in map(name_of, variables) if name not in optimizers
    ]


def _given_twice(variables):
    names = list(map(name_of, variables))
    return [
        "%r is in %d pairs: its update would be made %d times"
        % (name, names.count(name), names.count(name))
        for name in map(name_of, _united(variables)) if names.count(name) > 1
    ]


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
