"""``tf1-recipes cluster``: runs a distributed script's parameter servers and workers here."""
from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
from typing import Any, Dict, Iterator

from tf1_recipes.cluster import guard
from tf1_recipes.cluster.addresses import held_addresses
from tf1_recipes.cluster.member_process import MemberProcess
from tf1_recipes.cluster.members import (
    Member,
    config_of,
    flags_for,
    members_of,
    with_addresses,
)
from tf1_recipes.cluster.output import Output
from tf1_recipes.cluster.request import Request
from tf1_recipes.cluster.supervision import Supervisor
from tf1_recipes.recording.script_process import environment
from tf1_recipes.untrusted.visible import say


def run_cluster(request: Request) -> int:
    """Starts the members, shows what they print, and returns when none is left.

    Args:
        request: `Request`.

    Returns:
        int, 0 if all workers ended well; the exit status of the first member that failed; 2 if one
        never listened on its port, 1 if the time is over, 128 + a signal's number.

    Raises:
        Error: the request is wrong, or a port is busy. Nothing was started then.
    """
    names = request.checked_flags()
    members = members_of(request.servers, request.workers, request.chief)
    with contextlib.ExitStack() as stack:
        members = with_addresses(members, stack.enter_context(held_addresses(
            [member.title for member in members], request.port_base)))
        for folder in request.new_folders():
            os.makedirs(folder)
        mark = stack.enter_context(_guard())
        output = stack.enter_context(contextlib.closing(Output(
            max(len(member.title) for member in members), request.logs)))

        def start(member: Member, again: int) -> MemberProcess:
            flags = flags_for(member, members, names)
            return MemberProcess(request.command_of(member, flags, again), dict(
                environment(), **_environment(member, members, mark)))
        supervisor = Supervisor(members, start, output, request.start_timeout, request.timeout,
                                request.restarts)
        with _signals_to(supervisor):
            supervisor.run()
    if supervisor.problem is not None:
        say(supervisor.problem)
    _print_table(members, supervisor.states)
    return supervisor.status


def _environment(member, members, mark):
    # Of two processes beside each other; a proxy is not to be asked for the way to them.
    return {"TF_CONFIG": config_of(member, members), guard.MARK: mark,
            "no_grpc_proxy": "127.0.0.1", "PYTHONUNBUFFERED": "1"}


def _print_table(members, states):
    width = max(len(member.title) for member in members)
    for member in members:
        say("%-*s  %s  %s" % (width, member.title, member.address, states[member]))


@contextlib.contextmanager
def _guard() -> Iterator[str]:
    """Starts the guard of the processes with a mark; it ends what is left of them after the block,
    or after us."""
    mark = secrets.token_hex(8)
    process = subprocess.Popen([sys.executable, "-I", "-S", guard.__file__, mark],
                               stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield mark
    finally:
        process.communicate()


@contextlib.contextmanager
def _signals_to(supervisor: Supervisor) -> Iterator[None]:
    """Hands the supervisor what would end us; a signal that is ignored stays so."""
    previous: Dict[int, Any] = {}
    try:
        if threading.current_thread() is threading.main_thread():  # only it may set handlers
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                if signal.getsignal(number) != signal.SIG_IGN:
                    previous[number] = signal.signal(
                        number, lambda number, _: supervisor.hear(number))
        yield
    finally:
        for handled, before in previous.items():
            signal.signal(handled, before or signal.SIG_DFL)  # None is one of C's
