"""What ``tf1-recipes cluster`` was asked for: checked as a whole, then turned into commands."""
from __future__ import annotations

import dataclasses
import os
import sys
from typing import List, Optional

from tf1_recipes.cluster.addresses import problems_of_base
from tf1_recipes.cluster.members import Member
from tf1_recipes.cluster.script_flags import FLAGS, flags_of
from tf1_recipes.errors import Error
from tf1_recipes.recording import session_tap
from tf1_recipes.recording.command import check_request


@dataclasses.dataclass
class Request:
    """The options and arguments of the command.

    Attributes:
        script: str; arguments: list of str, the script's own.
        servers, workers: int, how many members of each kind.
        chief: bool, whether the first worker is the job "chief", as estimators want it.
        flags: bool, whether the script takes the four flags; None to see from its source.
        python: str, another interpreter, or None.
        port_base: int, or None for any free ports.
        logs, record: str, folders to make for logs and traces, or None.
        record_workers: list of int, the workers whose training is recorded.
        start_timeout, timeout: float, seconds; restarts: int. See `Supervisor`.
    """

    script: str
    arguments: List[str]
    servers: int = 1
    workers: int = 1
    chief: bool = False
    flags: Optional[bool] = None
    python: Optional[str] = None
    port_base: Optional[int] = None
    logs: Optional[str] = None
    record: Optional[str] = None
    record_workers: List[int] = dataclasses.field(default_factory=list)
    start_timeout: float = 120.0
    timeout: Optional[float] = None
    restarts: int = 0

    def checked_flags(self) -> List[str]:
        """Checks everything; returns the flags that the script takes, as it spells them.

        Raises:
            Error: it names all that is wrong.
        """
        problems = list(self._problems())
        try:
            self._program = check_request(self.script, self.python)
        except Error as error:
            problems.append(str(error))
        if problems:
            raise Error("; ".join(problems))
        names = [] if self.flags is False else self._defined() or self.flags and list(FLAGS) or []
        if names and self.chief:
            raise Error("--chief: the script takes flags, which have no chief: leave it out, or "
                        "give --tf-config if the script reads TF_CONFIG")
        return names

    def _problems(self):
        for option, value, least in (("--ps", self.servers, 0), ("--workers", self.workers, 1),
                                     ("--restarts", self.restarts, 0)):
            if value < least:
                yield "%s %d: it must be >= %d" % (option, value, least)
        if self.servers >= 0 and self.workers >= 1:  # how many there are is known
            yield from problems_of_base(self.port_base, self.servers + self.workers)
        for option, seconds in (("--start-timeout", self.start_timeout),
                                ("--timeout", self.timeout)):
            if seconds is not None and not 0 < seconds < float("inf"):
                yield "%s %g: it must be a finite number of seconds > 0" % (option, seconds)
        for number in self.record_workers:
            if not 0 <= number < max(self.workers, 1):
                yield "--record-worker %d: there are workers 0 to %d" % (number, self.workers - 1)
        if self.record_workers and self.record is None:
            yield "--record-worker: it needs --record FOLDER"
        for option, folder in (("--logs", self.logs), ("--record", self.record)):
            if folder is not None:
                yield from _problems_of_folder(option, folder)
        given = [each for each in self.arguments for flag in FLAGS
                 if each.partition("=")[0].lstrip("-").replace("-", "_") == flag
                 and each.startswith("-")]
        if given and self.flags is not False:
            yield "%s: the script gets it from this command, another value in each member" % (
                ", ".join(given))

    def _defined(self):
        with open(self.script, encoding="utf-8", errors="replace") as source:
            return flags_of(source.read())

    def new_folders(self) -> List[str]:
        """Returns the folders to make."""
        return sorted({folder for folder in (self.logs, self.record) if folder is not None})

    def command_of(self, member: Member, flags: List[str], again: int) -> List[str]:
        """Returns the command of a member.

        Args:
            flags: list of str, its place in the cluster as arguments.
            again: int, how often it was started before.
        """
        arguments = self.arguments + flags
        ours = [sys.executable, "-m", "tf1_recipes"]
        recorded = self.record_workers or [0]
        if self.record is not None and member.number in recorded:
            name = member.file_name + (".restart-%d" % again if again else "") + ".npz"
            python = [] if self.python is None else ["--python", self.python]
            return [*ours, "record", self.script, "-o", os.path.join(self.record, name), *python,
                    "--", *arguments]
        if self._program == session_tap.__file__:  # an interpreter of the time
            return [self.python or sys.executable, self.script, *arguments]
        ours[0] = self.python or sys.executable
        return [*ours, "run", self.script, *arguments]


def _problems_of_folder(option, folder):
    parent = os.path.dirname(os.path.abspath(folder))
    if os.path.lexists(folder):
        yield "%s %s: it exists already: name a new folder" % (option, folder)
    elif not os.path.isdir(parent):
        yield "%s %s: there is no folder %s" % (option, folder, parent)
