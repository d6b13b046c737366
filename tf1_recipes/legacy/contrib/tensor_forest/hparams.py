"""The parameters of a forest, and what follows from them."""
import math
import random
import sys

_SERVED = {"dominate_method": ("bootstrap", "basic", "hoeffding"), "split_finish_name": ("basic",),
           "split_pruning_name": ("none",), "initialize_average_splits": (False,),
           "inference_tree_paths": (False,), "param_file": (None,)}


class ForestHParams:
    """The parameters of a forest; call `fill` before they are used.

    Args:
        num_trees: int.
        max_nodes: int, the most nodes of a tree.
        bagging_fraction: float, the part of a batch that each tree learns from.
        num_splits_to_consider: int, the candidates at each leaf; by default the root of the number
            of features, from 10 to 1000.
        feature_bagging_fraction: float, the part of the features that each tree sees.
        split_after_samples: int, the examples that a leaf sees before it is parted.
        split_name: "less_or_equal" or "less".
        num_classes: int, for regression the size of what is predicted.
        num_features: int.
        regression: bool.
        base_random_seed: int; each tree has the next one. By default no two runs are alike.

    The others are kept; one that would change the trees is refused by `fill`. Of
    ``split_finish_name`` and ``split_pruning_name``, 1.15 itself ran with the defaults only.
    """

    def __init__(self, num_trees=100, max_nodes=10000, bagging_fraction=1.0,
                 num_splits_to_consider=0, feature_bagging_fraction=1.0, max_fertile_nodes=0,
                 split_after_samples=250, valid_leaf_threshold=1, dominate_method="bootstrap",
                 dominate_fraction=0.99, model_name="all_dense", split_finish_name="basic",
                 split_pruning_name="none", prune_every_samples=0,
                 early_finish_check_every_samples=0, collate_examples=False,
                 checkpoint_stats=False, use_running_stats_method=False,
                 initialize_average_splits=False, inference_tree_paths=False, param_file=None,
                 split_name="less_or_equal", **kwargs):
        given = dict(locals())
        if getattr(sys.modules.get("tensorflow"), "__version__", "").startswith("0."):
            raise ValueError("tf.contrib.tensor_forest of 0.12 was another one, with other "
                             "parameters, and is not served: run the script --as-of 1.15")
        del given["self"], given["kwargs"]
        self.__dict__.update(given, **kwargs)

    def values(self):
        """Returns all of them, as a dict."""
        return self.__dict__

    def fill(self):
        """Sets what follows from the others; returns itself."""
        missing = [name for name in ("num_classes", "num_features") if not hasattr(self, name)]
        if missing:
            raise AttributeError("ForestHParams.fill: %s must be given" % " and ".join(missing))
        for name, served in sorted(_SERVED.items()):
            if getattr(self, name) not in served:
                raise ValueError("ForestHParams: %s=%r is not served here, only %s" % (
                    name, getattr(self, name), " or ".join(map(repr, served))))
        self.bagged_num_features = int(self.feature_bagging_fraction * self.num_features)
        self.bagged_features = None
        if self.feature_bagging_fraction < 1.0:
            self.bagged_features = [
                random.sample(range(self.num_features), self.bagged_num_features)
                for _ in range(self.num_trees)]
        self.regression = getattr(self, "regression", False)
        self.num_outputs = self.num_classes if self.regression else 1
        self.num_output_columns = self.num_classes + 1
        self.num_splits_to_consider = self.num_splits_to_consider or min(
            max(10, math.floor(math.sqrt(self.num_features))), 1000)
        self.base_random_seed = getattr(self, "base_random_seed", 0)
        return self
