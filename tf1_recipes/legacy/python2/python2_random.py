"""Python 2's `random`: the same generator, and other ways from it to integers and choices."""
import math
import random

from tf1_recipes.legacy.patch import patch

_WIDEST = 1 << 53


class Random(random.Random):
    """`random.Random` of Python 2.7."""

    def seed(self, a=None, version=2):
        """By the absolute value of an integer, or by Python 2's hash of a number or string."""
        super().seed(a if a is None else abs(a) if isinstance(a, int) else _hash(a))

    def randrange(self, start, stop=None, step=1):
        """An integer of ``range(start, stop, step)``."""
        start, stop = (0, start) if stop is None else (start, stop)
        if any(int(each) != each for each in (start, stop, step)):
            raise ValueError("randrange() takes integers")
        start, stop, step = int(start), int(stop), int(step)
        number = len(range(start, stop, step))
        if not number:
            raise ValueError("empty range for randrange(): %d, %d, %d" % (start, stop, step))
        if step == 1 and number >= _WIDEST:
            return start + self._randbelow(number)
        return start + step * int(self.random() * number)

    def randint(self, a, b):
        """An integer from a to b, both possible."""
        return self.randrange(a, b + 1)

    def choice(self, seq):
        """One element of a sequence."""
        return seq[int(self.random() * len(seq))]

    def shuffle(self, x, random=None):
        """Puts a list in another order."""
        draw = random or self.random
        for i in reversed(range(1, len(x))):
            j = int(draw() * (i + 1))
            x[i], x[j] = x[j], x[i]

    def sample(self, population, k):
        """A list of k different elements of anything that has a length."""
        number = len(population)
        if not 0 <= k <= number:
            raise ValueError("sample larger than population")
        k = int(k)
        few = 21 + (4 ** math.ceil(math.log(k * 3, 4)) if k > 5 else 0)
        if number <= few or hasattr(population, "keys"):
            pool, chosen = list(population), []
            for i in range(k):
                j = int(self.random() * (number - i))
                chosen.append(pool[j])
                pool[j] = pool[number - i - 1]
            return chosen
        if isinstance(population, (set, frozenset)):
            population = tuple(population)
        chosen = {}
        while len(chosen) < k:
            chosen.setdefault(int(self.random() * number))
        return [population[j] for j in chosen]


@patch("random draws as in Python 2.7", when=lambda target: target.python2)
def python_2_random(changes):
    state = random.getstate()
    shared = Random()
    shared.setstate(state)
    names = [name for name in random.__all__
             if hasattr(shared, name) and not isinstance(getattr(random, name), type)]
    changes.put(random, "Random", Random)
    changes.put(random, "_inst", shared)
    for name in names:
        changes.put(random, name, getattr(shared, name))


def _hash(value):
    """Returns ``hash(value)`` of Python 2.7 on 64 bits, as an integer without sign."""
    if isinstance(value, float):
        if value == int(value):
            return int(value) % 2 ** 64
        mantissa, exponent = math.frexp(value)
        mantissa *= 2.0 ** 31
        high = int(mantissa)
        return (high + int((mantissa - high) * 2.0 ** 31) + (exponent << 15)) % 2 ** 64
    if not isinstance(value, (str, bytes)):
        return hash(value) % 2 ** 64
    data = value.encode("utf-8") if isinstance(value, str) else value
    if not data:
        return 0
    code = data[0] << 7
    for byte in data:
        code = (1000003 * code) ^ byte
        code %= 2 ** 64
    return code ^ len(data)
