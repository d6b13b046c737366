"""Watches over the members of a cluster until all of them have ended.

Parameter servers, whose ``server.join()`` never returns, are ended when all workers have ended. A
member that fails ends the others: without it, they would wait forever.
"""
from __future__ import annotations

import signal
import time
from typing import Callable, Dict, List, Optional

from tf1_recipes.cluster.addresses import listens
from tf1_recipes.cluster.member_process import MemberProcess
from tf1_recipes.cluster.members import Member
from tf1_recipes.cluster.output import Output
from tf1_recipes.untrusted.visible import say

GRACE = 10  # seconds from asking a member to end to killing it
_PAUSE = 0.1  # seconds between two looks at the processes and their ports


class Supervisor:
    """Runs the members.

    Args:
        members: list of `Member`.
        start: function of a member and of how often it was started anew; returns its process.
        output: `Output`.
        start_timeout: float, seconds within which a member has to listen on its port.
        timeout: float, seconds within which all workers have to end, or None.
        restarts: int, how often a worker that failed is started anew.

    Attributes:
        states: dict {member: what became of it, in words}.
        problem: str, why the cluster did not train, or None.
        status: int, 0, or the exit status of the first member that failed.
    """

    def __init__(self, members: List[Member], start: Callable[[Member, int], MemberProcess],
                 output: Output, start_timeout: float, timeout: Optional[float] = None,
                 restarts: int = 0) -> None:
        self._members = members
        self._start_process = start
        self._output = output
        self._start_timeout, self._timeout, self._restarts = start_timeout, timeout, restarts
        self._processes: Dict[Member, MemberProcess] = {}
        self._started: Dict[Member, float] = {}
        self._up: Dict[Member, bool] = {}
        self._starts: Dict[Member, int] = dict.fromkeys(members, 0)
        self._signals: List[int] = []
        self.states: Dict[Member, str] = {}
        self.problem: Optional[str] = None
        self.status = 0

    def hear(self, number: int) -> None:
        """Takes a signal that is meant for the cluster; the second one kills it."""
        self._signals.append(number)

    def run(self) -> None:
        """Returns when no member is left, whatever happens."""
        try:
            begin = time.monotonic()
            for member in self._members:
                self._start(member)
            while self.problem is None and not self._signals and self._training():
                self._look()
                if self._timeout is not None and time.monotonic() - begin > self._timeout:
                    self._see_timeout()
            number = self._signals[0] if self._signals else signal.SIGTERM
            if self._signals:
                self.status = 128 + number
            self._end(self._running(True), number)
            self._end(self._running(False), signal.SIGTERM)
        finally:
            for member, process in self._processes.items():
                process.kill()
                self._output.drain(process.outputs)
                process.close()
                # Of one that ended while the others were asked to.
                self.states.setdefault(
                    member, _failure(process.status) if process.status else "ended well")

    def _training(self):
        """The workers that are not known to have ended."""
        return [member for member in self._members if member.works and member not in self.states]

    def _running(self, works):
        return [member for member, process in self._processes.items()
                if member.works == works and not process.ended()]

    def _start(self, member):
        process = self._start_process(member, self._starts[member])
        self._processes[member] = process
        self._started[member] = time.monotonic()
        self._up[member] = False
        self._output.add(member.title, member.file_name, process.outputs)

    def _look(self):
        """Waits a moment for output, then looks at every member."""
        self._output.read(_PAUSE)
        for member in self._members:
            process = self._processes[member]
            up = self._up[member] = self._up[member] or listens(member.address)
            if member in self.states:
                continue
            if process.ended():
                self._output.drain(process.outputs)
                self._see_end(member, process.status)
            elif not up and time.monotonic() - self._started[member] > self._start_timeout:
                self._see_late()
            if self.problem is not None:
                return

    def _see_end(self, member, status):
        if not status and not self._up[member]:
            self.states[member] = "ended, and was never seen to listen"
            self._fail(2, "%s ended with status 0, and was never seen to listen on %s: %s" % (
                member.title, member.address, _ADVICE))
        elif not status:
            self.states[member] = "ended well"
        elif member.works and self._starts[member] < self._restarts:
            self._starts[member] += 1
            say("%s %s; it is started anew (%d of %d)" % (
                member.title, _failure(status), self._starts[member], self._restarts))
            self._processes[member].close()
            self._start(member)
        else:
            before = "" if self._up[member] else " before it listened on %s" % member.address
            self.states[member] = _failure(status) + before
            self._fail(status, "%s %s%s" % (member.title, _failure(status), before))

    def _see_late(self):
        late = ["%s (%s)" % (member.title, member.address) for member in self._members
                if not self._up[member] and member not in self.states]
        self._fail(2, "running, but not listening after %g s (--start-timeout): %s; %s" % (
            self._start_timeout, ", ".join(late), _ADVICE))

    def _see_timeout(self):
        if self._training():
            self._fail(1, "%s did not end within %g s (--timeout)" % (
                ", ".join(member.title for member in self._training()), self._timeout))

    def _fail(self, status, problem):
        if self.problem is None:
            self.status, self.problem = status, problem

    def _end(self, members, number):
        """Asks members to end, and waits for that; then kills them, or at a second signal."""
        heard = len(self._signals)
        for member in members:
            process = self._processes[member]
            process.interrupt() if number == signal.SIGINT else process.send_signal(number)
        deadline = time.monotonic() + GRACE
        while members and time.monotonic() < deadline and len(self._signals) == heard:
            self._output.read(_PAUSE)
            for member in [each for each in members if self._processes[each].ended()]:
                members.remove(member)
                status = self._processes[member].status
                self.states[member] = "stopped" if status in (0, 128 + number) else (
                    "stopped, with status %d" % status)
        for member in members:
            self._processes[member].kill()
            self.states[member] = "killed: " + (
                "it did not stop within %d s" % GRACE if len(self._signals) == heard
                else "you interrupted again")


_ADVICE = ("does the script start tf.train.Server for the job that TF_CONFIG, or --job_name and "
           "--task_index, give it?")


def _failure(status):
    if status <= 128:
        return "failed with status %d" % status
    try:
        return "was killed by " + signal.Signals(status - 128).name
    except ValueError:
        return "failed with status %d" % status
