"""Rules of the house that no linter knows: sizes, names, and that the project stands alone."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
BANNED_NAMES = {"utils.py", "helpers.py", "common.py", "manager.py", "misc.py"}
# Hosts of package registries, and anything that only makes sense on one machine.
NOT_ALONE = re.compile(
    r"\.\./shared|/work/|files\.pythonhosted|registry\.npmjs|proxy\.golang|pypi\.org|deb\.debian"
)


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file()]


@pytest.mark.parametrize("path", tracked("*.py", "*.js", "*.css", "*.html"), ids=str)
def test_a_file_is_one_idea(path):
    assert path.name not in BANNED_NAMES
    assert len(path.read_text().splitlines()) <= FILE_LINES_MAX


@pytest.mark.parametrize("path", tracked("chaincode/*.py", "gateway/*.py", "network/*.py"), ids=str)
def test_functions_fit_a_screen(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < FUNCTION_LINES_MAX, node.name


def test_the_project_stands_alone():
    own = Path(__file__)
    for path in tracked():
        if path == own:
            continue
        found = NOT_ALONE.search(path.read_bytes().decode("utf-8", "replace"))
        assert found is None, f"{path}: {found}"


def test_top_level_is_what_the_readme_maps():
    allowed = {
        "chaincode", "gateway", "network", "tests", "pyproject.toml", "README.md",
        "docker-compose.yml", "LICENSE", "Makefile", ".gitignore", ".ci", ".dockerignore",
        "requirements.txt", "requirements-dev.txt", "requirements-install.txt",
        "requirements-go.txt", "requirements-node.txt", "requirements-contract.txt",
    }  # fmt: skip
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= allowed


def test_decisions_have_a_number_each():
    text = (ROOT / "gateway" / "docs" / "decisions.md").read_text()
    numbers = re.findall(r"^\*\*([0-9]+)\. ", text, re.MULTILINE)
    assert len(numbers) == len(set(numbers))
