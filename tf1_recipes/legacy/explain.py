"""``tf1-recipes run --explain SCRIPT``: what a script would find, without running it."""
import textwrap

from tf1_recipes.errors import Error
from tf1_recipes.legacy import other_releases, patches, quiet, script, settings
from tf1_recipes.recording import session_tap


def explain(path):
    """Prints the release that a script is run as of, why, the patches in their order, and the rest.

    Args:
        path: str.

    Returns:
        int, 0.

    Raises:
        Error: it is not a script, or of no release from 0.12 to 1.15.
    """
    other_releases.check_file(path)
    try:
        found = script.read(path, session_tap.filename_of(path), settings.as_of())
    except SyntaxError as error:
        raise Error("%s, line %s: %s" % (path, error.lineno, error.msg)) from None
    if not settings.as_of():
        other_releases.check_release(path, found.uses)
    applied = [each for each in patches.ALL if each.applies(found.target())]
    found.why = found.why or "nothing in it tells the release"
    print(found.announcement())
    print("%d of %d patches, in the order in which they are applied:" % (
        len(applied), len(patches.ALL)))
    for number, each in enumerate(applied, 1):
        print(textwrap.fill("%3d  %s%s" % (number, each.purpose, _when(each)), 80,
                            subsequent_indent="     ", break_long_words=False))
    left_out = ["%s (%s)" % (each.purpose, _why_not(each, found.target()))
                for each in patches.ALL if each not in applied]
    print(textwrap.fill("Not applied: %s." % ("; ".join(left_out) or "none"), 80,
                        break_long_words=False))
    return 0


def _when(patch):
    """Returns the releases and modules that a patch is for, in brackets."""
    facts = [_releases(patch)] if _releases(patch) else []
    if patch.after:
        facts.append("after the import of %s" % (
            patch.after[0] if len(patch.after) == 1 else "%s and %d more" % (
                patch.after[0], len(patch.after) - 1)))
    return " (%s)" % ", ".join(facts) if facts else ""


def _releases(patch):
    if patch.since and patch.until:
        return "%s to %s" % (patch.since, patch.until)
    if patch.since:
        return "since %s" % patch.since
    return "up to %s" % patch.until if patch.until else ""


def _why_not(patch, target):
    """Returns the releases that a patch is for, or else what keeps it from being applied."""
    if _releases(patch):
        return _releases(patch)
    if patch.applies(target._replace(python2=True)):
        return "for Python 2"
    if patch in (quiet.quiet_import, quiet.without_deprecations):
        return "-v leaves it out"
    return "not needed as of this release"
