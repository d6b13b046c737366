"""Ends whatever a cluster's processes left running, even after a SIGKILL of their launcher.

A program of its own: ``python -I -S guard.py MARK``. It waits until its input ends, which it does
with the launcher, however that ends. Then it kills every process whose environment has the mark,
and the process groups that such processes lead.
"""
import os
import signal
import sys
import time
from typing import List

MARK = "TF1_RECIPES_CLUSTER"  # the variable


def marked(mark: str) -> List[int]:
    """Returns the numbers of the processes whose environment holds ``TF1_RECIPES_CLUSTER=mark``."""
    entry, found = ("%s=%s" % (MARK, mark)).encode(), []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit() and int(name) != os.getpid():
            try:
                with open("/proc/%s/environ" % name, "rb") as environment:
                    if entry in environment.read().split(b"\0"):
                        found.append(int(name))
            except OSError:  # another user's, or gone
                continue
    return found


def end_marked(mark: str) -> None:
    """Kills them, and those that they start meanwhile."""
    left = marked(mark)
    while left:
        for number in left:
            for kill in (os.killpg, os.kill):  # a group has the number of its leader
                try:
                    kill(number, signal.SIGKILL)
                except OSError:
                    continue
        time.sleep(0.01)  # second, until the system has ended them
        left = marked(mark)


if __name__ == "__main__":
    sys.stdin.read()
    end_marked(sys.argv[1])
