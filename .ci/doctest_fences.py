"""Shows the examples in docstrings as code; Markdown takes ``>>>`` for a quotation."""
import re

import griffe

_EXAMPLE = re.compile(r"^( *)>>> .*(?:\n\1\S.*|\n\1 +\S.*)*", re.M)


def fenced(docstring):
    """Returns a docstring with a fence around each run of lines that begins with ``>>>``."""
    return _EXAMPLE.sub(
        lambda found: "{0}```pycon\n{1}\n{0}```".format(found.group(1), found.group()), docstring)


class DoctestFences(griffe.Extension):

    def on_instance(self, *, obj, **kwargs):
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)
