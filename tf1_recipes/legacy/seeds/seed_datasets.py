"""How many ops data sets of a release built; see `seed_rules`.

In 1.7 a data set became an op when an iterator was made: then, or, for a one-shot iterator, in a
function of its own.
"""
from tf1_recipes.legacy.seeds.seed_rules import counts


@counts("data.ops.dataset_ops:DatasetV2.__init__")
def _data_set(era, self, **_):
    from tensorflow.python.data.ops.dataset_ops import DatasetV1Adapter

    return -1 if era == (1, 7) and not isinstance(self, DatasetV1Adapter) else 0


@counts("data.ops.batch_op:_BatchDataset.__init__")
def _batches(era, **_):
    return -1 if era == (1, 7) else 0  # all batches were kept


@counts("data.ops.dataset_ops:DatasetV1._make_initializable_iterator")
def _iterator(era, self, **_):
    if era >= (1, 15):
        return 3  # it was optimized, and modelled
    return _number_of_ops(self) if era == (1, 7) else 0


def _number_of_ops(dataset):
    inner = getattr(dataset, "_dataset", None)
    if inner is not None:
        return _number_of_ops(inner)
    return 1 + sum(map(_number_of_ops, dataset._inputs()))
