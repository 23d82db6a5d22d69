"""Which language the command line speaks, and that `--lang` may stand anywhere."""

import ast
import errno
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import telling
from gateway.words import speaking
from network.cli import app

ROOT = Path(__file__).parents[3]
TELLS = r"^typer\.echo$|Error$|progress$|^Passing$"

WAYS = (
    ["--lang", "ja", "keys", "show", "nobody"],
    ["keys", "--lang", "ja", "show", "nobody"],
    ["keys", "show", "--lang", "ja", "nobody"],
    ["keys", "show", "nobody", "--lang=ja"],
    ["keys", "show", "nobody", "--lang", "JP"],
    ["keys", "show", "nobody", "--lang", "ja_JP.UTF-8"],
)


@pytest.fixture(autouse=True)
def _no_locale(monkeypatch, tmp_path):
    for name in (speaking.VARIABLE, *speaking.LOCALE_VARIABLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MINORI_HOME", str(tmp_path))
    yield
    speaking.choose(None)


@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_lang_is_heard_wherever_it_stands(words):
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert result.stderr.startswith("minori：")


def test_the_next_command_line_begins_with_its_own_language():
    CliRunner().invoke(app, WAYS[0])
    assert CliRunner().invoke(app, ["keys", "show", "nobody"]).stderr.startswith("minori: ")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja"}, "ja"),
        ({"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LC_MESSAGES": "ja_JP", "LANG": "C"}, "ja"),
        ({"MINORI_LANG": "ja", "LANG": "en_US.UTF-8"}, "ja"),
        ({"MINORI_LANG": "en", "LC_ALL": "ja_JP.UTF-8"}, "en"),
        ({"MINORI_LANG": "日本語"}, "ja"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "jam_JM"}, "en"),
    ],
)
def test_the_language_is_the_environments_without_lang(environment, language):
    assert speaking.of_environment(environment) == language


def test_an_unknown_language_is_refused_with_those_there_are():
    result = CliRunner().invoke(app, ["keys", "list", "--lang", "fr"])
    assert result.exit_code == 2
    assert "ja (Japanese)" in result.stderr


def test_words_behind_a_double_dash_are_no_language():
    assert speaking.asked_for(["a", "--", "--lang", "ja"]) is None


@pytest.mark.parametrize("number", [*errno.errorcode])
def test_a_file_that_cannot_be_used_is_told_in_japanese(number):
    error = OSError(number, "No such thing", "/a/file")
    assert "/a/file" in telling.in_words(error, "ja")
    assert telling.in_words(error, "ja") != telling.in_words(error, "en")


# Folders whose errors and progress reach a terminal, and what there is for programmers alone.
SPEAKING = {
    "gateway/cli": (),
    "gateway/demo": ("ValueError",),
    "gateway/setup": ("LedgerRefusedError", "LedgerUnavailableError", "ValueError"),
    "network": ("TypeError", "ValueError"),
}


def _said_plainly(path, for_programmers):
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called in for_programmers or not re.search(TELLS, called):
            continue
        for said in (*node.args[:1], *(one.value for one in node.keywords if one.arg == "hint")):
            if not isinstance(said, ast.Constant | ast.JoinedStr):
                continue
            parts = said.values if isinstance(said, ast.JoinedStr) else [said]
            text = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
            if re.search(r"[a-z]{3,} [a-z]{2,}", text):
                yield f"{path.name}:{node.lineno} {text}"


@pytest.mark.parametrize("folder", SPEAKING)
def test_no_sentence_of_the_command_line_stands_in_its_code(folder):
    """What is told or raised has its words in words.toml: a plain string has one language."""
    files = sorted((ROOT / folder).glob("*.py"))
    assert [one for path in files for one in _said_plainly(path, SPEAKING[folder])] == []


@pytest.mark.parametrize(
    "code",
    [
        'raise NetworkError("there is nothing")',
        'raise NetworkError(WORDS["a"], hint=f"run it before {one}")',
        'typer.echo(f"{count} stopped: start them")',
        'self._progress(f"joining the channel {name}")',
        'progress(Passing("compiled some of it"))',
    ],
)
def test_a_sentence_in_code_is_found(tmp_path, code):
    path = tmp_path / "code.py"
    path.write_text(code)
    assert len([*_said_plainly(path, ())]) >= 1
