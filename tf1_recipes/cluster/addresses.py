"""Ports for the members of a cluster, kept from other programs from before the start to the end.

A socket is bound to each port and never listens. Nobody is given that port by chance then, and a
server that sets SO_REUSEADDR, as TensorFlow's does, can still listen on it, also when a member is
started anew.
"""
from __future__ import annotations

import contextlib
import errno
import socket
from typing import Iterator, List, Optional, Sequence

from tf1_recipes.errors import Error

LOOPBACK = "127.0.0.1"
_LARGEST = 65535


@contextlib.contextmanager
def held_addresses(titles: Sequence[str], base: Optional[int] = None) -> Iterator[List[str]]:
    """Keeps a port for each member while the block runs.

    Args:
        titles: list of str, what the members are called in errors.
        base: int, the port of the first one, which the others follow; by default any free ones.

    Yields:
        list of str, such as "127.0.0.1:40001".

    Raises:
        Error: a port is busy, or there is none of that number; it names the members.

    >>> with held_addresses(["ps 0", "worker 0"]) as (first, second):
    ...     first.startswith("127.0.0.1:"), first != second
    (True, True)
    """
    for problem in problems_of_base(base, len(titles)):
        raise Error(problem)
    ports = [0] * len(titles) if base is None else [base + i for i in range(len(titles))]
    with contextlib.ExitStack() as stack:
        addresses, problems = [], []
        for title, port in zip(titles, ports):
            held = stack.enter_context(socket.socket())
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                held.bind(("", port))  # every interface, as TensorFlow's servers do
            except OSError as error:
                problems.append("port %d of %s %s" % (port, title, _why(error)))
            else:
                addresses.append("%s:%d" % (LOOPBACK, held.getsockname()[1]))
        if problems:
            raise Error("--port-base %s: %s; name another base, or leave it out to get free ports"
                        % (base, ", ".join(problems)))
        yield addresses


def problems_of_base(base: Optional[int], members: int) -> Iterator[str]:
    """Yields a line if there are not so many ports from that number on.

    >>> list(problems_of_base(65535, 2))
    ['--port-base 65535: 2 members need ports from 1 to 65535']
    """
    if base is not None and not 1 <= base <= _LARGEST + 1 - members:
        yield "--port-base %d: %d members need ports from 1 to %d" % (base, members, _LARGEST)


def _why(error):
    return "is busy" if error.errno == errno.EADDRINUSE else "cannot be had: " + error.strerror


def listens(address: str) -> bool:
    """Whether a server listens at an address such as "127.0.0.1:40001"."""
    host, port = address.split(":")
    with socket.socket() as caller:
        caller.settimeout(1)  # second; on loopback the answer comes at once
        return caller.connect_ex((host, int(port))) == 0
