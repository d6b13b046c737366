"""The search over how many layers of a trained net to freeze, tune, drop or replace (B6)."""
from __future__ import annotations

import math
import numbers
import textwrap
from typing import Any, Callable, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.untrusted.closest_names import closest_names

ALL, STEPWISE = "all", "stepwise"
_WHAT = "Cannot choose layers to reuse"


class LayerChoice(NamedTuple):
    """What becomes of each layer of the old net; tuples of names, from the lowest layer up.

    frozen: restored, and never trained.
    tuned: restored, and trained on.
    replaced: new layers of the same name, trained from their initial values.
    dropped: not in the new net.
    """

    frozen: Tuple[str, ...]
    tuned: Tuple[str, ...]
    replaced: Tuple[str, ...]
    dropped: Tuple[str, ...]

    @property
    def restored(self) -> Tuple[str, ...]:
        """The layers to restore: the frozen and the tuned ones."""
        return self.frozen + self.tuned

    @property
    def net(self) -> Tuple[str, ...]:
        """The layers of the new net, below its outputs."""
        return self.restored + self.replaced


class LayerScore(NamedTuple):
    """A row of the score table: a `LayerChoice`, and its scores (tuple of float)."""

    choice: LayerChoice
    scores: Tuple[float, ...]

    @property
    def score(self) -> float:
        """The mean of the scores."""
        return sum(self.scores) / len(self.scores)


class LayerSearch(NamedTuple):
    """What `choose_layers_to_reuse` returns. Printed, it is a table in 80 columns.

    best: the `LayerScore` with the best mean; of equal ones the first, which trains fewer layers.
    rows: list of `LayerScore`, in the order of the search.
    """

    best: LayerScore
    rows: List[LayerScore]

    def __str__(self) -> str:
        return "\n".join(_table(self))


def choose_layers_to_reuse(
        layers: Sequence[str], train_and_score: Callable[[LayerChoice], Any],
        higher_is_better: bool = True, search: str = ALL, max_tuned: Optional[int] = None,
        rows: Optional[List[LayerScore]] = None) -> LayerSearch:
    """Trains a new net for each way to reuse an old net's layers, and returns the score table.

        reuse the lower k of n layers,   k = n, n - 1 ... 0
        tune the upper u of these k,     u = 0, 1 ... min(k, max_tuned);   freeze the k - u below
        drop the upper n - k layers, or replace them by new ones
        best = the first choice of the largest mean score

    These are (n + 1)^2 choices. k = 0 with all layers replaced is the net from scratch, without
    which nobody knows whether reuse helps at all. ``"stepwise"`` is the book's procedure: freeze
    all reused layers, unfreeze the top one, then two, as long as the score gets better; drop, or
    replace, one more layer and begin again, as long as the best score gets better; at the end the
    net from scratch. It trains fewer nets, and can miss a better choice beyond a worse one.

    The best of many noisy scores is better than it deserves. Take the scores on validation data and
    measure the chosen net once more on test data. Return several scores from equal trials (the same
    seeds or folds in the same order for every choice): the table then has the standard error of
    each difference from the best.

    Source: Hands-On Machine Learning (2017), chapter 11, freezing the lower layers, and tweaking,
    dropping or replacing the upper layers.

    Args:
        layers: list of str, the names of the old net's hidden layers, from the lowest up.
        train_and_score: function of a `LayerChoice` that builds and trains the new net and returns
            its score, or a list of scores, one for each trial. A score that is not finite is in
            the table, and never the best. The net has the layers ``choice.net``;
            ``plan_restore(checkpoint, include=list(choice.restored))`` restores the reused ones,
            and ``GroupedOptimizer([(optimizer, list(choice.tuned + choice.replaced) +
            ["outputs"])], rest="frozen")`` trains what is not frozen.
        higher_is_better: bool; False for a loss.
        search: ``"all"`` or ``"stepwise"``.
        max_tuned: int >= 0, how many reused layers to tune at most; by default all.
        rows: list to which every `LayerScore` is appended as soon as it is there. Given the rows of
            a search that was interrupted, these choices are not trained again.

    Returns:
        `LayerSearch`, a namedtuple ``(best, rows)``.

    Raises:
        RecipeError: with all problems in one message: wrong names, arguments or rows; later, a
            score that is no number, another number of trials than before, or no finite score.

    Example:
        >>> def train_and_score(choice):  # a real one trains a net
        ...     return 0.5 + len(choice.restored) / 10 - 0.25 * ("hidden2" in choice.frozen)
        >>> print(choose_layers_to_reuse(["hidden1", "hidden2"], train_and_score, max_tuned=1))
        layers of the old net, from the lowest up: hidden1, hidden2
        <BLANKLINE>
        frozen   tuned  replaced  dropped       score  difference from the best
             2       0         0        0        0.45  -0.25
             1       1         0        0         0.7  best
             1       0         0        1         0.6  -0.1
             0       1         0        1         0.6  -0.1
             1       0         1        0         0.6  -0.1
             0       1         1        0         0.6  -0.1
             0       0         0        2         0.5  -0.2
             0       0         2        0         0.5  -0.2
        <BLANKLINE>
        One score each: small differences may be chance. Return a score for each of
        several trials.
    """
    known = [] if rows is None else rows
    problems = (_layer_problems(layers) + _argument_problems(
        train_and_score, higher_is_better, search, max_tuned))
    if not problems:
        every = list(_choices(layers, max_tuned))
        problems = _row_problems(known, every)
    if problems:
        raise RecipeError(_WHAT, problems)

    tried = {row.choice: row for row in known}

    def score(choice):
        if choice not in tried:
            scores = _scores(train_and_score(choice), choice, list(tried.values()))
            tried[choice] = LayerScore(choice, scores)
            known.append(tried[choice])
        mean = tried[choice].score
        return (mean if higher_is_better else -mean) if math.isfinite(mean) else -math.inf

    if search == ALL:
        wanted = {choice: score(choice) for choice in every}
    else:
        wanted = _stepwise(every, score)
    best = max(wanted, key=lambda choice: wanted[choice])  # of equal ones the first
    if wanted[best] == -math.inf:
        raise RecipeError(_WHAT, ["all %d trainings gave a score that is not finite" % len(wanted)])
    return LayerSearch(tried[best], [tried[choice] for choice in wanted])


def _choices(layers: Sequence[str], max_tuned: Optional[int]) -> Iterator[LayerChoice]:
    """All choices, in the order of the search."""
    for reused in range(len(layers), -1, -1):
        below, above = tuple(layers[:reused]), tuple(layers[reused:])
        for replace in (False, True) if above else (False,):
            for tuned in range(min(reused, reused if max_tuned is None else max_tuned) + 1):
                cut = reused - tuned
                yield LayerChoice(below[:cut], below[cut:], above if replace else (),
                                  () if replace else above)


def _stepwise(every, score):
    """{choice: what it is worth} of the choices that the book's procedure tries, in its order."""
    wanted, best_above = {}, -math.inf
    for reused in range(len(every[0].restored), -1, -1):
        level = [each for each in every if len(each.restored) == reused]
        best = -math.inf
        for upper in dict.fromkeys(each.dropped for each in level):
            last = -math.inf
            for choice in (each for each in level if each.dropped == upper):
                wanted[choice] = score(choice)
                best = max(best, wanted[choice])
                if not wanted[choice] > last:
                    break
                last = wanted[choice]
        if not best > best_above:
            break
        best_above = best
    wanted[every[-1]] = score(every[-1])  # from scratch
    return wanted


def _scores(given, choice, rows):
    several = isinstance(given, (list, tuple)) or np.ndim(given) == 1
    scores = [each.item() if hasattr(each, "item") and np.ndim(each) == 0 else each
              for each in (given if several else [given])]
    title = "the score of %s is" % _title(choice)
    if not scores or not all(isinstance(each, numbers.Real) and not isinstance(each, bool)
                             for each in scores):
        raise RecipeError(_WHAT, ["%s %r: it must be a number, or a list of numbers, one for each "
                                  "trial" % (title, given)])
    if rows and len(rows[0].scores) != len(scores):
        raise RecipeError(_WHAT, ["%s of %d trials, and that before of %d: every choice must have "
                                  "the same trials" % (title, len(scores), len(rows[0].scores))])
    return tuple(map(float, scores))


def _title(choice):
    return ", ".join("%d %s" % (len(names), field)
                     for field, names in zip(choice._fields, choice) if names)


def _table(found):
    trials = len(found.best.scores)
    lines = textwrap.wrap("layers of the old net, from the lowest up: " + ", ".join(
        found.best.choice.net + found.best.choice.dropped), 80, subsequent_indent="    ")
    lines += ["", "frozen   tuned  replaced  dropped       score  difference from the best"]
    near = 0
    for row in found.rows:
        differences = [own - best for own, best in zip(row.scores, found.best.scores)]
        if row is found.best:
            text = "best"
        else:
            mean, error = sum(differences) / trials, _standard_error(differences)
            text = "%.3g" % mean + (" +- %.2g" % error if trials > 1 else "")
            near += abs(mean) <= 2 * error
        lines.append("%6d  %6d  %8d  %7d  %10.4g  %s" % (
            *map(len, row.choice), row.score, text))
    if trials == 1:
        last = ("One score each: small differences may be chance. Return a score for each of "
                "several trials.")
    else:
        last = ("Means of %d trials, +- the standard error of the difference. Within 2 standard "
                "errors of the best: %d of %d others." % (trials, near, len(found.rows) - 1))
    return lines + [""] + textwrap.wrap(last, 80)


def _standard_error(differences):
    count = len(differences)
    if count == 1 or not all(map(math.isfinite, differences)):
        return math.nan
    mean = sum(differences) / count
    return math.sqrt(sum((each - mean) ** 2 for each in differences) / (count - 1) / count)


def _layer_problems(layers):
    if not isinstance(layers, (list, tuple)) or not layers:
        return ["the layers are %r: they must be a list of names" % (layers,)]
    problems = ["the layer %r is not a name" % (each,)
                for each in layers if not isinstance(each, str) or not each]
    if not problems:
        problems = ["the layer %r is in the list %d times" % (each, layers.count(each))
                    for each in dict.fromkeys(layers) if layers.count(each) > 1]
    return problems


def _argument_problems(train_and_score, higher_is_better, search, max_tuned):
    problems = []
    if not callable(train_and_score):
        problems.append("train_and_score is %r: it must be a function of a LayerChoice"
                        % (train_and_score,))
    if not isinstance(higher_is_better, (bool, np.bool_)):
        problems.append("higher_is_better is %r: it must be True or False" % (higher_is_better,))
    if search not in (ALL, STEPWISE):
        near = closest_names(str(search), [ALL, STEPWISE])[:1]
        problems.append('the search is %r: it must be "all" or "stepwise"%s' % (
            search, "; the closest is %r" % near[0] if near else ""))
    whole = isinstance(max_tuned, numbers.Integral) and not isinstance(max_tuned, bool)
    if max_tuned is not None and not (whole and max_tuned >= 0):
        problems.append("max_tuned is %r: it must be a whole number >= 0" % (max_tuned,))
    return problems


def _row_problems(rows: Iterable[Any], every: List[LayerChoice]) -> List[str]:
    if not isinstance(rows, list):
        return ["the rows are %r: they must be a list" % (rows,)]
    problems = ["the row %r is not a LayerScore" % (row,)
                for row in rows if not isinstance(row, LayerScore)]
    if not problems:
        problems = ["the row of %s is of no choice in this search: it has %s" % (
            _title(row.choice), ", ".join(row.choice.net + row.choice.dropped))
            for row in rows if row.choice not in every]
        problems += ["the row of %s has %d trials, the first one %d" % (
            _title(row.choice), len(row.scores), len(rows[0].scores))
            for row in rows if len(row.scores) != len(rows[0].scores)]
    return problems
