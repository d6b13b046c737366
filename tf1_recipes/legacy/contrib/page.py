"""Writes what of ``tf.contrib`` is served and what is not, as a page in Markdown.

    python -m tf1_recipes.legacy.contrib.page > tf1_recipes/legacy/contrib/NAMES.md
"""
from tf1_recipes.legacy.contrib import SUBMODULES, known_names
from tf1_recipes.legacy.contrib.left_out import REASONS, reason_for
from tf1_recipes.legacy.contrib.modules import SERVED

_START = """\
# tf.contrib

What a script finds under `tensorflow.contrib`: layers, losses, metrics and training by tf_slim, the
rest by small modules of this folder and by what TensorFlow still has. Written by
`python -m tf1_recipes.legacy.contrib.page`; the tables are in `__init__.py`, `moved_names.py` and
`left_out.py`. Names are those of TensorFlow 1.15.5, or of the release given beside them.
"""


def is_served(name):
    """Whether a name below tf.contrib is there."""
    value = SERVED
    try:
        for part in name.split("."):
            value = getattr(value, part)
    except (AttributeError, ModuleNotFoundError):
        return False
    return True


def page():
    """Returns the page."""
    lines = [_START, "## Served, with what is left out of it", "",
             "| module | names served | left out |", "|---|---|---|"]
    names = known_names.public()
    for module in sorted(name for name in SUBMODULES if "." not in name):
        own = [name for name in names if name.startswith(module + ".")]
        missing = [name for name in own if not is_served(name)]
        # What is left out with all its contents is listed once.
        shown = [name for name in missing if name.rpartition(".")[0] not in missing]
        lines.append("| `%s` | %d of %d | %s |" % (
            module, len(own) - len(missing), len(own), ", ".join(
                "`%s`%s" % (name[len(module) + 1:], "" if names[name].release == "1.15.5"
                            else " (%s)" % names[name].release) for name in shown) or "nothing"))
    lines += ["", "A name above that is not served says what it was, and:", ""]
    lines += ["- `%s`: %s" % (name, REASONS[name]) for name in sorted(REASONS)
              if name.partition(".")[0] in SUBMODULES]
    lines += ["- all others: nothing of today has it: write it out, or run the script on "
              "TensorFlow 1.15", "", "## Left out", "", "| module | why, and what to do |",
              "|---|---|"]
    modules = {name.partition(".")[0] for name in names} - set(SUBMODULES)
    modules |= {name for name in REASONS if "." not in name}
    lines += ["| `%s` | %s |" % (
        module, reason_for(module) or "seldom used: write it out, or run the script on "
        "TensorFlow 1.15") for module in sorted(modules)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
