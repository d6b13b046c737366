"""Whose variables a layer's output is made of, found by the name scopes of the graph.

The layer of an output is everything under the innermost name scope that the output lies in. The
walk goes backwards from the output and stays under that scope; the trainable variables that are
read there are the layer's own. (Reads stand where they are made: a layer that is used again, as
``dense_1/...``, reads ``dense/kernel`` under ``dense_1``.) What the layer takes from elsewhere is
left alone, unless it has no variable of its own and takes one single thing that depends on some:
then it is an activation, dropout, pooling or reshaping, and part of the layer below.

What the graph does not tell, and the rule cannot know:

* Layers written under one name scope together count as one.
* A layer that is spread over several scopes counts as far as it lies under the output's.
* A variable that a layer takes as its input, rather than a tensor, counts as the layer's own.
* An operation in no name scope could be of any layer. It is refused if it reads a variable and
  takes something that depends on others, as the ``add`` of ``tf.matmul(x, w) + b`` does.
"""
_VARIABLES = frozenset(("Variable", "VariableV2", "VarHandleOp"))
# What a variable goes through on its way to where it is used: reads, casts, the parts of a
# partitioned one joined, the entrances of conditions and loops.
_COPIES = frozenset((
    "Identity", "ReadVariableOp", "Cast", "Concat", "ConcatV2", "Switch", "RefSwitch", "Enter",
    "RefEnter",
))


def is_output(part):
    """Whether a part of a selector is a tensor that some operation computes, and no variable."""
    operation = getattr(part, "op", None)
    return hasattr(operation, "inputs") and operation.type not in _VARIABLES


def variables_of_output(output, names=()):
    """Returns the names of the variables of the layer that computes a tensor, and what is wrong.

    Args:
        output: tensor.
        names: names of the variables that count beside the trainable ones.

    Returns:
        A pair: list of str, and a problem (str) or None. One of them is empty.

    >>> x = tf.placeholder(tf.float32, [None, 3])
    >>> hidden = tf.layers.dense(x, 4, tf.tanh, name="hidden")
    >>> outputs = tf.nn.dropout(tf.layers.dense(hidden, 2, name="outputs"), rate=0.5)
    >>> variables_of_output(outputs)
    (['outputs/bias', 'outputs/kernel'], None)
    """
    trainable = output.graph.get_collection("trainable_variables")
    counted = set(names).union(variable.op.name for variable in trainable)
    title, seen = output.op.name, set()
    while True:
        own = _copied_from(output, counted)
        if own:
            return own, None
        own, taken = _layer(output.op, counted)
        below = [each for each in taken if _depends_on(each, counted)]
        if own and below and "/" not in output.op.name:
            return [], (
                "the output %r comes from %r, which lies in no name scope: what else belongs to "
                "its layer is not known; build the layer in a tf.variable_scope, or name its "
                "variables" % (title, output.op.name))
        if own:
            return sorted(own), None
        if not below:
            return [], "the output %r depends on no variable" % title
        if len(below) > 1 or output.op in seen:
            return [], "the output %r reads no variable of its own and depends on several: %s" % (
                title, ", ".join(repr(each.op.name) for each in below))
        seen.add(output.op)
        output = below[0]


def _layer(operation, counted):
    """The variables read under an operation's scope, and the tensors taken from outside of it."""
    scope = operation.name.rpartition("/")[0]
    own, taken, seen, waiting = [], [], {operation}, [operation]
    while waiting:
        for tensor in waiting.pop().inputs:
            copied = _copied_from(tensor, counted)
            own.extend(name for name in copied if name not in own)
            inside = scope and tensor.op.name.startswith(scope + "/")
            if inside and not copied and tensor.op not in seen:
                seen.add(tensor.op)
                waiting.append(tensor.op)
            elif not inside and not copied and not any(tensor is each for each in taken):
                taken.append(tensor)
    return own, taken


def _copied_from(tensor, counted):
    """The names of the variables that a tensor is a copy of; none if it is made of others, too."""
    operation = tensor.op
    if operation.type in _VARIABLES:
        return [operation.name] if operation.name in counted else []
    if operation.type not in _COPIES:
        return []
    sources = [source for source in operation.inputs if source.op.type != "Const"]
    if operation.type.endswith("Switch"):
        sources = sources[:1]  # the second is the condition
    found = [_copied_from(source, counted) for source in sources]
    return [name for names in found for name in names] if all(found) else []


def _depends_on(tensor, counted):
    seen, waiting = {tensor.op}, [tensor.op]
    while waiting:
        operation = waiting.pop()
        if operation.type in _VARIABLES and operation.name in counted:
            return True
        for source in operation.inputs:
            if source.op not in seen:
                seen.add(source.op)
                waiting.append(source.op)
    return False
