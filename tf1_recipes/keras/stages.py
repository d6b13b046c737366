"""Which stage each weight of a Keras model is in, by the layer that owns it."""
from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Sequence

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.scalars import problem_with
from tf1_recipes.graph.variable_selection import matches, unmatched
from tf1_recipes.keras.which_keras import problems_with_keras
from tf1_recipes.untrusted.closest_names import closest_names


class StagePlan:
    """The stage of every weight, by identity.

    Args:
        owned: list of (variable, stage).
        trained: function that returns the list of the variables that are trained now.
    """

    def __init__(self, owned: Any, trained: Any) -> None:
        self._owned = owned  # holds the variables, whose identity is their key
        self._stages = {id(variable): stage for variable, stage in owned}
        self._trained = trained

    def stages_of(self, variables: Sequence[Any]) -> List[int]:
        """Returns the list of the variables' stages.

        Raises:
            RecipeError: variables that are in no stage.
        """
        problems = [
            "%r is in no stage: no layer of the stages' model owns it"
            % variable.op.name for variable in variables if id(variable) not in self._stages]
        if problems:
            raise RecipeError("Cannot train with a learning rate per stage", problems)
        self._trained = lambda: variables
        return [self._stages[id(variable)] for variable in variables]

    def config(self) -> Any:
        """What `SavedPlan` takes: for each trained weight [name, shape, stage]."""
        return [[variable.op.name, variable.shape.as_list(), self._stages[id(variable)]]
                for variable in self._trained()]


class SavedPlan:
    """The stage of every weight, by the order of the weights, as a saved model has it."""

    def __init__(self, saved: Dict[str, Any]) -> None:
        self._saved = saved
        self._found: Optional[StagePlan] = None

    def stages_of(self, variables: Sequence[Any]) -> List[int]:
        """Returns the list of the variables' stages.

        Raises:
            RecipeError: other weights than were saved.
        """
        if self._found is None:
            self._found = StagePlan(self._matched(variables), None)
        return self._found.stages_of(variables)

    def _matched(self, variables):
        problems = []
        if len(variables) != len(self._saved):
            problems.append("the model trains %d weights, and the stages were saved for %d" % (
                len(variables), len(self._saved)))
        for variable, (name, shape, _) in zip(variables, self._saved):
            found = variable.op.name, variable.shape.as_list()
            # The layer's part of the name may have changed: a graph makes it unique.
            if (_own_name(found[0]), found[1]) != (_own_name(name), list(shape)):
                problems.append("%r of shape %s was saved as %r of shape %s" % (
                    found + (str(name), list(shape))))
        if problems:
            raise RecipeError("Cannot give the saved stages to this model", problems)
        return [(variable, stage) for variable, (_, _, stage) in zip(variables, self._saved)]

    def config(self) -> Any:
        """What it was made from."""
        return self._saved if self._found is None else self._found.config()


def plan_stages(model: Any, splits: Any, stages: Any, settings: Any) -> StagePlan:
    """Returns the `StagePlan` of a model; the arguments are those of `DiscriminativeAdam`.

    Raises:
        RecipeError: with all that is wrong with the arguments.
    """
    problems = setting_problems(settings)
    problems.extend(problems_with_keras(model))
    layers, model_problems = _layers_of(model)
    problems.extend(model_problems)
    if (splits is None) == (stages is None):
        problems.append("give either splits or stages")
    elif layers:
        parts = _list(stages if splits is None else splits)
        problems.extend(count_problems(settings, len(parts) + (splits is not None)))
        plan, wrong = (_by_stages if splits is None else _by_splits)(parts, layers)
        problems.extend(wrong)
    if problems:
        raise RecipeError("Cannot give stages of layers their own learning rates", problems)
    owned = {}
    for (_, layer), stage in zip(layers, plan):
        for variable in layer.weights if stage is not None else ():
            owned.setdefault(id(variable), (variable, stage))  # a shared weight: the first layer's
    return StagePlan(list(owned.values()), lambda: model.trainable_weights)


def _layers_of(model):
    """Returns the list of (path, layer), inner models' layers in their place, and problems."""
    if not hasattr(model, "layers"):
        return [], ["%r is not a Keras model" % (model,)]
    layers, seen = [], set()

    def collect(inner, path):
        for layer in inner.layers:
            if hasattr(layer, "layers"):
                collect(layer, path + layer.name + "/")
            elif id(layer) not in seen:
                seen.add(id(layer))
                layers.append((path + layer.name, layer))
    collect(model, "")
    if not any(layer.weights for _, layer in layers):
        return [], ["the model has no weights: it was not built yet, or has none"]
    return layers, []


def _by_splits(splits, layers):
    """Returns the list of the layers' stages, and problems."""
    problems, starts, before = [], [0], "the first layer"
    for split in splits:
        found, problem = _find(split, layers)
        with_weights = [index for index in found if layers[index][1].weights]
        if problem:
            problems.append(problem)
        elif not with_weights:
            later = [path for path, layer in layers[found[0]:] if layer.weights]
            problems.append("the split layer %s has no weights%s" % (
                _title(split), "; the next one with weights is %r" % later[0] if later else ""))
        elif not any(layer.weights for _, layer in layers[starts[-1]:with_weights[0]]):
            problems.append("no layer with weights lies before the split layer %s, from %s on"
                            % (_title(split), before))
        else:
            starts.append(with_weights[0])
            before = _title(split)
    return [sum(index >= start for start in starts) - 1 for index in range(len(layers))], problems


def _by_stages(stages, layers):
    """Returns the list of the layers' stages, None for those without weights, and problems."""
    problems, plan = [], [None] * len(layers)
    for stage, selectors in enumerate(stages):
        chosen = []
        for selector in _list(selectors):
            found, problem = _find(selector, layers)
            chosen.extend(found)
            problems.extend([problem] if problem else [])
        if not any(layers[index][1].weights for index in chosen):
            problems.append("stage %d has no layer with weights" % stage)
        for index in sorted(set(chosen)):
            if plan[index] is not None and layers[index][1].weights:
                problems.append("layer %r is in the stages %d and %d" % (
                    layers[index][0], plan[index], stage))
            plan[index] = stage
    problems.extend("layer %r is in no stage" % path for (path, layer), stage in zip(layers, plan)
                    if stage is None and layer.trainable_weights)
    return plan, problems


def _find(selector, layers):
    """Returns the indexes of the layers that a selector means, and a problem or None."""
    paths = [path for path, _ in layers]
    if isinstance(selector, str):
        try:
            found = [index for index, (path, layer) in enumerate(layers)
                     if matches(selector, path) or matches(selector, layer.name)]
        except re.error as error:
            return [], "%r is not a regular expression: %s" % (selector, error)
        return found, None if found else unmatched(selector, paths, "layer")
    if not hasattr(selector, "weights"):
        return [], "%r is not a layer, a name or a regular expression" % (selector,)
    within = ([layer for _, layer in _layers_of(selector)[0]] if hasattr(selector, "layers")
              else [selector])
    found = [index for index, (_, layer) in enumerate(layers)
             if any(layer is each for each in within)]
    if found:
        return found, None
    nearest = closest_names(selector.name, paths) or paths[:3]
    return [], "layer %r is not in the model; the closest are %s" % (
        selector.name, ", ".join(map(repr, nearest)))


def count_problems(settings: Any, count: int) -> List[str]:
    """Returns what is wrong with the number of learning rates for so many stages."""
    rates = settings["lr"]
    if not hasattr(rates, "__len__") or isinstance(rates, str) or len(rates) == count:
        return []
    return ["there are %d learning rates for %d stages" % (len(rates), count)]


def setting_problems(settings: Any) -> List[str]:
    """Returns what is wrong with the numbers that an optimizer of stages is given."""
    clipping = {"clipnorm", "clipvalue"}
    known = {"lr", "beta_1", "beta_2", "epsilon", "decay"} | clipping
    problems = ["there is no setting %r; the closest %s" % (name, _nearest(name, known))
                for name in settings if name not in known]
    rates = settings["lr"]
    if not hasattr(rates, "__len__") or isinstance(rates, str):
        problems.append("lr is %r: it must be a list of learning rates, one for each stage" % (
            rates,))
        rates = []
    numbers: List[Any] = [("lr[%d]" % index, rate, 0.0, None) for index, rate in enumerate(rates)]
    numbers += [(name, settings[name], 0.0, 1.0 if name.startswith("beta") else None)
                for name in ("beta_1", "beta_2", "epsilon", "decay")]
    numbers += [(name, settings[name], 0.0, None) for name in sorted(clipping & set(settings))]
    for name, number, least, below in numbers:
        problem = problem_with(number)
        if problem is None and hasattr(number, "op"):
            problem = "is a tensor: it must be a number"
        above = name == "epsilon" or name in clipping
        if problem is None and (number < least or (above and number == 0)
                                or (below is not None and number >= below)):
            problem = "is %s: it must be %s" % (
                number, ">= 0 and < 1" if below else "> 0" if above else ">= 0")
        if problem:
            problems.append("%s %s" % (name, problem))
    return problems


def _nearest(name, known):
    near = closest_names(name, sorted(known)) or sorted(known)
    return "is %r" % near[0] if len(near) == 1 else "are %s" % ", ".join(map(repr, near))


def _list(selectors):
    return list(selectors) if isinstance(selectors, (list, tuple)) else [selectors]


def _title(selector):
    return repr(selector if isinstance(selector, str) else selector.name)


def _own_name(name):
    return re.sub(r"_\d+$", "", name.rpartition("/")[2])
