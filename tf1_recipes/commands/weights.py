"""``convert``: weights of other formats as an ``.npz`` file."""
from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction, program: argparse.ArgumentParser) -> None:
    """Adds it to the commands of the program."""
    command = commands.add_parser(
        "convert", help="write weights of another format as .npz; pickled ones, too",
        epilog="SOURCE is a checkpoint, a SavedModel's folder, an .npz, HDF5, .keras or "
               "safetensors file, a pickle of arrays, dicts and lists (.npy, .pkl), or a pickle in "
               "gzip. Nothing that a pickle asks for is run.")
    command.add_argument("source", metavar="SOURCE")
    command.add_argument("target", metavar="TARGET.npz", nargs="?",
                         help="the new file, which must not exist")
    command.add_argument("--list", action="store_true", dest="listed",
                         help="print names, shapes and types")
    command.set_defaults(command=_convert)


def _convert(options: argparse.Namespace) -> int:
    from tf1_recipes.transfer.restore.convert_command import convert
    return convert(options.source, options.target, options.listed)
