"""What `run` refuses at once: what is not a script, and scripts for before 0.12 or after 1.15."""
import os
import sys

from tf1_recipes.errors import Error

# Names that no release before 2.0 had, as far as scripts use them.
_ONLY_2 = frozenset((
    "config.get_visible_devices", "config.list_logical_devices", "config.list_physical_devices",
    "config.run_functions_eagerly", "config.set_logical_device_configuration",
    "config.set_visible_devices", "data.AUTOTUNE", "keras.layers.TextVectorization",
    "keras.mixed_precision.set_global_policy", "keras.utils.image_dataset_from_directory",
    "keras.utils.set_random_seed", "nn.gelu", "random.Generator", "random.set_seed",
    "random.stateless_binomial", "summary.create_file_writer", "summary.record_if",
    "summary.trace_on"))
_ONLY_2_BELOW = ("initializers.", "keras.optimizers.legacy.", "optimizers.")
# TensorFlow 1.15 had them, too, for those who asked for eager execution or built graphs.
_IN_EAGER_MODE = ("GradientTape", "function")
_OF_GRAPHS = ("Session", "InteractiveSession", "placeholder", "contrib", "estimator", "compat",
              "enable_eager_execution", "enable_v2_behavior", "global_variables_initializer",
              "train.MonitoredSession", "train.MonitoredTrainingSession", "train.Supervisor")

# Gone with 0.12, and what they have been called since.
_BEFORE_0_12 = {
    "batch_" + name: name for name in (
        "cholesky", "cholesky_solve", "fft", "fft2d", "fft3d", "ifft", "ifft2d", "ifft3d",
        "matrix_band_part", "matrix_determinant", "matrix_diag", "matrix_diag_part",
        "matrix_inverse", "matrix_set_diag", "matrix_solve", "matrix_solve_ls",
        "matrix_transpose", "matrix_triangular_solve", "self_adjoint_eig",
        "self_adjoint_eigvals", "svd")}


def check_file(path):
    """Refuses what cannot be a script, by its first bytes.

    Raises:
        Error: there is none, or it is something else.
    """
    if os.path.isdir(path):
        main = os.path.join(path, "__main__.py")
        raise Error("%s is a folder: name the script in it%s" % (
            path, ", such as " + main if os.path.isfile(main) else ""))
    try:
        with open(path, "rb") as file:
            start = file.read(4096)
    except FileNotFoundError:
        raise Error("there is no script %s" % path) from None
    except OSError as error:
        raise Error("%s cannot be read: %s" % (path, error.strerror)) from None
    if b"\0" in start:
        raise Error("%s is not Python source: it is binary" % path)
    if start.lstrip().startswith((b"<!DOCTYPE", b"<html")):
        raise Error("%s is not Python source: it is a web page; download the raw file" % path)


def check_release(path, uses):
    """Refuses a script that no release from 0.12 to 1.15 could run.

    Args:
        path: str, the script, for messages.
        uses: list of `source_scan.Use`.

    Raises:
        Error: all the lines that say so.
    """
    uses = sorted((use for use in uses if not use.guarded), key=lambda use: (use.file, use.line))
    name = os.path.basename(path)
    early = _lines(path, [use for use in uses if use.name in _BEFORE_0_12])
    if early:
        raise Error(
            ["%s is written for a TensorFlow before 0.12, the oldest supported release:" % name]
            + ["  %s, which is tf.%s since 0.12" % (line, _BEFORE_0_12[old])
               for old, line in early])
    late = _lines(path, _of_2(uses))
    if late:
        raise Error(
            ["%s is written for TensorFlow 2, which runs it as it is%s. 1.15 did not have:" % (
                name, "" if path.endswith(".ipynb") else ": `%s %s`" % (
                    os.path.basename(sys.executable), path))]
            + ["  " + line for _, line in late] + ["(Or force it: --as-of 1.15.)"])


def _of_2(uses):
    late = [use for use in uses
            if use.name in _ONLY_2 or use.name.startswith(_ONLY_2_BELOW)]
    graphs = any(use.name == each or use.name.startswith(each + ".")
                 for use in uses for each in _OF_GRAPHS)
    if late and not graphs:
        return late + [use for use in uses if use.name in _IN_EAGER_MODE]
    return [] if graphs else [use for use in uses if use.name in _IN_EAGER_MODE]


def _lines(path, uses):
    lines = {}
    for use in uses:
        lines.setdefault(use.name, "%s, line %d: tf.%s" % (
            use.file or os.path.basename(path), use.line, use.name))
    return list(lines.items())
