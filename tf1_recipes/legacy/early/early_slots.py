"""Where optimizers kept what they accumulate before TensorFlow 1.0: beside the name scope's ops.

The slots of ``w`` made by a ``minimize`` in ``tf.name_scope("train")`` are ``train/w/Adam``, and so
they stand in checkpoints; since 1.0 they are ``w/Adam``, and refused where the variable scope
reuses its variables.
"""
from tf1_recipes import v1

_of_today = []


def install(era):
    """Sees to it for an era's name; for all but "0.12" today's is left in place."""
    uninstall()
    if era != "0.12":
        return
    from tensorflow.python.training import slot_creator

    today = slot_creator._create_slot_var

    def create_slot_var(*arguments, **keywords):
        tf = v1.load()
        # Its name scope, of the variable's name and the slot's, is open, and is unique.
        scope = tf.VariableScope(reuse=False, name=tf.get_default_graph().get_name_scope())
        with tf.variable_scope(scope, auxiliary_name_scope=False):
            return today(*arguments, **keywords)

    slot_creator._create_slot_var = create_slot_var
    _of_today.append(today)


def uninstall():
    """Puts today's in its place again."""
    if _of_today:
        from tensorflow.python.training import slot_creator

        slot_creator._create_slot_var = _of_today.pop()
