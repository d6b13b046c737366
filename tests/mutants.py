"""Changes the recipes and traces in one place at a time and checks that a test notices.

    python -m tests.mutants [--jobs N] [NAME ...]

A mutant is a row of `MUTANTS`: a piece of a line, what stands in its place, and the tests that must
fail then. Each is made in a copy of the tree. A mutant that no test notices has SURVIVED; then a
test is missing, or the row says why the change makes no difference. A NAME is the beginning of a
mutant's name, such as ``gating``.

Exit status: 0 if every mutant was killed or has a reason, 1 if one has not, 2 if tests did not run.
"""
import argparse
import collections
import importlib
import os
import shlex
import shutil
import signal
import sys
import tempfile
import traceback

import hypothesis
import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = "tf1_recipes"
_COPIED = (PACKAGE, "tests", "legacy_examples", "pyproject.toml", "README.md", "setup.py")
_LIMIT = 900  # seconds; a mutant may never end

Mutant = collections.namedtuple("Mutant", "name path old new tests reason")
Mutant.__doc__ = """A change that a test must notice.

name: str, ``<module>-<number>``, by the order in the table.
path: str, the file within the package.
old, new: str, a piece of one line that stands there once, and what takes its place.
tests: str, arguments of pytest.
reason: str, why no test can notice it, or empty.
"""

CONTRACT = "tests/test_optimizer_contract.py"
CLUSTER = "tests/cluster/test_cluster_command.py"

# {(file within the package, tests): [(old, new), or (old, new, why no test can notice)]}
TABLE = {
    ("graph/gating.py", "tests/test_train_step.py"): [
        ("[here(own_buffer(part)) for value", "[here(part) for value"),
        (" + [operation_of(here(value)) for value in also]", ""),
        ("tf.control_dependencies([barrier])", "tf.control_dependencies([])"),
        ("tf.raw_ops.Snapshot(input=part)", "tf.identity(part)"),
        ("if len(gates) != 1:", "if not gates:"),
        ("or behind[0].type != \"NoOp\"", "",
         "any operation that waits for all of them is as good a gate"),
        ("sources.union(operation_of(value) for value in also) <=", "sources <="),
        ("sources.union(operation_of(value) for value in also) <=",
         "set(map(operation_of, also)) <="),
        ("tf.control_dependencies(updates), tf.name_scope(scope)", "tf.name_scope(scope)"),
        ("in with_wrapped([optimizer]) for _, value", "in [optimizer] for _, value"),
        ("if tensor.dtype._is_ref_dtype:", "if False:"),
        (" and value.graph is graph", ""),
    ],
    ("untrusted/pickle_machine.py", "tests/test_restore_pickles.py"): [
        ("if whole not in self._known:", "if False:"),
        ("self._foreign[made.name + \"()\"] = None", "pass"),
        ("if key in goal:", "if False:"),
        ("and abs(key) < _MOST_NUMBER", ""),
        ("_MOST_STEPS = 1000000", "_MOST_STEPS = 100000000"),
    ],
    ("untrusted/pickle_arguments.py", "tests/test_restore_pickles.py"): [
        ("if count > len(self._data) - self.place:", "if False:"),
        ("if count > _LONGEST_NUMBER:", "if False:"),
        ("if len(line) > _LONGEST_LINE:", "if False:"),
    ],
    ("transfer/restore/pickled_arrays.py", "tests/test_restore_pickles.py"): [
        ("if len(data) != elements * dtype.itemsize:", "if len(data) < elements:"),
        ("dtype.newbyteorder(self.order) if self.order else dtype", "dtype"),
        ("\"F\" if fortran else \"C\"", "\"C\""),
        ("if depth > _DEEPEST:", "if False:"),
    ],
    ("transfer/restore/safetensors_members.py", "tests/test_restore_safetensors.py"): [
        ("if begin < before:", "if False:"),
        ("if before < size:", "if False:"),
        ("if elements * dtype.itemsize != size:", "if False:"),
        ("if len(found) < len(pairs):", "if False:"),
        ("if _identity(file) != identity:", "if False:"),
    ],
    ("transfer/restore/checkpoint_places.py", "tests/test_restore_checkpoint_forms.py"): [
        ("whole = [shards for shards in found if not shards.missing]", "whole = found"),
        ("re.search(r\"[*?\\[]\", without_shard(prefix))", "re.search(r\"[*?\\[]\", prefix)"),
    ],
    ("transfer/restore/convert_command.py", "tests/test_convert_command.py"): [
        ("        _refuse_existing(target)  # which", "        # which"),
        ("dtype.newbyteorder(\"=\")", "dtype"),
        ("if dtype.isbuiltin == 2", "if False"),
    ],
    ("graph/skipped_updates.py", "tests/test_skipped_updates.py"): [
        ("if not found:", "if False:"),
        ("if write not in own]", "]"),
        ("_branches(write, branches) - _branches(other, branches)", "_branches(write, branches)"),
        ("_REVIVES = frozenset((\"Merge\", ", "_REVIVES = frozenset(("),
        ("        found |= joined\n", "        return False\n"),
        ("(_origin(tensor.op.inputs[1], {}).name,", "(tensor.op.inputs[1].name,"),
    ],
    ("graph/gating.py", CONTRACT): [
        ("tf.unsorted_segment_sum(", "tf.unsorted_segment_max("),
        ("tf.assign_add(global_step, 1,", "tf.assign_add(global_step, 2,"),
    ],
    ("graph/gated_updates.py", "tests/test_gated_updates.py"): [
        ("any(map(_reads_variables, with_wrapped(optimizers)))", "False"),
        ("if not late and is_gated(gradients, also):", "if False:"),
        ("setattr(optimizer, attribute, gated.held(value.read_value()))", "pass"),
        ("setattr(optimizer, attribute, self.held(value))", "pass"),
        ("self._graph._set_control_flow_context(self._context)", "pass",
         "the step of these tests is built outside of a tf.cond"),
        ("with tf.control_dependencies(self._controls):", "with tf.control_dependencies([]):"),
        ("self._barrier._add_control_input(part.op)", "pass"),
        ("part = here(own_buffer(tensor))", "part = here(tensor)"),
        ("with tf.control_dependencies([barrier]):", "with tf.control_dependencies([]):"),
    ],
    ("learning_rates/member_gradients.py", "tests/test_member_gradients.py"): [
        ("map(_defines_gradients, with_wrapped([optimizer]))",
         "map(_defines_gradients, [optimizer])",
         "a wrapper that leaves compute_gradients alone would leave its member's out, too"),
        ("if value is not None and value is not False}", "}"),
        ("if name not in wanted)", "if False)"),
    ],
    ("graph/variable_selection.py", "tests/test_variable_selection.py"): [
        ("\"(?:%s)(?:/|$)\" % pattern", "\"(?:%s)\" % pattern"),
        ("for place in sorted(chosen)], problems", "for place in chosen], problems",
         "a set of small numbers is in their order"),
        ("re.search(r\"[^\\w/-]\", pattern, re.ASCII)", "re.search(r\"[^\\w/.-]\", pattern)"),
    ],
    ("graph/scalars.py", "tests/test_scalars.py"): [
        ("if isinstance(number, bool) or not", "if not"),
        ("if not math.isfinite(number):", "if number != number:"),
    ],
    ("graph/scalars.py", "tests/test_docstring_examples.py -k graph.scalars"): [
        ("tf.constant(float(number), dtype)", "tf.cast(float(number), dtype)"),
    ],
    ("learning_rates/grouped.py", CONTRACT + " -k GroupedOptimizer"): [
        ("also=[loss] + tensors_held_by(self),", "also=tensors_held_by(self),"),
        ("return finish(updates, global_step, scope)", "return finish(updates, None, scope)"),
    ],
    ("learning_rates/grouped.py", "tests/test_optimizer_groups.py -k 'not same_bits'"): [
        ("del train_ops[count:]", "del train_ops[:0]"),
        ("problems += wrong + _given_twice(variables)", "problems += wrong"),
    ],
    ("learning_rates/grouped.py", "tests/test_all_problems_at_once.py"): [
        ("if name in titles:", "if False:"),
    ],
    ("learning_rates/layerwise.py", "tests/test_layer_rates.py"): [
        ("optimizer = factory(_product(learning_rate, multiplier))",
         "optimizer = factory(learning_rate)"),
        ("lowest ** (1 - i / last)", "lowest ** (1 - i / (last + 1))"),
        ("if any(optimizer is other for other in made.values()):", "if False:"),
        ("dtype = dtype if dtype.is_floating else tf.float32", "pass"),
        ("if key not in made:", "if True:"),
    ],
    ("learning_rates/multipliers.py", "tests/test_rate_multipliers.py"): [
        ("default = make_default() if make_default else", "default = make_default() if False else"),
        ("if variable in titles:", "if False:"),
        ("if not any(_same(entry, (selector, multiplier)) for entry in self._entries):",
         "if True:"),
    ],
    ("gradients/multiply.py", "tests/test_gradient_multipliers.py"): [
        ("if any(map(_is_tensor, factors.values())) or not is_gated(gradients):",
         "if any(map(_is_tensor, factors.values())):"),
        ("if any(map(_is_tensor, factors.values())) or not is_gated(gradients):",
         "if not is_gated(gradients):"),
        ("problems.extend(_refusals(optimizer, pairs, factors))", "pass"),
        ("for inner in wrapped_optimizers(optimizer):", "for inner in []:"),
        ("return gradient * as_tensor(factor, gradient.dtype)",
         "return gradient * tf.cast(factor, gradient.dtype)"),
    ],
    ("gradients/clip.py", "tests/test_gradient_clipping.py"): [
        ("clipped = gate(clipped, checks)", "pass"),
        ("limit / tf.maximum(norm, limit)", "limit / norm"),
        ("return rows_once(gradient)", "return gradient"),
        ("if values.dtype.size < 4:", "if False:"),
        ("tf.sqrt(2 * tf.stack(", "tf.sqrt(tf.stack("),
        ("total = 2 * tf.add_n(", "total = tf.add_n("),
        ("elif by == GLOBAL_NORM:", "elif by == NORM:"),
        ("finite = tf.is_finite(total)", "finite = tf.constant(True)"),
        ("(low <= 0) & (high >= 0)", "(high >= 0)"),
    ],
    ("gradients/scale.py", "tests/test_gradient_scaling.py"): [
        ("view._cached_value = None", "pass"),
        ("alpha = tf.stop_gradient(op.inputs[1])", "alpha = op.inputs[1]"),
        ("gradient.values * alpha,", "gradient.values,"),
        ("return gradient * alpha, None", "return gradient, None"),
        ("if hasattr(x, \"handle\"):", "if False:"),
    ],
    ("schedules/learning_rates.py", "tests/test_schedule_steps.py"): [
        ("tf.maximum(tf.cast(step, tf.float64), float64(0))", "tf.cast(step, tf.float64)"),
        ("step = tf.ensure_shape(step, [])", "step = tf.identity(step)"),
        ("tf.float32, name=scope)", "tf.float32)"),
    ],
    ("v1.py", "tests/test_eager_mode.py"): [
        ('while hasattr(graph, "outer_graph"):', "while False:"),
    ],
    ("schedules/cosine_rates.py", "tests/test_cosine_rates.py"): [
        ("(last - tf.minimum(step, last)) / last", "(last - step) / last"),
        ("start + period, period * ratio", "start + period, period"),
        ("tf.pow(float64(m_mul), number) *", ""),
        ("fractions.Fraction(repr(number.item() if hasattr(number, \"item\") else number))",
         "fractions.Fraction(number)"),
        ("number = tf.round((step - place) / period)", "number = tf.floor(step / period)"),
        ("noise = tf.random_normal([], dtype=tf.float64, seed=seed) * tf.sqrt(variance)",
         "noise = tf.random_normal([], dtype=tf.float64, seed=seed) * variance"),
    ],
    ("schedules/decaying_rates.py", "tests/test_decaying_rates.py"): [
        ("return step - tf.floormod(step, float64(decay_steps))",
         "return tf.floor(step / float64(decay_steps)) * float64(decay_steps)"),
        ("last = tf.maximum(last, step + tf.floormod(-step, last))",
         "last = tf.maximum(last, step + last - tf.floormod(step, last))"),
        ("float64(-decay_rate) * periods", "float64(decay_rate) * periods"),
    ],
    ("schedules/joined_rates.py", "tests/test_joined_rates.py"): [
        ("tf.where(step < start, rate, own)", "tf.where(step <= start, rate, own)"),
        ("tf.maximum(step - start, float64(0))", "tf.maximum(step, float64(0))"),
    ],
    ("schedules/cyclical_rates.py", "tests/test_cyclical_rates.py"): [
        ("tf.minimum(place, whole - place)", "tf.minimum(place, whole)"),
        ("tf.round((step - place) / whole)", "tf.floor(step / whole)",
         "the quotient can be too low only where a cycle begins, and the height is 0 there"),
    ],
    ("weight_decay/decoupled_step.py", CONTRACT + " -k DecoupledWeightDecay"): [
        ("self._changes(to_decay, read, [update])", "self._changes(to_decay, read, [])"),
        ("[[changed]])", "[[]])"),
        ("self._changes(to_decay, read, [computed])", "self._changes(to_decay, read, [])"),
        ("also = [loss] + tensors_held_by(self)", "also = tensors_held_by(self)"),
        ("gradients = gated_for([self._optimizer], gradients, tensors_held_by(self))", "pass"),
    ],
    ("weight_decay/decoupled_step.py", "tests/test_weight_decay.py"): [
        ("del train_ops[count:]", "del train_ops[:0]"),
    ],
    ("weight_decay/decoupled_step.py", "tests/test_skipped_updates.py"): [
        ("        if attribute:\n", "        if False:\n"),
        ("            global_step = None\n", "            pass\n"),
        ("inner._around(optimizer) if isinstance(inner, DecoupledStep) else optimizer)",
         "optimizer)"),
        ("        setattr(outer, attribute, held)\n", "        pass\n"),
        ("if hasattr(given, \"apply_gradients\") and not hasattr(given, \"get_config\"):",
         "if hasattr(given, \"apply_gradients\"):"),
    ],
    ("weight_decay/decoupled_step.py", "tests/test_decay_constraints.py"): [
        ("return [constrained(variable, change)", "return [change"),
        ("and getattr(variable, \"constraint\", None) is not None]",
         "and False]"),
    ],
    ("weight_decay/writes.py", CONTRACT + " -k DecoupledWeightDecay"): [
        ("direction = variable.read_value() if direction is None else direction",
         "direction = variable + 0.0 if direction is None else direction"),
    ],
    ("weight_decay/writes.py", "tests/test_weight_decay.py"): [
        ("scatter_update(variable, rows, weights - rate * weights)",
         "scatter_update(variable, rows, weights * rate)"),
    ],
    ("weight_decay/writes.py", "tests/test_decay_constraints.py"): [
        ("colocate_with(variable.op), tf.control_dependencies([write]):",
         "colocate_with(variable.op):"),
        ("variable.constraint(variable.read_value())", "variable.constraint(variable)"),
    ],
    ("weight_decay/choice.py", "tests/test_weight_decay.py"): [
        ("if name_of(variable) not in names]", "]"),
    ],
    ("weight_decay/decay_behind.py", CONTRACT + " -k decay_after"): [
        ("with tf.control_dependencies([step]):", "with tf.control_dependencies([]):"),
    ],
    ("weight_decay/decay_behind.py", "tests/test_weight_decay.py"): [
        ("sorted(read & written)]", "[]]"),
    ],
    ("weight_decay/decay_behind.py", "tests/test_skipped_updates.py"): [
        ("problems.extend(_skip_problems(step, decayed))", "pass"),
        ("    if handed_over:\n", "    if False:\n"),
    ],
    ("weight_decay/decay_behind.py", "tests/test_decay_constraints.py"): [
        ("constrained(variable, descend(variable, weight_decay))",
         "descend(variable, weight_decay)"),
    ],
    ("weight_decay/regularization.py", "tests/test_decoupled_regularization.py"): [
        ("_origin(each.op.name) in present]", "each.op.name in present]"),
        ("directions = gate(directions, name=\"penalty_gate\")", "pass"),
        ("with tf.control_dependencies(behind):", "with tf.control_dependencies([]):"),
    ],
    ("weight_decay/penalties.py", "tests/test_decoupled_regularization.py"): [
        ("self._depends.update(dict.fromkeys(weights, True))", "pass"),
        ("or on_variable and not self._reads(operation)", ""),
    ],
    ("weight_decay/caffe.py", CONTRACT + " -k CaffeSGDOptimizer"): [
        ("if not places and is_gated(gradients, also):", "if not places:"),
        ("[loss] + tensors_held_by(self),", "tensors_held_by(self),"),
    ],
    ("weight_decay/caffe.py", "tests/test_caffe_sgd.py"): [
        ("gradient = rows_once(gradient)", "pass"),
        ("self._momentum_tensor = as_tensor(self._momentum, tf.float64)", "pass"),
        ("return gradient + _product(decay, gradient.dtype) * weights", "return gradient"),
        ("_product(rate, dtype) * _decayed(gradient.values, weights, decay)",
         "_decayed(gradient.values, weights, decay)"),
    ],
    ("weight_decay/adamw.py", "tests/test_decoupled_optimizers.py"): [
        ("for gradient, variable in pairs if gradient is not None]",
         "for gradient, variable in pairs]"),
        ("decay = weight_decay() if callable(weight_decay) else weight_decay",
         "decay = weight_decay"),
    ],
    ("weight_decay/l2.py", "tests/test_l2_losses.py"): [
        ("factor * tf.nn.l2_loss(variable)", "tf.nn.l2_loss(variable)"),
        ("for variable in chosen if name_of(variable) in present)",
         "for variable in chosen if variable in present)"),
    ],
    ("transfer/restore/flattened_images.py", "tests/test_restore_layouts.py"): [
        ("if tuple(stored) == self.order:", "if True:"),
    ],
    ("transfer/restore/undeclared.py", "tests/test_restore_layouts.py"): [
        ("if axis is not None and not axis.same_either_way():", "if False:"),
        ("for row in candidates if row.variable_name not in gathered)", "for row in candidates)"),
    ],
    ("transfer/restore/optimizer_state.py", "tests/test_restore_optimizers.py"): [
        ("if equal[stem]:", "if True:"),
        ("if restored and lacking:", "if False:"),
        ("if corrected and status[power] in (INITIALISED, LEFT_OUT):", "if False:"),
    ],
    ("transfer/unfreezing.py", "tests/test_frozen_layers.py"): [
        ("[step >= stage[0] for stage in stages]", "[step > stage[0] for stage in stages]"),
        ("del train_ops[count:]", "del train_ops[:0]"),
        ("[[branch.begun] for branch in branches]", "[[] for branch in branches]"),
        ("self.begun = tf.identity(alive)", "self.begun = begun"),
    ],
    ("transfer/staged_gradients.py", "tests/test_frozen_layers.py"): [
        ("operation._update_input(place, only_in(source, stage))", "pass"),
        ("first_need.get(source.op, 0) < stage", "first_need.get(source.op, 0) <= stage",
         "one more Switch of the same condition"),
        ("operation.type != \"Enter\"", "False"),
        ("waiting.extend(tensor.op for tensor in operation.inputs)", "pass"),
    ],
    ("optimizers/book_momentum.py", "tests/test_book_momentum.py"): [
        ("self._use_nesterov = nesterov", "pass"),
        ("tf.add(variable, beta * history, name=name)", "tf.subtract(variable, beta * history)"),
        ("if not self._use_nesterov:", "if False:"),
    ],
    ("transfer/rbm.py", "tests/test_rbm.py"): [
        ("2 * gibbs_steps])", "gibbs_steps + 1])"),
        ("if number % 2 == 0:", "if number == 0:"),
        ("return tf.stop_gradient(visible)", "return visible"),
        ("tf.logical_and(visible >= 0, visible <= 1)", "tf.logical_not(visible < 0)"),
    ],
    ("transfer/choosing.py", "tests/test_choosing_layers.py"): [
        ("if not wanted[choice] > last:", "if not wanted[choice] >= last:"),
        ("return (mean if higher_is_better else -mean) if math.isfinite(mean) else -math.inf",
         "return mean if higher_is_better else -mean"),
        ("known.append(tried[choice])", "pass"),
    ],
    ("transfer/phases.py", "tests/test_pretraining.py"): [
        ("[(optimizer, phase.variables + phase.decoder_variables)]",
         "[(optimizer, phase.variables)]"),
    ],
    ("transfer/pretraining.py", "tests/test_pretraining.py"): [
        ("if owners.get(name_of(each), name) != name)", "if False)"),
    ],
    ("keras/discriminative_adam.py", CONTRACT + " -k DiscriminativeAdam"): [
        ("if not reads_end_with(loss, gradients, params):", "if False:"),
        ("t = done + 1.0", "t = done + 2.0"),
        ("tf.control_dependencies(self.updates)", "tf.control_dependencies([])"),
        ("with tf.control_dependencies(None), tf.name_scope(", "with tf.name_scope("),
    ],
    ("keras/discriminative_adam.py", "tests/test_keras_adam.py"): [
        ("v = tf.maximum(slots[2], v)", "pass"),
        ("rates * (1.0 / (1.0 + self.decay * done))", "rates * (1.0 / (1.0 + self.decay))"),
    ],
    ("keras/discriminative_adam.py",
     "tests/test_keras_adam_composition.py -k 'half or twice or by_themselves or named'"): [
        ("return tf.float32 if kind in (tf.float16, tf.bfloat16) else kind", "return kind"),
        ("[tf.convert_to_tensor(gradient) for gradient in gradients]", "gradients"),
        ("tf.clip_by_norm(gradient, norm)", "gradient"),
        ("zip(params, gradients) if gradient is None]", "zip(params, gradients) if False]"),
    ],
    ("keras/adam_dlr.py",
     "tests/test_keras_article.py -k 'dlr or split or document or saves or refuses'"): [
        ("elif met[0] <= starts[-1]:", "elif met[0] < starts[-1]:"),
        ("starts.append(met[0])", "starts.append(met[-1])"),
        ("sum(index >= start for", "sum(index > start for"),
        ("list(dict.fromkeys(problems))", "problems[:1]"),
    ],
    ("keras/article.py", "tests/test_keras_article.py -k 'not dlr'"): [
        ("(LR_Updater if own else WarmRestarts)", "(WarmRestarts)"),
        ("if type(self).setRate is LR_Updater.setRate:", "if False:"),
        ("return self.iteration", "return self.iteration - 1"),
    ],
    ("keras/recorder.py", "tests/test_keras_article.py -k 'rate or plot'"): [
        ("rate = self._optimizer_rate().value()\n", "self._set_rate(); rate = "
                                                   "self._optimizer_rate().value()\n"),
        ("n_skip: int = 0", "n_skip: int = 10"),
    ],
    ("keras/optimizer_rate.py", "tests/test_keras_article.py tests/test_keras_callbacks.py"): [
        ("rate.shape != shape or ", ""),
        ("not np.isfinite(rate).all()", "False"),
    ],
    ("optimizers/formulas.py", "tests/test_numpy_optimizers.py"): [
        ("np.subtract.at(w, g.indices, g.values * rate)", "w[g.indices] -= g.values * rate"),
    ],
    ("optimizers/formulas.py", "tests/test_reference_optimizers.py"): [
        ("rms = state[\"rms\"] + (g * g - state[\"rms\"]) * (one - decay)",
         "rms = state[\"rms\"] + (g * g - state[\"rms\"]) * decay"),
        ("accum_update = state[\"accum_update\"] * rho + update * update * (one - rho)",
         "accum_update = state[\"accum_update\"] * rho + g * g * (one - rho)"),
    ],
    ("traces/ulp.py", "tests/test_traces_ulp.py"): [
        ("if ((left ^ right) < 0).any():", "if False:"),
        ("np.where(bits < 0, -magnitude, magnitude)", "magnitude"),
    ],
    ("traces/element_differences.py", "tests/test_traces_compare.py"): [
        ("<= sys.float_info.max", "<= number"),
        ("failing = distance > tolerance.ulp", "failing = distance >= tolerance.ulp"),
        ("np.abs(b.astype(np.float64))", "np.abs(a.astype(np.float64))"),
        ("tolerance.rtol * np.abs(b)\n", "tolerance.rtol * np.abs(a)\n"),
        ("(np.isnan(a) & np.isnan(b))", "(np.isnan(a) | np.isnan(b))"),
        ("result.index = int(rest[result.index])", "pass"),
        ("difference.index //= 2", "pass"),
        ("offset + other.index", "other.index"),
        ("if known_finite or math.isfinite(largest):", "if True:"),
        ("if a.dtype.kind == \"c\":", "if False:"),
        ("apart = ~same & ~finite", "apart = ~same"),
    ],
    ("traces/compare.py", "tests/test_traces_compare.py"): [
        ("if a.shape != b.shape or a.dtype != b.dtype:", "if a.shape != b.shape:"),
        ("sorted(set(b.numbers) - set(a.numbers))", "[]"),
        ("or self.first or not self.tensors)", "or self.first)"),
        ("for key in list(ours) + [key for key in theirs if key not in ours]:",
         "for key in list(ours):"),
        ("if key in renamed:", "if False:"),
        ("if row.first_step is None:", "if True:"),
        ("row.ulp = max(row.ulp, difference.ulp)", "row.ulp = difference.ulp"),
        ("if pattern not in mapping.used:", "if False:"),
    ],
    ("traces/small_tensors.py", "tests/test_traces_small_tensors.py"): [
        ("np.logical_and.reduceat(np.isfinite(absolute), starts)",
         "np.logical_or.reduceat(np.isfinite(absolute), starts)"),
        ("failing = distance > tolerance.ulp", "failing = distance >= tolerance.ulp"),
        ("np.cumsum([0] + sizes[:-1])", "np.cumsum(sizes)"),
    ],
    ("traces/divergence.py", "tests/test_traces_divergence.py"): [
        ("if value > each[column]:", "if True:"),
        ("self.starts = self.starts[::2]", "self.starts = self.starts[1::2]"),
        ("if self._steps % self.width == 0:", "if True:"),
    ],
    ("traces/trace.py", "tests/test_traces_trace.py"): [
        ("count = max(1, size // self.dtype.itemsize)", "count = size // self.dtype.itemsize"),
        ("np.array(storable(np.asarray(array)))", "storable(np.asarray(array))"),
    ],
    ("traces/trace.py", "tests/test_traces_archive.py"): [
        ("type(session) is int and session >= 0", "type(session) is int"),
    ],
    ("traces/archive.py", "tests/test_traces_archive.py"): [
        ("if crc != member.crc:", "if False:"),
        ("if method != 0 or size != full_size or size < 0 or flags & 0x9:", "if size < 0:"),
        ("or count >= 1 << 59:", "or False:"),
        ("if dtype is None or fortran == \"True\":", "if dtype is None:"),
        ("elif self.end.get(\"steps\") != len(self._starts):", "elif False:"),
    ],
    ("traces/json_trace.py", "tests/test_traces_json_trace.py"): [
        ("if element_count(shape) * parts != len(elements):", "if False:"),
        ("if min(elements) < limits.min or max(elements) > limits.max:",
         "if max(elements) > limits.max:"),
        ("if number in trace:", "if False:"),
        ("with np.errstate(over=\"raise\"):", "with np.errstate(over=\"ignore\"):"),
    ],
    ("traces/layouts.py", "tests/test_traces_layouts.py"): [
        ("tuple(range(len(shape)))[::-1]", "tuple(range(len(shape)))"),
        ("np.repeat(numbers, array.shape[axis] // numbers.size)",
         "np.tile(numbers, array.shape[axis] // numbers.size)"),
        ("if sum(change[\"split\"]) != shape[axis]:", "if False:"),
        ("if not known or total % known:", "if not known:"),
        ("total = arrays[0].copy()", "total = arrays[0]"),
    ],
    ("traces/trace_writer.py", "tests/test_traces_writer.py"): [
        ("(1 if session in self._begun else 2)", "1"),
        ("or number < following:", "or number < 0:"),
        ("return 130 if isinstance(error, KeyboardInterrupt) else 1", "return 1"),
        ("if not arrays and not problems:", "if False:"),
    ],
    ("cluster/addresses.py", CLUSTER + " -k held_ports"): [
        ("held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)", "pass"),
    ],
    ("cluster/guard.py", CLUSTER + " -k launcher_that_is_killed"): [
        ("    end_marked(sys.argv[1])", "    pass"),
    ],
    ("cluster/supervision.py", CLUSTER + " -k ignores_its_flags"): [
        ("if not status and not self._up[member]:", "if False:"),
    ],
    ("recording/session_tap.py", "tests/test_session_tap.py -k another_session"): [
        ("if not watched.begun and getattr(session, \"_target\", None):", "if False:"),
    ],
    ("recording/script_process.py", "tests/test_recording.py -k ctrl_c_interrupts"): [
        ("if not (started and witness.was_interrupted()):", "if True:"),
    ],
    ("traces/regression.py", "tests/test_traces_regression.py"): [
        ("np.where(finite, absolute[found], np.inf)", "absolute[found]"),
        ("self.largest = max(self.largest, float(", "self.largest = max(0.0, float("),
        ("if not isinstance(given, dict):", "if False:"),
    ],
    ("traces/report.py", "tests/test_traces_regression.py"): [
        ("if found and found[-1][1] == number - 1:", "if False:"),
    ],
    ("traces/stored.py", "tests/test_pytest_plugin.py -k large_traces"): [
        ("os.remove(stem + other)", "pass"),
        ("ending = _ENDINGS[count > MOST_NUMBERS_IN_JSON]", "ending = _ENDINGS[0]"),
    ],
    ("traces/slot_pairs.py", "tests/test_traces_slot_pairs.py"): [
        ("if sum(other in each for each in fits.values()) > 1:", "if False:"),
        ("if np.linalg.norm(y - unit * x) <= _CLOSE * np.linalg.norm(y):", "if True:"),
    ],
    ("traces/explain/weight_decay.py", "tests/test_traces_explain_decay.py"): [
        ("if abs(ratio - 2) < 0.02 else TITLE", "if abs(ratio - 3) < 0.02 else TITLE"),
        ("(1 - own if place and not ambiguous else 1)", "1"),
        ("if np.all(np.abs(less) <= 2 * noise):", "if False:"),
        ("decoupled, coupled = (\"B\", \"A\") if share > 0 else (\"A\", \"B\")",
         "decoupled, coupled = (\"A\", \"B\") if share > 0 else (\"B\", \"A\")"),
    ],
    ("traces/explain/clipping.py", "tests/test_traces_explain_updates.py"): [
        ("if any(each > bound * (1 + 2e-4) for each in own):", "if False:"),
        ("if any(update.sampled for update in updates):", "if False:"),
        ("np.clip(plain, -bound, bound) - clipped", "plain - clipped"),
    ],
    ("traces/explain/adam.py", "tests/test_traces_explain_optimizers.py"): [
        ("math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step)",
         "math.sqrt(1 - beta2 ** step) / (1 - beta2 ** step)"),
        ("if moved[1] == 2 * moved[0]:", "if False:"),
    ],
    ("transfer/cache/rows/layout.py", "tests/test_layer_cache_rows.py -k mixes_examples"): [
        ("call.numbers(1, but=rows.axis)", "pass"),
        ("and stride[entry] == 1", ""),
    ],
    ("transfer/cache/rows/along_axes.py", "tests/test_layer_cache_rows.py -k mixes_examples"): [
        ("if rows.axis in axes:", "if False:"),
        ("if rows.axis == axis:", "if False:"),
    ],
    ("transfer/cache/rows/elementwise.py", "tests/test_layer_cache_rows.py -k mixes_examples"): [
        ("if found not in (None, own):", "if False:"),
        ("if kind is SAME and not call.repeats(number, rank, found.axis):", "if False:"),
        ("elif kind is not SAME:", "elif False:"),
    ],
    ("transfer/cache/rows/proof.py", "tests/test_layer_cache_rows.py -k mixes_examples"): [
        (" and op.name in choices and ", " and False and "),
        ("call.stop_at_forgotten()", "pass"),
    ],
    ("transfer/cache/rows/facts.py", "tests/test_layer_cache_rows.py -k mixes_examples"): [
        ("bool(np.all(value == value.take([0], axis)))", "True"),
    ],
    ("transfer/cache/rows/trial.py", "tests/test_layer_cache_rows.py -k 'trial or whatever'"): [
        ("rows_of(chosen[::-1])", "rows[::-1]"),
        ("in sorted({1, half})", "in []"),
        ("rows_of(others[:half] + chosen[half:])[half:]", "rows[half:]"),
    ],
    ("transfer/cache/rows/rounding.py", "tests/test_layer_cache_rows.py -k rounding"): [
        ("float(2 * error", "float(error"),
        ("_product(shapes[0][-2:][inner:][:1])", "1"),
    ],
    ("transfer/cache/rows/verdict.py", "tests/test_layer_cache_rows.py -k 'said or trial'"): [
        ("if trial is not None and trial.difference is not None:", "if False:"),
        ("if rows == INDEPENDENT:", "if trial is not None:"),
    ],
    ("transfer/cache/layer_cache.py", "tests/test_layer_cache_rows.py -k nan"): [
        ("if not problem and not allow_nan:", "if False:"),
        ("array[start:stop]", "array[:stop - start]"),
    ],
}


def _rows():
    counts = collections.Counter()
    for (path, tests), changes in TABLE.items():
        for old, new, *reason in changes:
            stem = os.path.basename(path)[:-3]
            counts[stem] += 1
            yield Mutant("%s-%d" % (stem, counts[stem]), path, old, new, tests, "".join(reason))


MUTANTS = list(_rows())


def mutated(mutant, root=ROOT):
    """Returns the text of the mutant's file, changed.

    Raises:
        ValueError: the old text does not stand there once.
    """
    with open(os.path.join(root, PACKAGE, mutant.path), encoding="utf-8") as file:
        text = file.read()
    if text.count(mutant.old) != 1:
        raise ValueError("%s: %s has %r %d times, not once: write the row anew" % (
            mutant.name, mutant.path, mutant.old, text.count(mutant.old)))
    return text.replace(mutant.old, mutant.new)


class Runs:
    """Runs tests in copies of the tree, each run in a fork of this process.

    A fork has TensorFlow and pytest imported already, which would take longer than most tests.
    """

    def __init__(self, folder, jobs):
        self._free = []
        for number in range(jobs):
            self._free.append(os.path.join(folder, "copy-%d" % number))
            os.mkdir(self._free[-1])
            for name in _COPIED:
                path, target = os.path.join(ROOT, name), os.path.join(self._free[-1], name)
                if os.path.isdir(path):
                    shutil.copytree(path, target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(path, target)
        self._running, self._clock = {}, 10 ** 9

    def outcomes(self, mutants):
        """Yields (mutant, "killed", "SURVIVED", or what kept its tests from running)."""
        for mutant, status in self._all([(each, each.tests, each) for each in mutants]):
            yield mutant, {0: "SURVIVED", 1: "killed"}.get(status, status)

    def failing(self, tests):
        """Returns those that do not pass on the tree as it is, as lines of text."""
        return ["%s fail without a mutant (%s)" % (each, status)
                for each, status in self._all([(each, each, None) for each in tests]) if status]

    def _all(self, wanted):
        """Yields (key, status) of (key, tests, mutant or None), in the order in which they end."""
        for key, tests, mutant in wanted:
            while not self._free:
                yield self._ended()
            root = self._free.pop()
            path = mutant and os.path.join(root, PACKAGE, mutant.path)
            whole = path and self._written(path, mutated(mutant, root))
            output = tempfile.TemporaryFile()  # noqa: SIM115
            child = os.fork()
            if not child:
                _pytest(root, tests, output)
            self._running[child] = key, root, path, whole, output
        while self._running:
            yield self._ended()

    def _ended(self):
        child, status = os.wait()
        key, root, path, whole, output = self._running.pop(child)
        if path:
            self._written(path, whole)
        self._free.append(root)
        with output:
            output.seek(0)
            text = output.read().decode("utf-8", "replace").strip()[-300:]
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            return key, 1  # It would not have ended.
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else "signal %d" % os.WTERMSIG(status)
        return key, code if code in (0, 1) else "pytest ended with %s: %s" % (code, text)

    def _written(self, path, text):
        """Writes a file and returns what was in it."""
        with open(path, encoding="utf-8") as file:
            before = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        # Bytecode is known by the second in which its source was written.
        self._clock += 1
        os.utime(path, (self._clock, self._clock))
        return before


def _pytest(root, tests, output):
    """Runs tests in a copy and ends the process."""
    signal.alarm(_LIMIT)
    for stream in (1, 2):
        os.dup2(output.fileno(), stream)
    for name in list(sys.modules):
        if name.partition(".")[0] in ("tests", PACKAGE):
            del sys.modules[name]
    # One example is enough: no time to look for the smallest.
    hypothesis.settings.register_profile(
        "mutants", deadline=None, phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate])
    hypothesis.settings.load_profile("mutants")
    os.chdir(root)
    os.environ["PYTHONPATH"] = root
    sys.path[:] = [root] + [each for each in sys.path if each not in ("", ROOT)]
    status = 3
    try:
        status = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *shlex.split(tests)]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=(
        "changes the package in one place at a time and checks that a test notices"))
    parser.add_argument("names", nargs="*", metavar="NAME", help="the beginning of a name")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time (default: 1)")
    parser.add_argument("--no-baseline", action="store_true",
                        help="do not first run the tests on the tree as it is")
    options = parser.parse_args(arguments)
    chosen = [each for each in MUTANTS
              if not options.names or each.name.startswith(tuple(options.names))]
    if not chosen:
        parser.error("no mutant has such a name; the first is %s" % MUTANTS[0].name)
    if not all(each.path.startswith("traces/") for each in chosen):
        importlib.import_module(PACKAGE + ".v1").load()
    outcomes = {}
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(folder, options.jobs)
        problems = [] if options.no_baseline else runs.failing(
            sorted({each.tests for each in chosen}))
        if problems:
            print("\n".join(problems))
            return 2
        for mutant, outcome in runs.outcomes(chosen):
            outcomes[mutant] = outcome
            print(line_of(mutant, outcome), flush=True)
    print("%d mutants: %d killed, %d survived" % (
        len(chosen), *(list(outcomes.values()).count(each) for each in ("killed", "SURVIVED"))))
    return status_of(outcomes)


def line_of(mutant, outcome):
    """One line of the table."""
    line = "%-9s %-24s %s -> %s" % (
        outcome, mutant.name, mutant.old.strip(), mutant.new.strip() or "(nothing)")
    return line + (": " + mutant.reason if outcome == "SURVIVED" and mutant.reason else "")


def status_of(outcomes):
    """The exit status for ``{mutant: outcome}``."""
    if set(outcomes.values()) - {"killed", "SURVIVED"}:
        return 2
    return int(any(outcome == "SURVIVED" and not mutant.reason
                   for mutant, outcome in outcomes.items()))


if __name__ == "__main__":
    sys.exit(main())
