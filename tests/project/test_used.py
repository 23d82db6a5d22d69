"""What only tests call is not part of the product."""

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("chaincode", "gateway", "network")
KEPT = {
    "commit_status": "the Fabric client is a library: for whoever has a transaction's id alone",
    "submit_transaction": "the Fabric client is a library, and this is its shortest call",
    "verify_file": "the check of a ledger that is only a file",
    "pids": "what tests of a network look at and kill",
    "_missing_": "called by enum",
    "format_usage": "called by Typer",
    "emit": "called by logging",
    "capture_signals": "called by uvicorn",
}
# Called by name or by whoever is given the decorated function.
REGISTERING = re.compile(r"router|rolls\.|devices\.|api\.|app\.|_validator|\.command")


def used_names():
    """Count every name that code reads, and every word of pages and scripts."""
    found = Counter()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.suffix in {".html", ".js"}:
                found.update(re.findall(r"\w+", path.read_text()))
            elif path.suffix == ".py":
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.Name):
                        found[node.id] += 1
                    elif isinstance(node, ast.Attribute):
                        found[node.attr] += 1
    return found


def test_every_function_and_class_is_used_by_the_product():
    used, unused = used_names(), []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    continue
                is_registered = any(
                    REGISTERING.search(ast.unparse(one)) for one in node.decorator_list
                )
                is_special = node.name.startswith("__") or is_registered
                if not is_special and not used[node.name] and node.name not in KEPT:
                    unused.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert unused == []


def test_what_is_kept_all_the_same_is_still_unused():
    assert [name for name in KEPT if used_names()[name]] == []
