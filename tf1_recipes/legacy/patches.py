"""All patches, in the order in which they are applied; a run applies those of its release."""
from tf1_recipes.legacy import (
    downloads,
    error_messages,
    facade,
    flags,
    internal_names,
    printed_graphs,
    quiet,
    recurrent_internals,
    script,
    session_config,
    spawned,
    tensors_in_arrays,
)
from tf1_recipes.legacy.early import (
    early_cell_names,
    early_division,
    early_optimizers,
    early_slots,
    early_variables,
)
from tf1_recipes.legacy.libraries import (
    figures,
    keras_arguments,
    keras_files,
    keras_imports,
    keras_names,
    matplotlib_names,
    numpy_calls,
    numpy_names,
    own_keras,
    pandas_names,
    pillow_names,
    python_names,
    scipy_names,
    sklearn_names,
)
from tf1_recipes.legacy.python2 import python2_random
from tf1_recipes.legacy.seeds import (
    gradient_paths,
    initial_values,
    keras_variables,
    safe_means,
    seed_seq2seq,
    seeds,
)

# TensorFlow's API, which `runner.run_captured` applies without most of the rest.
API = (
    own_keras.own_keras, internal_names.internal_names, early_division.division,
    early_slots.slots, early_variables.default_initializer,
    recurrent_internals.recurrent_internals, recurrent_internals.early_recurrent_internals,
    facade.facade)

ALL = (
    # The process and its modules.
    script.own_modules, quiet.quiet_import, spawned.started_processes,
    # Libraries beside TensorFlow.
    keras_imports.keras_2, keras_arguments.keras_1_arguments, keras_names.predictions,
    keras_files.keras_files, downloads.keras_downloads, downloads.script_downloads,
    figures.shown_figures, python_names.python_3_names, python_names.python_2_names,
    python2_random.python_2_random, numpy_names.numpy_names, numpy_names.ragged_arrays,
    numpy_names.arrays_of_one, numpy_names.loaded_objects, numpy_names.numpy_printing,
    numpy_calls.numpy_calls, pillow_names.filters, pillow_names.font_sizes,
    pillow_names.text_sizes, scipy_names.scipy_names, scipy_names.functions_of_numpy,
    scipy_names.scipy_misc, scipy_names.sparse_matrices, sklearn_names.sklearn_names,
    sklearn_names.sklearn_private_modules, sklearn_names.sklearn_arguments,
    sklearn_names.feature_names, matplotlib_names.colour_maps, matplotlib_names.figure_arguments,
    matplotlib_names.axes_names, matplotlib_names.legend_places, matplotlib_names.pyplot_names,
    pandas_names.pandas_names, pandas_names.pandas_tools, pandas_names.pandas_arguments,
    pandas_names.pandas_printing,
    # What TensorFlow computes and prints.
    quiet.without_deprecations, session_config.sessions, error_messages.what_is_wrong_first,
    flags.redefinable_flags, printed_graphs.printed_graphs, initial_values.initial_values,
    early_optimizers.sparse_steps, gradient_paths.gradient_paths, keras_variables.keras_variables,
    seed_seq2seq.attention_state, seeds.op_seeds, safe_means.safe_means,
    tensors_in_arrays.tensors_as_objects,
    *API,
    early_cell_names.cell_names)


def applied(target, patches=ALL):
    """Applies those patches that are for a script, in order.

    Args:
        target: `patch.Target`.

    Returns:
        function of no arguments that reverts them, the last one first.
    """
    made = []

    def revert():
        while made:
            made.pop().revert()

    try:
        for patch in patches:
            if patch.applies(target):
                made.append(patch)
                patch.apply(target)
    except BaseException:
        revert()
        raise
    return revert
