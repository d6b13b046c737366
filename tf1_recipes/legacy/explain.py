"""``tf1-recipes run --explain SCRIPT``: what a script would find, without running it."""
from tf1_recipes.errors import Error
from tf1_recipes.legacy import other_releases, patches, script, settings
from tf1_recipes.recording import session_tap


def explain(path):
    """Prints the release that a script is run as of, why, and the patches in their order.

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
        print("%3d  %s%s" % (number, each.purpose, _when(each)))
    return 0


def _when(patch):
    """Returns the releases and modules that a patch is for, in brackets."""
    facts = []
    if patch.since and patch.until:
        facts.append("%s to %s" % (patch.since, patch.until))
    elif patch.since or patch.until:
        facts.append("since %s" % patch.since if patch.since else "up to %s" % patch.until)
    if patch.after:
        facts.append("after the import of %s" % (
            patch.after[0] if len(patch.after) == 1 else "%s and %d more" % (
                patch.after[0], len(patch.after) - 1)))
    return " (%s)" % ", ".join(facts) if facts else ""
