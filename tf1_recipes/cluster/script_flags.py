"""Whether a script takes its place in the cluster from flags, and how it spells them."""
from __future__ import annotations

import re
from typing import List

FLAGS = ("job_name", "task_index", "ps_hosts", "worker_hosts")
# DEFINE_string("job_name", ...), add_argument("--job-name", ...); and those of click and others.
_DEFINITION = re.compile(
    r"""(?:\bDEFINE_\w+\s*\(\s*(?:(?:flag_)?name\s*=\s*)?["']|["']--?)(\w[\w-]*)["'=]""")


def flags_of(source: str) -> List[str]:
    """Returns the four flags as a script spells them; none if it defines none of them.

    A script that defines one is given all: it may define the others in a way that is not seen.

    Args:
        source: str, the text of a Python file of either language.

    >>> flags_of('tf.app.flags.DEFINE_string("job_name", "", "")')
    ['job_name', 'task_index', 'ps_hosts', 'worker_hosts']
    >>> flags_of('parser.add_argument("--task-index", type=int)')
    ['job-name', 'task-index', 'ps-hosts', 'worker-hosts']
    >>> flags_of("config = json.loads(os.environ['TF_CONFIG'])")
    []
    """
    defined = set(_DEFINITION.findall(source))
    dashed = [flag.replace("_", "-") for flag in FLAGS]
    return next((list(names) for names in (FLAGS, dashed) if defined.intersection(names)), [])
