"""The random numbers of a tree: Philox, drawn one by one below a limit.

Random numbers by a counter of 128 bits: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
easy as 1, 2, 3", 2011.
"""
import numpy as np

_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_KEY_STEPS = 0x9E3779B9, 0xBB67AE85
_LOW = np.uint64(0xFFFFFFFF)
_ROUNDS = 10
_AT_ONCE = 256


def blocks(seed, first, count):
    """Returns the numbers of some counters, uint32 [count, 4].

    Args:
        seed: int, of 64 bits.
        first: int, the first counter.
        count: int.
    """
    x0, x1, x2, x3 = np.arange(first, first + count, dtype=np.uint64), *np.zeros(
        [3, count], np.uint64)
    key0, key1 = seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF
    for _ in range(_ROUNDS):
        product0, product1 = _MULTIPLIERS[0] * x0, _MULTIPLIERS[1] * x2
        x0, x1, x2, x3 = (
            (product1 >> np.uint64(32)) ^ x1 ^ np.uint64(key0), product1 & _LOW,
            (product0 >> np.uint64(32)) ^ x3 ^ np.uint64(key1), product0 & _LOW)
        key0, key1 = (key0 + _KEY_STEPS[0]) & 0xFFFFFFFF, (key1 + _KEY_STEPS[1]) & 0xFFFFFFFF
    return np.stack([x0, x1, x2, x3], axis=1).astype(np.uint32)


class Philox:
    """Draws whole numbers.

    Args:
        seed: int, of 64 bits.
    """

    def __init__(self, seed):
        self._seed, self._next, self._numbers = seed, 0, iter(())

    def below(self, limit):
        """Returns a number from 0 to ``limit - 1``, each as likely as the others."""
        if limit & (limit - 1) == 0:
            return self._draw() & (limit - 1)
        refused = 2 ** 32 % limit  # else the small ones would be likelier
        while True:
            number = self._draw()
            if number >= refused:
                return number % limit

    def _draw(self):
        for number in self._numbers:
            return number
        self._numbers = iter(blocks(self._seed, self._next, _AT_ONCE).ravel().tolist())
        self._next += _AT_ONCE
        return next(self._numbers)
