"""Python 2 source, compiled for Python 3 with Python 2's meaning, line by line.

fissix, the kept fork of lib2to3, translates the syntax; what differs at run time (integer division,
the removed builtins) is found by `python2_meaning` and given by `python2_builtins`. No line is
added or lost, so that tracebacks show the script's own lines.
"""
import ast
import functools
import io
import re
import tokenize
import warnings

from tf1_recipes.legacy.python2 import python2_meaning
from tf1_recipes.requirements import naming_the_extra

# Those that keep every statement on its line. `import` (relative imports) is done by the importer.
_FIXERS = [
    "apply", "basestring", "dict", "except", "exec", "exitfunc", "funcattrs", "getcwdu", "has_key",
    "imports", "input", "intern", "isinstance", "itertools", "long", "map", "filter", "metaclass",
    "methodattrs", "ne", "next", "nonzero", "numliterals", "operator", "paren", "print", "raise",
    "raw_input", "reduce", "renames", "repr", "standarderror", "sys_exc", "throw", "tuple_params",
    "unicode", "urllib", "xrange", "zip"]

# What only Python 2 had: builtins, modules and methods of dicts.
_BUILTINS = {"xrange", "raw_input", "unicode", "basestring", "long", "unichr", "execfile", "cmp",
             "reduce", "reload"}
_MODULES = {"cPickle", "cStringIO", "StringIO", "ConfigParser", "Queue", "urllib2", "urlparse",
            "HTMLParser", "Tkinter", "commands", "httplib", "itertools.izip", "__builtin__",
            "sets", "anydbm", "SocketServer"}
_METHODS = {"iteritems", "iterkeys", "itervalues", "has_key", "viewitems"}


def compile_source(data, filename, python2=False):
    """Compiles a script of Python 2 or 3.

    Args:
        data: bytes, the source.
        filename: str, what tracebacks call it.
        python2: bool, take it for Python 2 whatever it looks like.

    Returns:
        (code, tree, reason): the code object; the ast.Module that it was made of; why it was taken
        for Python 2, or "" for Python 3.

    Raises:
        SyntaxError: Python 3's, where neither Python accepts the source; its attribute
            ``line_that_is_no_python_2`` is the line at which Python 2 stops, if that is known.
    """
    reason = "asked for" if python2 else ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # "\d", and `is` with a literal
            tree = ast.parse(data, filename)
        reason = reason or evidence_of_python2(tree)
        if not reason:
            return compile(tree, filename, "exec", dont_inherit=True), tree, ""
    except SyntaxError as error:
        failure = error
        reason = reason or "line %d is not Python 3" % (error.lineno or 1)
    else:
        failure = None
    text = _text(data)
    try:
        tree = ast.parse(_translated(text, filename), filename)
    except SyntaxError as error:
        failure = failure or SyntaxError("%s is not Python 2" % filename)
        failure.line_that_is_no_python_2 = error.lineno
        raise failure from None
    division = re.search(r"^from\s+__future__\s+import.*\bdivision\b", text, re.MULTILINE)
    tree = python2_meaning.with_meaning(tree, bool(division))
    return compile(tree, filename, "exec", dont_inherit=True), tree, reason


def evidence_of_python2(tree):
    """Returns what only Python 2 has in a script that Python 3 parses, such as "line 3: xrange"."""
    bound = {node.id for node in ast.walk(tree)
             if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    bound |= {node.name for node in ast.walk(tree)
              if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {alias.asname or alias.name for node in ast.walk(tree)
              if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names}
    if any(alias.name == "*" for node in ast.walk(tree)
           if isinstance(node, ast.ImportFrom) for alias in node.names):
        bound |= _BUILTINS
    guarded = {id(inner) for node in ast.walk(tree) if isinstance(node, (ast.Try, ast.If))
               for inner in ast.walk(node)}
    for node in ast.walk(tree):
        name = None
        if isinstance(node, ast.Name) and node.id in _BUILTINS - bound and id(node) not in guarded:
            name = node.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Name) \
                and node.value.id == "print":
            name = "print"
        elif isinstance(node, ast.Import) and id(node) not in guarded:
            name = next((alias.name for alias in node.names if alias.name in _MODULES), None)
        elif isinstance(node, ast.ImportFrom) and node.module in _MODULES \
                and id(node) not in guarded:
            name = node.module
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) \
                and node.func.attr in _METHODS and not (
                    node.func.attr == "iteritems" and _is_of_pandas_and_python3(tree)):
            name = "." + node.func.attr
        if name:
            return "line %d: %s" % (node.lineno, name)
    return ""


def _is_of_pandas_and_python3(tree):
    """Whether tables may be meant, which had ``iteritems`` until pandas 2, and not dicts."""
    imported = {(alias.name, getattr(node, "module", "")) for node in ast.walk(tree)
                if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names}
    if not any(name == "pandas" or home == "pandas" for name, home in imported) \
            or ("print_function", "__future__") in imported:
        return False
    return any(isinstance(node, ast.JoinedStr) or isinstance(node, ast.Call)
               and getattr(node.func, "id", "") == "print" and (
                   node.keywords or len(node.args) > 1) for node in ast.walk(tree))


def _text(data):
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError):  # Python 2 took any byte in a comment or a string
        text = data.decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Python 2 took a tab to reach to the next multiple of eight, beside spaces.
    lines = text.split("\n")
    for index, line in enumerate(lines):
        indent = line[:len(line) - len(line.lstrip(" \t"))]
        if "\t" in indent:
            lines[index] = indent.expandtabs(8) + line[len(indent):]
    return "\n".join(lines) + "\n"


def _translated(text, filename):
    features = re.search(r"^from\s+__future__\s+import.*\bprint_function\b", text, re.MULTILINE)
    tool = _tool(bool(features))
    tree = tool.refactor_string(text, filename)
    if tree is None:
        _, (line, _) = getattr(tool.error, "context", (None, (None, None)))
        raise SyntaxError("neither Python 2 nor 3", (filename, line, None, None))
    return str(tree)


@functools.lru_cache(None)
def _tool(print_function):
    with naming_the_extra():
        from fissix.refactor import RefactoringTool

    class Quiet(RefactoringTool):
        error = None

        def log_message(self, *arguments):
            pass
        log_debug = log_message

        def log_error(self, message, *arguments, **options):
            self.error = arguments[-1] if arguments else None

    fixers = [name for name in _FIXERS if not (print_function and name == "print")]
    return Quiet(["fissix.fixes.fix_" + name for name in fixers],
                 {"print_function": print_function})
