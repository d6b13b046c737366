"""Ops that compute each element from the elements in its place.

An input of fewer dimensions, or of one place along a dimension, is repeated along it. A row stays a
row where nothing of it is put beside another example: all inputs with rows have them on the same
axis, counted from the last one, and those without have one place, or no dimension, there.
"""
from __future__ import annotations

from typing import Iterable, List, Optional

from tf1_recipes.transfer.cache.rows.kinds import SAME, Kind, Rows, Stopped
from tf1_recipes.transfer.cache.rows.table import Call, rule, told

ELEMENTWISE = (
    # one input
    "Abs", "Acos", "Acosh", "Angle", "Asin", "Asinh", "Atan", "Atanh", "BesselI0", "BesselI0e",
    "BesselI1", "BesselI1e", "Bucketize", "Cast", "Ceil", "CheckNumerics", "CheckNumericsV2",
    "ComplexAbs", "Conj", "Cos", "Cosh", "Digamma", "Elu", "Erf", "Erfc", "Erfinv",
    "Exp", "Expm1", "FakeQuantWithMinMaxArgs", "Floor", "Identity", "Imag", "Inv", "Invert",
    "IsFinite", "IsInf", "IsNan", "LeakyRelu", "Lgamma", "Log", "Log1p", "LogicalNot", "Ndtri",
    "Neg", "OnesLike", "PlaceholderWithDefault", "PreventGradient", "Real", "Reciprocal", "Relu",
    "Relu6", "Rint", "Round", "Rsqrt", "Selu", "Sigmoid", "Sign", "Sin", "Sinh", "Snapshot",
    "Softplus", "Softsign", "Sqrt", "Square", "StopGradient", "Tan", "Tanh", "ZerosLike",
    # several
    "Add", "AddN", "AddV2", "ApproximateEqual", "Atan2", "Betainc", "BitwiseAnd", "BitwiseOr",
    "BitwiseXor", "ClipByValue", "Complex", "Div", "DivNoNan", "Equal", "FakeQuantWithMinMaxVars",
    "FloorDiv", "FloorMod", "Greater", "GreaterEqual", "Igamma", "Igammac", "LeftShift", "Less",
    "LessEqual", "LogicalAnd", "LogicalOr", "Maximum", "Minimum", "Mod", "Mul", "MulNoNan",
    "NextAfter", "NotEqual", "Polygamma", "Pow", "RealDiv", "RightShift", "SelectV2",
    "SquaredDifference", "Sub", "TruncateDiv", "TruncateMod", "Xdivy", "Xlog1py", "Xlogy", "Zeta",
    # gradients of activations, of the same shape as theirs
    "EluGrad", "LeakyReluGrad", "Relu6Grad", "ReluGrad", "RsqrtGrad", "SeluGrad", "SigmoidGrad",
    "SoftplusGrad", "SoftsignGrad", "SqrtGrad", "TanhGrad", "ReciprocalGrad", "InvGrad",
)


@rule(*ELEMENTWISE)
def elementwise(call: Call) -> Kind:
    """The rows of the inputs, one beside the other."""
    return broadcast(call, range(len(call.kinds)))


@rule("IdentityN")
def each_by_itself(call: Call) -> List[Kind]:
    """Each output is an input."""
    return [call.kind(number) for number in range(len(call.kinds))]


@rule("Select")
def select(call: Call) -> Kind:
    """Like `elementwise`, but a vector of conditions chooses among rows of the first axis."""
    if call.rank(0) != 1 or call.rank(1) == 1:
        return broadcast(call, range(3))
    condition = call.rows(0)
    if condition != call.kind(1) or condition != call.kind(2):
        raise Stopped("chooses between values that are not all rows of the first axis")
    return condition


@rule("BiasAdd", "BiasAddV1")
def bias_add(call: Call) -> Kind:
    """A bias for each channel, the last axis or the one after the batch."""
    rows, rank = call.rows(), call.rank(0)
    channels = 1 if call.attribute("data_format") == "NCHW" else rank - 1
    call.same(1)
    if rows.axis == channels:
        raise Stopped("adds another bias to each example")
    return rows


def broadcast(call: Call, numbers: Iterable[int]) -> Rows:
    """The rows of the result of inputs that are broadcast against each other."""
    numbers = list(numbers)
    kinds = [call.kind(number) for number in numbers]
    if len(kinds) == 1:
        return call.rows(numbers[0])
    found: Optional[Rows] = None  # its axis is counted from the last one
    ranks = [call.rank(number) for number in numbers]
    for kind, rank in zip(kinds, ranks):
        if isinstance(kind, Rows):
            own = kind._replace(axis=kind.axis - rank)
            if found not in (None, own):
                raise Stopped("puts an example beside other examples")
            found = own
        elif kind is not SAME:
            raise Stopped("combines the examples with %s" % told(kind))
    assert found is not None
    for number, kind, rank in zip(numbers, kinds, ranks):
        if kind is SAME and not call.repeats(number, rank, found.axis):
            raise Stopped("combines each place in the batch with a value of its own")
    return found._replace(axis=found.axis + max(ranks))
