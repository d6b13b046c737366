"""The members of a cluster: what each is called, where it listens, what it is told of its place."""
from __future__ import annotations

import dataclasses
import json
from typing import Dict, List, Sequence

PS, WORKER, CHIEF = "ps", "worker", "chief"


@dataclasses.dataclass(frozen=True)
class Member:
    """A parameter server or a worker.

    Attributes:
        job: str, "ps", "worker" or "chief", as TensorFlow calls it.
        task: int, its number among those of its job.
        number: int, of a worker: its number among all of them, a chief included.
        address: str, such as "127.0.0.1:40001".
    """

    job: str
    task: int
    number: int
    address: str = ""

    @property
    def title(self) -> str:
        """What it is called in what a person reads, such as "worker 0"."""
        return self.job if self.job == CHIEF else "%s %d" % (self.job, self.task)

    @property
    def file_name(self) -> str:
        """What its files are called, such as "worker-0"."""
        return self.title.replace(" ", "-")

    @property
    def works(self) -> bool:
        """Whether it trains, and the cluster ends when it and the other workers have ended."""
        return self.job != PS


def members_of(servers: int, workers: int, chief: bool = False) -> List[Member]:
    """Returns the members, parameter servers first, still without addresses.

    Args:
        servers: int, how many parameter servers.
        workers: int, how many workers.
        chief: bool, whether the first worker is a job of its own, as estimators want it.

    >>> [member.title for member in members_of(1, 2)]
    ['ps 0', 'worker 0', 'worker 1']
    >>> [member.title for member in members_of(1, 2, chief=True)]
    ['ps 0', 'chief', 'worker 0']
    """
    found = [Member(PS, task, -1) for task in range(servers)]
    for number in range(workers):
        first = chief and number == 0
        found.append(Member(CHIEF if first else WORKER, 0 if first else number - chief, number))
    return found


def with_addresses(members: Sequence[Member], addresses: Sequence[str]) -> List[Member]:
    """Returns the members, each at its address."""
    return [dataclasses.replace(member, address=address)
            for member, address in zip(members, addresses)]


def addresses_by_job(members: Sequence[Member]) -> Dict[str, List[str]]:
    """Returns the cluster as ``tf.train.ClusterSpec`` takes it."""
    cluster: Dict[str, List[str]] = {}
    for member in members:
        cluster.setdefault(member.job, []).append(member.address)
    return cluster


def config_of(member: Member, members: Sequence[Member]) -> str:
    """Returns the text of a member's TF_CONFIG.

    >>> print(config_of(Member("worker", 0, 0, "127.0.0.1:9"),
    ...                 [Member("worker", 0, 0, "127.0.0.1:9")]))
    {"cluster": {"worker": ["127.0.0.1:9"]}, "task": {"type": "worker", "index": 0}}
    """
    return json.dumps({"cluster": addresses_by_job(members),
                       "task": {"type": member.job, "index": member.task}})


def flags_for(member: Member, members: Sequence[Member], names: Sequence[str]) -> List[str]:
    """Returns the four flags of a member as arguments.

    Args:
        names: list of str, how the script spells them, in the order of `script_flags.FLAGS`; none
            where it takes no flags.

    >>> flags_for(Member("ps", 0, -1, "a:1"), [Member("ps", 0, -1, "a:1")],
    ...           ["job_name", "task_index", "ps_hosts", "worker_hosts"])
    ['--job_name=ps', '--task_index=0', '--ps_hosts=a:1', '--worker_hosts=']
    """
    cluster = addresses_by_job(members)
    values = [member.job, str(member.task), ",".join(cluster.get(PS, [])),
              ",".join(cluster.get(WORKER, []))]
    return ["--%s=%s" % pair for pair in zip(names, values)]
