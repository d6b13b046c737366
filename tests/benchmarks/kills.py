"""Kills what writes 200 times and more at random moments, and counts what was lost.

    python -m tests.benchmarks.kills [--times 20] [--seed N] [--case NAME]

See ``tests/kills.py``, which the quick form in ``tests/test_kills.py`` shares. The file names of
what a fault leaves are printed with it; the exit status is 1 if there is one.
"""
import argparse
import sys

from tests import kills


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=20, help="of each of the ten cases")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--case", choices=list(kills.CASES), action="append")
    options = parser.parse_args()
    rng, counts, faults = kills.seeded(options.seed), kills.Counts(), 0
    for name in options.case or kills.CASES:
        left = options.times
        while left:
            before = sum(counts.get(name, {}).values())
            try:
                kills.kill_case(name, left, rng, counts)
            except AssertionError as fault:
                faults += 1
                print("FAULT: %s" % fault)
            left -= sum(counts[name].values()) - before
        print(kills.Counts({name: counts[name]}).text(), flush=True)
    print("%d kills, of which %d lost a completed step or left a damaged file" % (
        sum(sum(by.values()) for by in counts.values()), faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
