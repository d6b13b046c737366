"""Every recipe once: its name, document, legacy example, problem and evidence."""
import os
from dataclasses import dataclass

from tf1_recipes.errors import Error
from tf1_recipes.untrusted.closest_names import closest_names

RELEASES = ("0.12.1", "1.7.1", "1.15.5")
# The frameworks that the recipes are written in today, and the folders that they are in.
PORTS = {"PyTorch": "pytorch", "Keras 3": "keras", "JAX": "jax"}


@dataclass(frozen=True)
class Recipe:
    """One recipe and where its evidence lies.

    Attributes:
        name: as in the documents' list, such as "A1".
        title: what it does.
        formula: in one line.
        document: where the recipe was published.
        function: the hardened recipe, as ``tf1_recipes.<function>``.
        trap: what is silently wrong in the documented form.
        example: file of the legacy example.
        releases: the genuine releases that have the API, each with a reference trace.
        model: module in `tf1_recipes.evidence.models`.
        hardened: function in `tf1_recipes.evidence.hardened_runs`.
        problem: what the example trains, and why a trace of it is evidence.
        documented: what the document says that the example prints, or "" if it says no figures.
        rate: where the newest trace has the learning rate, as ``fetches/<name>`` or
            ``variables/<name>``, if the model has its ``schedule``; or "".
        sums: what libraries may round otherwise: sums, which each adds in an order of its own, and
            formulas of which there are two. A trace is then held to the bounds that the model
            computes; where it is "", every operation is rounded alike, and a trace is held to the
            model's bits.
    """

    name: str
    title: str
    formula: str
    document: str
    function: str
    trap: str
    example: str
    releases: tuple
    model: str
    hardened: str
    problem: str
    documented: str = ""
    rate: str = ""
    sums: str = ""

    def example_path(self):
        """The legacy example's file: beside the package in a checkout, inside it when installed."""
        path = _example(self.example)
        if path is None:
            raise Error("%s: the legacy example %s is missing" % (self.name, self.example))
        return path

    def port_paths(self):
        """Returns ``{framework: file}`` of the recipe as it is written today, where it is."""
        paths = {framework: _example(os.path.join("ports", folder, self.example))
                 for framework, folder in PORTS.items()}
        return {framework: path for framework, path in paths.items() if path}

    def trace_path(self, release):
        """The reference trace recorded on a genuine release."""
        here = os.path.dirname(os.path.abspath(__file__))
        return os.path.join(here, "reference_traces", "%s-%s.json" % (self.name, release))


def _example(name):
    here = os.path.dirname(os.path.abspath(__file__))
    package = os.path.dirname(here)
    for folder in (package, os.path.dirname(package)):
        path = os.path.join(folder, "legacy_examples", name)
        if os.path.exists(path):
            return path
    return None


LINEAR = ("a linear model: no gradient reads a weight, so the race of the documented form cannot "
          "show")

LAYER_WISE = "answers on layer-wise learning rates in TensorFlow 1"

RECIPES = (
    Recipe(
        name="A1", title="A learning rate per layer: two optimizers, grouped",
        formula="w_low -= r1 dL/dw_low,  w_high -= r2 dL/dw_high",
        document=LAYER_WISE,
        function="GroupedOptimizer",
        trap="a data race: one optimizer overwrites weights that the other one's backward pass "
             "has yet to read",
        example="two_optimizers.py", releases=RELEASES, model="learning_rate_per_layer",
        hardened="grouped_optimizer", problem=LINEAR,
        sums="matrix products over five features and eight examples"),
    Recipe(
        name="A2", title="A learning rate per layer: one gradient computation, split",
        formula="g = dL/d(w_low, w_high);  w_low -= r1 g_low,  w_high -= r2 g_high",
        document=LAYER_WISE,
        function="GroupedOptimizer",
        trap="the same data race, on more of the gradients",
        example="split_gradients.py", releases=RELEASES, model="learning_rate_per_layer",
        hardened="grouped_optimizer", problem=LINEAR,
        sums="matrix products over five features and eight examples"),
    Recipe(
        name="A3", title="Scaling a gradient between compute and apply",
        formula="w -= r m dL/dw",
        document="answers on scaling gradients between compute_gradients and apply_gradients",
        function="multiply_gradients",
        trap="no effect under Adam, RMSProp, Adagrad, Adadelta; TypeError on sparse or None "
             "gradients",
        example="scaled_gradient.py", releases=RELEASES, model="scaled_gradient",
        hardened="multiply_gradients", problem="two scalars",
        documented="[0.80000001, 0.40000001]\n[0.72000003, 0.56]\n[0.68800002, 0.62400001]\n"
                   "[0.67520005, 0.64960003]\n[0.67008007, 0.65984005]\n"),
    Recipe(
        name="A4", title="lr_mult, a custom gradient",
        formula="f(x) = x,  df = alpha dy",
        document=LAYER_WISE,
        function="scale_gradient",
        trap="no effect under Adam and its kin; TypeError in front of an embedding lookup",
        example="lr_mult.py", releases=("1.7.1", "1.15.5"), model="lr_mult",
        hardened="scale_gradient", problem="two scalars",
        documented="[0.8, 0.98, 1.6004001]\n[0.64, 0.96040004, 1.3319682]\n"
                   "[0.51199996, 0.94119203, 1.1479864]\n[0.40959996, 0.92236817, 1.0185351]\n"
                   "[0.32767996, 0.9039208, 0.924447]\n"),
    Recipe(
        name="A5", title="A multiplier per variable name, with summaries",
        formula="w -= r m[w] dL/dw",
        document=LAYER_WISE,
        function="LearningRateMultipliers",
        trap="a name that is missing in the dict is a KeyError, one too many is ignored; no effect "
             "under Adam and its kin; TypeError on sparse or None gradients",
        example="rate_multipliers.py", releases=RELEASES, model="rate_multipliers",
        hardened="rate_multipliers",
        problem="a relu net of two layers under one optimizer, which gates the gradients of each "
                "op; the rate is fed, and drops; the summaries are fetched in runs of their own",
        sums="matrix products over up to eight inputs"),
    Recipe(
        name="A6", title="Gradient scaling with stop_gradient",
        formula="f x + (1 - f) stop_gradient(x):  value x,  gradient f dy",
        document="answers on layer-wise learning rates in TensorFlow 1",
        function="scale_gradient",
        trap="1/100 is 0 under Python 2: the layers are frozen; under Python 3 the value changes "
             "in the last bit; no effect under Adam and its kin",
        example="stop_gradient_scaling.py", releases=("1.7.1", "1.15.5"),
        model="stop_gradient_scaling", hardened="scale_gradient_of_a_layer",
        problem="three linear layers, the lower two at a hundredth; on 0.12.1 with Python 2 they "
                "stay as they are, so its trace is no evidence for the recipe",
        sums="matrix products over up to four inputs; the documented mix rounds the value twice, "
             "the recipe leaves it alone"),
    Recipe(
        name="A7", title="A defaultdict of multipliers with momentum",
        formula="A = 0.9 A + m[w] dL/dw,  w -= r A,  m = 1 where the dict has no entry",
        document=LAYER_WISE,
        function="LearningRateMultipliers",
        trap="no effect at all: the factor is kept under the name of the layer's output, "
             "dense/BiasAdd, and looked up under dense/kernel; the default is used, silently",
        example="momentum_multipliers.py", releases=("1.7.1", "1.15.5"),
        model="momentum_multipliers", hardened="multipliers_of_outputs",
        problem="a relu net of two layers trained as documented, where the factor has no effect, "
                "and as meant; one optimizer gates the gradients of each op",
        sums="matrix products over up to eight inputs"),
    Recipe(
        name="A8", title="Keras: Adam with a rate per stage (discriminative layers)",
        formula="r = lr sqrt(1 - b2^t) / (1 - b1^t);  w -= r[stage of w] m / (sqrt(v) + epsilon)",
        document="discriminative layers for Keras 2.2's Adam: two split layers, three rates",
        function="DiscriminativeAdam",
        trap="a split layer that is frozen or has no weights is never met, and the earlier rate "
             "stays; Keras counts the step beside its reads: by chance the first is taken for the "
             "second; nets race",
        example="keras_discriminative_adam.py", releases=("1.15.5",),
        model="keras_discriminative_adam", hardened="discriminative_adam",
        problem="Keras 2.2.4 on four layers side by side: no gradient reads a weight, so the race "
                "cannot show; the step is read before it is counted. AMSGrad with Keras' defaults "
                "and a rate that decays; then Adam on gradients of few bits, which today's kernel "
                "and Keras' ten operations round alike",
        sums="sums over up to four examples and layers; powers of beta; the moments, which Keras "
             "and TensorFlow's kernel compute by two formulas"),
    Recipe(
        name="B1", title="Restore everything and go on training",
        formula="w_new = w_old,  w -= r clip(g, -1, 1)",
        document="Hands-On Machine Learning, chapter 11: reusing a TensorFlow model",
        function="plan_restore",
        trap="an initialiser run after the restore undoes it; None gradients crash the clipping",
        example="restore_all.py", releases=RELEASES, model="restore_all",
        hardened="restore_all",
        problem="a relu net whose gradients are clipped by value, trained, saved, restored and "
                "trained on; the loss is summed, so that small inputs have slopes to clip",
        sums="matrix products over up to ten inputs, and a softmax"),
    Recipe(
        name="B2", title="Restore a part of a checkpoint",
        formula="w_new[hidden1-3] = w_old[hidden1-3], the rest initialised",
        document="Hands-On Machine Learning, chapter 11: reusing pretrained layers",
        function="plan_restore",
        trap="takes optimizer slots and hidden10 with hidden1; stops at the first bad shape; a "
             "later initialiser undoes it",
        example="partial_restore.py", releases=("1.7.1", "1.15.5"), model="partial_restore",
        hardened="plan_restore",
        problem="two relu nets of 8 inputs; gradient descent is not raced, as one optimizer gates "
                "the gradients of each op",
        sums="matrix products over up to ten inputs, and a softmax"),
    Recipe(
        name="B3", title="Weights from another framework",
        formula="w_new[hidden1] = array (transposed where declared), the rest initialised",
        document="Hands-On Machine Learning, chapter 11: reusing models from other frameworks",
        function="plan_restore",
        trap="a square kernel that should be transposed goes in as it is; a resource variable "
             "shares the fed array's memory and changes with it; two variables of one initial "
             "tensor get one array",
        example="arrays_from_another_framework.py", releases=RELEASES,
        model="arrays_from_another_framework", hardened="restore_arrays",
        problem="a relu net whose first layer is fed to its initialisers, and again assigned "
                "through placeholders: the same",
        sums="matrix products over up to ten inputs, and a softmax"),
    Recipe(
        name="B4", title="Freeze the lower layers",
        formula="w_upper -= r g,  w_lower stays",
        document="Hands-On Machine Learning, chapter 11: freezing the lower layers",
        function="GroupedOptimizer",
        trap="a scope that matches nothing gives an empty var_list; hidden1 takes hidden10, too",
        example="frozen_layers.py", releases=RELEASES, model="frozen_layers",
        hardened="frozen_group",
        problem="a relu net trained by var_list, and again cut by stop_gradient: the same",
        sums="matrix products over up to ten inputs, and a softmax"),
    Recipe(
        name="B5", title="Cache the frozen layers' output",
        formula="rows = h(x) once;  w_upper -= r dL/dw(rows[batch]) in place of dL/dw(h(x[batch]))",
        document="Hands-On Machine Learning, chapter 11: caching the frozen layers",
        function="cache_outputs",
        trap="the cache is never compared with the weights and data that it came from, and holds "
             "whatever dropout or batch normalization in training mode gave it",
        example="cached_layer.py", releases=RELEASES, model="cached_layer",
        hardened="cached_layer",
        problem="a relu net with two frozen layers, trained from its inputs, and again from the "
                "cache of hidden2 in shuffled batches: the same",
        sums="matrix products over up to eight inputs, and a softmax"),
    Recipe(
        name="B6", title="Unfreeze layer by layer, on a schedule",
        formula="w -= r g  for the layers whose start <= t;  t = t + 1",
        document="Hands-On Machine Learning, chapter 11: freezing layers and choosing how much "
                 "to reuse",
        function="unfreeze_on_schedule",
        trap="a minimize built after the initialiser has slots without a value, and initialising "
             "again undoes the training; one Adam for all stages makes a layer's first steps up "
             "to 6.6 rates long",
        example="gradual_unfreezing.py", releases=RELEASES, model="gradual_unfreezing",
        hardened="unfreeze_on_schedule",
        problem="a relu net under momentum, its residuals of one sign so that no sum cancels: the "
                "slots of frozen layers stay 0; rate and momentum are powers of two",
        sums="matrix products over up to ten inputs"),
    Recipe(
        name="B7", title="Pretrain the lower layers first",
        formula="loss_k = mean (decoder_k(h_k) - h_(k-1))^2;  or mean max(0, m - s(good) + s(bad))",
        document="Hands-On Machine Learning, chapters 11 and 15: pretraining without labels",
        function="layerwise_autoencoders",
        trap="an Adam shared by the phases takes the second one's first steps up to 6.6 times too "
             "long; scores of two nets, or of shapes that are broadcast, learn no ranking",
        example="pretrained_layers.py", releases=RELEASES, model="pretrained_layers",
        hardened="pretrained_layers",
        problem="two relu layers pretrained by auto-encoders, the second one's weights tied, and "
                "again by a max margin; restored into a net with labels both times",
        sums="matrix products over up to ten inputs, and a softmax"),
    Recipe(
        name="C", title="Gradient clipping",
        formula="w -= r min(max(dL/dw, -1), 1);  or dL/dw limit / max(norm, limit)",
        document="Hands-On Machine Learning, chapter 11: gradient clipping",
        function="clip_gradients",
        trap="TypeError on None gradients; rows of one id are clipped one by one; a NaN passes, "
             "and takes all weights with it",
        example="clipped_gradients.py", releases=RELEASES, model="gradient_clipping",
        hardened="clip_gradients",
        problem="a bowl of nine elements: every gradient reads its own variable only, so there is "
                "no race; three elements are clipped at first, none at the end"),
    Recipe(
        name="D1", title="A rate that drops at given steps: piecewise_constant on the global step",
        formula="t = t + 1;  rate = values[i] for boundaries[i-1] < t <= boundaries[i]",
        document="answers on piecewise_constant with the global step",
        function="piecewise_constant",
        trap="the step fetched beside the op that changes it: the old one, or either at random, "
             "with a resource variable",
        example="piecewise_rate.py", releases=RELEASES, model="piecewise_rate",
        hardened="piecewise_rate",
        problem="a scalar of gradient 1, which so adds up the rates",
        rate="fetches/PiecewiseConstant/case/cond/Merge",
        documented="".join(
            "step %d, lr = %s\n" % (step, rate) for step, rate in enumerate(
                ["0.100"] * 5 + ["0.050"] * 5 + ["0.010"] * 5 + ["0.001"] * 5, start=1))),
    Recipe(
        name="D2", title="SGDR: cosine annealing with warm restarts, batch by batch",
        formula="c = c + 1, and 0 where it is n, then n = cycle_mult n;  "
                "rate = max (1 + cos(pi c / n)) / 2",
        document="SGDR (arXiv 1608.03983), as callbacks for Keras have it",
        function="WarmRestarts",
        trap="a second fit takes the annealed rate for the largest; a cycle whose length is no "
             "whole number never ends",
        example="warm_restarts.py", releases=("1.7.1", "1.15.5"), model="warm_restarts",
        hardened="warm_restarts", rate="variables/lr",
        problem="a Keras model of two layers, each with its own rate; each weight is trained by "
                "its own samples only, and no sum depends on its order"),
    Recipe(
        name="D3", title="A recorder: rate, iteration and loss of every batch, and their plots",
        formula="history[t] = (t, rate_t, loss_t, ...)",
        document="the recorder behind SGDR for Keras; learning-rate range tests",
        function="LearningRateRecorder",
        trap="where the next rate is set first, it is kept beside the loss of this batch",
        example="rate_recorder.py", releases=("1.7.1", "1.15.5"), model="rate_recorder",
        hardened="rate_recorder", rate="variables/lr",
        problem="a Keras model whose rate doubles, and whose history ends as a variable; each "
                "weight is trained by its own samples only"),
    Recipe(
        name="E1", title="Weight decay as L2 in the loss, kept in collections",
        formula="loss = data + d sum |w|^2 / 2,  g_w = dL/dw + d w",
        document="answers on weight decay by collections of weights and losses",
        function="add_l2_loss",
        trap="nothing fills the collection of weights, and no weight decays; with momentum or Adam "
             "it is not weight decay",
        example="l2_loss_collections.py", releases=RELEASES, model="l2_loss_collections",
        hardened="l2_losses",
        problem="two weights and a bias under momentum; each gradient reads its own weight only"),
    Recipe(
        name="E2", title="Decoupled weight decay, chained behind the train op",
        formula="w' = w - r dL/dw,  w'' = w' - d w'",
        document="answers on weight decay behind the train op; Caffe: W = W (1 - 0.0005)",
        function="DecoupledWeightDecay",
        trap="three meanings: decays the new weight, the old one, or either at random, by release "
             "and kind of variable",
        example="weight_decay.py", releases=RELEASES, model="weight_decay",
        hardened="decoupled_weight_decay",
        problem="one ref variable, which has one meaning on every release",
        documented="1.71000\n1.47510\n1.28483\n1.13071\n"),
    Recipe(
        name="E3", title="Decoupled weight decay, an op of its own",
        formula="w' = update(w, dL/dw),  w'' = w' - d w'",
        document="answers on weight decay as an op; Caffe: W = W (1 - 0.0005)",
        function="decay_after",
        trap="without control dependencies it decays before or after the update, at random; a "
             "rate that follows the global step has no defined value",
        example="weight_decay_op.py", releases=RELEASES, model="weight_decay_op",
        hardened="decay_after",
        problem="three weights and a bias, of ref kind; rate and momentum are powers of two, which "
                "round alike with and without fused multiply-add"),
    Recipe(
        name="E4", title="Decoupled weight decay for any optimizer: AdamW, MomentumW, a factory",
        formula="w' = w - d w,  w'' = update(w', dL/dw)",
        document="tf.contrib.opt's weight_decay_optimizers, 1.10 to 1.15",
        function="extend_with_decoupled_weight_decay",
        trap="the decay does not wait for the gradients, which read the old weight or the decayed "
             "one; a schedule is a TypeError; an empty decay_var_list decays everything",
        example="decoupled_optimizers.py", releases=RELEASES, model="decoupled_optimizers",
        hardened="decoupled_optimizers",
        problem="three weights under Adam and three under momentum; the gradients are fed, and "
                "read no weight, so the race of the documented form cannot show"),
    Recipe(
        name="E5", title="What Caffe's SGD really does",
        formula="diff = g + d decay_mult w,  h = m h + r lr_mult diff,  w -= h",
        document="Caffe's sgd_solver.cpp; answers on Caffe's lr_mult and decay_mult",
        function="CaffeSGDOptimizer",
        trap="taken for decay behind the update, though it goes through the momentum; and the "
             "history keeps the old rate when the rate drops",
        example="caffe_sgd.py", releases=RELEASES, model="caffe_sgd", hardened="caffe_sgd",
        problem="three weights and a bias, written by hand op by op, with gated gradients; the "
                "rate is fed, and drops"),
    Recipe(
        name="F", title="The optimizers' own arithmetic, each with a NumPy twin",
        formula="w, slots = update(w, slots, g), rounded where TF1's kernels round",
        document="the documentation of tf.train's optimizers and Apply* ops, and their papers",
        function="numpy_optimizer",
        trap="without a gradient a row's momentum stands still, but Adam moves all rows; 0.12 does "
             "not sum the gradients of equal ids, and its Adadelta and proximal optimizers differ",
        example="optimizer_steps.py", releases=("1.7.1", "1.15.5"), model="optimizer_steps",
        hardened="optimizers_on_resource_variables",
        problem="eleven optimizers, each on a bias and a table, with given gradients, dense and "
                "sparse. There is no recipe to harden: the link is the same optimizers on "
                "resource variables, which have kernels of their own. 0.12.1 runs it too, and "
                "gives the same bits for all but Adadelta and the proximal optimizers. Kernels "
                "estimate roots in packets of 8 numbers; a bias has 3, a row 2"),
)


def find(names):
    """Returns the recipes of these names, all if there are none, in the catalogue's order.

    Raises:
        Error: names that are no recipe's, all of them, with the closest there are.
    """
    known = {recipe.name.lower(): recipe for recipe in RECIPES}
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        nearest = closest_names(unknown[0].upper(), [recipe.name for recipe in RECIPES])
        raise Error("no recipe is called %s%s; `tf1-recipes list` shows them all" % (
            ", ".join(unknown), ": perhaps %s" % ", ".join(nearest) if nearest else ""))
    wanted = {name.lower() for name in names} or set(known)
    return [recipe for key, recipe in known.items() if key in wanted]
