"""``cluster``: a script for several machines, run as several processes of this one."""
from __future__ import annotations

import argparse

from tf1_recipes.commands.scripts import add_settings, put_settings
from tf1_recipes.errors import Error


def add(commands: argparse._SubParsersAction, program: argparse.ArgumentParser) -> None:
    """Adds it to the commands of the program."""
    command = commands.add_parser(
        "cluster", help="run a distributed script's servers and workers on this machine",
        usage="tf1-recipes cluster [--ps N] [--workers M] [--chief]\n"
              "           [--flags | --tf-config] [--python PYTHON]\n"
              "           [--port-base PORT] [--logs FOLDER]\n"
              "           [--record FOLDER [--record-worker K ...]] [--start-timeout S]\n"
              "           [--timeout S] [--restarts R] [--as-of RELEASE]\n"
              "           [--data-dir FOLDER] [--download] [--stand-in-data] [-v]\n"
              "           SCRIPT [ARGS ...]",
        epilog="Arguments after SCRIPT are passed to the script. Each member is told its place by "
               "TF_CONFIG and, if the script defines them, by the flags --job_name, --task_index, "
               "--ps_hosts and --worker_hosts. A member that fails ends the others; a member that "
               "is asked to end has 10 s for it.")
    command.add_argument("script", metavar="SCRIPT")
    command.add_argument("--ps", type=int, default=1, metavar="N",
                         help="how many parameter servers (1)")
    command.add_argument("--workers", type=int, default=1, metavar="M", help="how many workers (1)")
    command.add_argument("--chief", action="store_true",
                         help="make the first worker the job chief in TF_CONFIG, for estimators")
    command.add_argument("--flags", action="store_true",
                         help="give the four flags, even if the script's source defines none")
    command.add_argument("--tf-config", action="store_true",
                         help="give TF_CONFIG only, whatever the script defines")
    command.add_argument("--python", metavar="PYTHON",
                         help="the interpreter that runs the script (this one)")
    command.add_argument("--port-base", type=int, metavar="PORT",
                         help="the port of the first member, which the others follow (free ones)")
    command.add_argument("--logs", metavar="FOLDER",
                         help="a new folder for what each member prints")
    command.add_argument("--record", metavar="FOLDER",
                         help="a new folder for the trace of what a worker trains")
    command.add_argument("--record-worker", type=int, action="append", default=[], metavar="K",
                         help="which worker is recorded (0); may be given several times")
    command.add_argument("--start-timeout", type=float, default=120.0, metavar="S",
                         help="seconds until each member must listen on its port (120)")
    command.add_argument("--timeout", type=float, metavar="S",
                         help="seconds until all workers must have ended (no limit)")
    command.add_argument("--restarts", type=int, default=0, metavar="R",
                         help="how often a worker that fails is started anew (0)")
    add_settings(command)
    command.set_defaults(command=_cluster)


def _cluster(options: argparse.Namespace) -> int:
    from tf1_recipes.cluster.command import run_cluster
    from tf1_recipes.cluster.request import Request
    if options.flags and options.tf_config:
        raise Error("--flags and --tf-config exclude each other")
    put_settings(options)
    return run_cluster(Request(
        options.script, options.behind, options.ps, options.workers, options.chief,
        True if options.flags else False if options.tf_config else None, options.python,
        options.port_base, options.logs, options.record, options.record_worker,
        options.start_timeout, options.timeout, options.restarts))
