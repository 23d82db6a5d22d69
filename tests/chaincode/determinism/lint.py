"""What the contract's source must not contain, because endorsers could then differ.

    findings(source)    each as "line: what"

Allowed imports are listed, everything else is refused. Sets are followed through names and
annotations within a function, which is enough to see one iterated; `sorted` is how it is done.
"""

import ast
from collections.abc import Iterator

IMPORTS = {
    "base64",
    "collections.abc",
    "cryptography",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "hashlib",
    "json",
    "re",
    "rfc8785",
    "types",
    "typing",
    "unicodedata",
    "chaincode",
}
CALLS = {
    *("hash", "id", "open", "input", "print", "eval", "exec", "compile", "__import__"),
    *("float", "complex", "round", "vars", "dir", "globals", "locals", "object", "repr"),
}
METHODS = {
    *("now", "utcnow", "today", "astimezone", "strftime", "ctime", "utcfromtimestamp"),
    *("getenv", "urandom", "total_seconds", "popitem"),
}
# What consumes its argument in order; sorted, len, set and membership do not care.
IN_ORDER = {
    *("list", "tuple", "iter", "next", "enumerate", "zip", "map", "filter", "reversed", "sum"),
    *("dict", "max", "min", "any", "all", "fromkeys", "join", "extend"),
}
SET_OPERATORS = (ast.Sub, ast.BitAnd, ast.BitOr, ast.BitXor)
IN_ASSERTIONS = {"isinstance", "len"}


def findings(source: str) -> list[str]:
    """Return what is wrong with a module."""
    tree = ast.parse(source)
    found = [*_imports(tree), *_values(tree), *_assertions(tree)]
    for scope in ast.walk(tree):
        if isinstance(scope, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
            found += _iterated_sets(scope)
    return [f"{line}: {what}" for line, what in sorted(set(found))]


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "."]
        else:
            continue
        for name in names:
            if name not in IMPORTS and name.partition(".")[0] not in IMPORTS:
                yield node.lineno, f"imports {name}"


def _values(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        what = _hazard_of_a_call(node) if isinstance(node, ast.Call) else _hazard_of_a_value(node)
        if what:
            yield node.lineno, what


def _hazard_of_a_call(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) if name in CALLS:
            return f"calls {name}"
        case ast.Attribute(attr=name) if name in METHODS:
            return f"uses {name}"
        case ast.Attribute(attr="fromtimestamp") if len(node.args) + len(node.keywords) < 2:
            return "reads a time in the host's zone"
    return ""


def _hazard_of_a_value(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=float() | complex()):
            return "has a number that is no integer"
        case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
            return "divides into fractions"
        case ast.Global() | ast.Nonlocal():
            return "keeps something between transactions"
        case ast.FormattedValue(conversion=conversion) if conversion == ord("r"):
            return "calls repr"
    return ""


def _assertions(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield assertions that do something: -O would leave it out."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assert):
            continue
        for part in ast.walk(node.test):
            is_plain = isinstance(part, ast.Call) and (
                isinstance(part.func, ast.Name) and part.func.id in IN_ASSERTIONS
            )
            if isinstance(part, ast.NamedExpr | ast.Await) or (
                isinstance(part, ast.Call) and not is_plain
            ):
                yield node.lineno, "acts in an assertion"


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without those of functions within it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _own_nodes(child)


def _iterated_sets(scope: ast.AST) -> Iterator[tuple[int, str]]:
    names = _set_names(scope)
    for node in _own_nodes(scope):
        for target in _iterated(node):
            if _is_set(target, names):
                yield target.lineno, "iterates a set"


def _is_set(node: ast.AST, names: set[str]) -> bool:
    """Whether an expression is a set, as far as its spelling and these names tell."""
    match node:
        case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in names
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, SET_OPERATORS):
            return _is_set(left, names) or _is_set(right, names)
        case ast.IfExp(body=body, orelse=other):
            return _is_set(body, names) or _is_set(other, names)
    return False


def _iterated(node: ast.AST) -> list[ast.AST]:
    """Return what a node goes through in order."""
    match node:
        case ast.For(iter=target) | ast.AsyncFor(iter=target) | ast.comprehension(iter=target):
            return [target]
        case ast.Starred(value=target) | ast.YieldFrom(value=target):
            return [target]
        case ast.Assign(targets=[ast.Tuple() | ast.List()], value=target):
            return [target]
        case ast.Call(func=ast.Attribute(attr="pop", value=target), args=[]):
            return [target]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in IN_ORDER:
            return list(node.args)
    return []


def _set_names(scope: ast.AST) -> set[str]:
    """Return the names, and attributes, that hold sets in this function."""
    names = set()
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = scope.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.annotation and _is_set_type(argument.annotation):
                names.add(argument.arg)
    for node in _own_nodes(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_set(value, names):
                names.add(name)
            case ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name)) if _is_set_type(
                node.annotation
            ):
                names.add(name)
    return names


def _is_set_type(annotation: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id in {"set", "frozenset"}
        for node in ast.walk(annotation)
    )
