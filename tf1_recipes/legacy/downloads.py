"""What scripts download: found in the folder of ``--data-dir``, or reported as missing.

Keras' `get_file`, and with it ``tf.keras.datasets`` and the weights of ``tf.keras.applications``,
downloads only with ``--download``. A script's own ``urlretrieve`` downloads
as ever, except for files that ``--data-dir`` or ``--stand-in-data`` has.
"""
import os
import shutil
import tarfile

from tf1_recipes.legacy import data_files, settings
from tf1_recipes.legacy.patch import patch
from tf1_recipes.untrusted.visible import say


@patch("Keras downloads only on request, and finds what --data-dir has",
       after="tf_keras.src.utils.data_utils")
def keras_downloads(changes, module):
    @changes.wrap(module, "get_file")
    def get_file(today, fname=None, origin=None, untar=False, md5_hash=None, file_hash=None,
                 cache_subdir="datasets", hash_algorithm="auto", extract=False,
                 archive_format="auto", cache_dir=None):
        name = os.path.basename(fname or data_files.name_in(origin or ""))
        folder = os.path.join(os.path.expanduser(
            cache_dir or os.environ.get("KERAS_HOME") or os.path.join("~", ".keras")), cache_subdir)
        found = _in_data_dir(name, cache_subdir, untar or extract)
        if found:
            return found
        wanted = [name, name + ".tar.gz"] if untar else [name]
        if not settings.download() and not any(
                os.path.exists(os.path.join(folder, each)) for each in wanted):
            return _stand_in(name) or _missing(name, wanted[-1], folder, origin)
        return today(fname, origin, untar, md5_hash, file_hash, cache_subdir, hash_algorithm,
                     extract, archive_format, cache_dir)


def _in_data_dir(name, subfolder, unpack):
    if not settings.data_dir():
        return None
    for folder in (os.path.join(settings.data_dir(), os.path.basename(subfolder)),
                   settings.data_dir()):
        path = os.path.join(folder, name)
        archive = path if tarfile_at(path) else path + ".tar.gz"
        if unpack and not os.path.isdir(path) and tarfile_at(archive):
            with tarfile.open(archive) as members:
                members.extractall(folder, filter="data")
        if os.path.exists(path):
            return path
    return None


def tarfile_at(path):
    """Whether there is a tar archive."""
    return os.path.isfile(path) and tarfile.is_tarfile(path)


def _stand_in(name):
    if not settings.stand_in_data():
        return None
    from tf1_recipes.legacy.datasets import stand_in
    return stand_in.mnist_file(name)


def _missing(name, wanted, folder, origin):
    url = origin[:-len(wanted)] if origin and origin.endswith(wanted) else None
    data_files.find(name, [wanted], folder, url, stand_in=name == "mnist.npz")


@patch("urlretrieve finds what --data-dir or --stand-in-data has", after="urllib.request")
def script_downloads(changes, module):
    @changes.wrap(module, "urlretrieve")
    def urlretrieve(today, url, filename=None, reporthook=None, data=None):
        name = data_files.name_in(url)
        found = data_files.in_data_dir(name) or _stand_in(name)
        if not found:
            try:
                return today(url, filename, reporthook, data)
            except OSError as error:
                say("the script could not fetch %s: put %s where it looks for it, or name a folder "
                    "that has it: --data-dir FOLDER" % (url, name))
                raise error
        if filename:
            shutil.copyfile(found, filename)
        say("%s is taken from %s" % (url, found))
        return filename or found, {}
