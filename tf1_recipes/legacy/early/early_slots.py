"""Where optimizers kept their slots before TensorFlow 1.0: beside the name scope's ops.

The slots of ``w`` made by a ``minimize`` in ``tf.name_scope("train")`` are ``train/w/Adam``, in
checkpoints too. Since 1.0 they are ``w/Adam``, and an error where the variable scope reuses its
variables.
"""
from tf1_recipes import v1
from tf1_recipes.legacy.patch import patch


@patch("optimizers keep their slots beside the ops of the name scope", after="tensorflow",
       until="0.12")
def slots(changes, tensorflow):
    from tensorflow.python.training import slot_creator

    @changes.wrap(slot_creator, "_create_slot_var")
    def create_slot_var(today, *arguments, **keywords):
        tf = v1.load()
        # Its name scope, of the variable's name and the slot's, is open, and is unique.
        scope = tf.VariableScope(reuse=False, name=tf.get_default_graph().get_name_scope())
        with tf.variable_scope(scope, auxiliary_name_scope=False):
            return today(*arguments, **keywords)
