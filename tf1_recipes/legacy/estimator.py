"""``tf.estimator``, which left TensorFlow with 2.16: its last release, on today's TensorFlow.

It needs a few modules that TensorFlow no longer has, all for training on several machines or TPUs.
Empty ones stand in for them here.
"""
import importlib
import sys
import types

_API = "tensorflow_estimator._api.v1.estimator"


def _export(*arguments, **options):
    return lambda symbol: symbol


def _never(*arguments, **options):
    return False


def _stand_in(name, **contents):
    module = types.ModuleType(name, "Stands in for a module that TensorFlow no longer has.")
    module.__dict__.update(contents)
    sys.modules[name] = module
    return module


def _load():
    from tensorflow.python import distribute
    from tensorflow.python.util import tf_export

    if not hasattr(distribute, "estimator_training"):
        name = "tensorflow.python.distribute.estimator_training"
        distribute.estimator_training = _stand_in(
            name, init_run_config=lambda config, train, evaluate: None,
            should_run_distribute_coordinator=_never)
    if not hasattr(tf_export, "ESTIMATOR_API_NAME"):
        _stand_in("tensorflow_estimator.python.estimator.estimator_export",
                  estimator_export=_export)
        for name in ("_api.v1.estimator.tpu", "_api.v2", "_api.v2.v2"):
            _stand_in("tensorflow_estimator." + name)
    return importlib.import_module(_API)


_api = _load()


def __getattr__(name):
    return getattr(_api, name)


def __dir__():
    return dir(_api)
