"""How far apart two right float32 results may be: the bounds that the tests hold them to.

Trainings are compared to the bit in two cases only. Either every sum in them is exact in any order:
of whole numbers, or of few binary places. Or both go through the same kernels: the same ops on the
same shapes, in one process, with as many threads. In which order a kernel on a CPU adds, and if it
fuses a product into the sum, follows from these and the processor; no run of it depends on another,
or on how long a thread takes.

N. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., sections 2.2 and 3.1.
"""
import numpy as np

# A float32 operation gives what is right within this share of it.
U = 2.0 ** -24

# A float32 root, or its reciprocal, of kernels that begin with the processor's estimate, rsqrtps
# (Eigen's, as TensorFlow up to 1.15 has it for AVX). The estimate is off by a share e of at
# most 1.5 * 2^-12, as Intel and AMD promise, otherwise on each. One step of Newton's method,
# y (1.5 - x/2 y y), leaves 1.5 e^2 + |e|^3 / 2 of it, 3.38 U, and rounds: y y and its product with
# x/2, together half of the difference, by U, the difference and the product by U each, and where it
# is the root, the product with x by U. Together 7.38 U.
ESTIMATED_ROOT = 7.5 * U


def gamma(count):
    """Returns the share of the sum of sizes that `count` roundings in a row may be off by.

    A sum of n products, in any order, with or without fused multiply-add, is off by at most
    ``gamma(n)`` times the sum of the products' sizes.

    Args:
        count: int, how many roundings.

    Returns:
        float: n U / (1 - n U).

    Example:
        >>> gamma(3) == 3 * 2.0 ** -24 / (1 - 3 * 2.0 ** -24)
        True
    """
    return count * U / (1 - count * U)


def product_bound(a, b):
    """Returns how far any float32 evaluation of the matrix product ``a @ b`` may be off.

    Args:
        a, b: arrays of two dimensions.

    Returns:
        float64 array of the shape of the product: for each element, `gamma` of how many products
        it adds, times the sum of their sizes.

    Example:
        >>> (product_bound([[1, -1]], [[3], [3]]) == 6 * gamma(2)).all()
        True
    """
    a, b = (np.abs(np.asarray(each, np.float64)) for each in (a, b))
    return gamma(a.shape[1]) * (a[:, :, None] * b[None]).sum(axis=1)
