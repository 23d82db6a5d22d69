"""Every page of help and every error of usage, in the language spoken."""

import re
import tomllib
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from gateway.cli import helping
from gateway.words import speaking
from network.cli import app

ROOT = Path(__file__).parents[3]
JAPANESE = re.compile("[ぁ-んァ-ヶ一-鿿]")
# Two words of four letters or more in a row that are no code, path, variable or example.
ENGLISH = re.compile(r"(?<![\w`./=|<-])[A-Za-z][a-z]{2,} (?:[a-z]{2,} ){1,}[a-z]{2,}")
KEPT = re.compile(r"`[^`]*`|minori [a-z -]+|--[a-z-]+|[A-Z_]{3,}")


def walk(command=None, path="minori"):
    command = command or typer.main.get_command(app)
    yield path, command
    for name, sub in getattr(command, "commands", {}).items():
        yield from walk(sub, f"{path} {name}")


COMMANDS = dict(walk())


@pytest.fixture(autouse=True)
def _at_home(monkeypatch, tmp_path):
    monkeypatch.setenv("MINORI_HOME", str(tmp_path))
    yield
    speaking.choose(None)


def run(*words: str):
    return CliRunner(env={"COLUMNS": "80"}).invoke(
        app, [*words, "--lang", "ja"], prog_name="minori"
    )


def english_in(text: str) -> list[str]:
    return ENGLISH.findall(KEPT.sub("", text))


@pytest.mark.parametrize("path", COMMANDS)
def test_a_page_of_help_is_japanese_and_complete(path):
    words = path.split()[1:]
    page = run(*words, "--help").output
    assert english_in(page) == []
    assert "使い方：" in page
    assert not re.search(r"…\s*│", page)  # nothing is cut off
    assert english_in(run(*words, "--no-such-option").output) == []


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_parameter_has_its_japanese(path):
    assert helping.japanese(path, "help"), path
    for parameter in COMMANDS[path].params:
        assert helping.japanese(path, parameter.name), f"{path}: {parameter.name}"


def test_no_japanese_is_left_of_what_is_gone():
    for package in ("gateway/cli", "network"):
        table = tomllib.loads((ROOT / package / "help.toml").read_text())
        shared = table.pop("shared", {})
        names = {one.name for command in COMMANDS.values() for one in command.params}
        assert set(shared) <= names
        for path, texts in table.items():
            has = {one.name for one in COMMANDS[path].params} | {"help"}
            assert set(texts) <= has, path
            assert all(JAPANESE.search(text) for text in texts.values()), path


def test_english_pages_stay_english_after_japanese_ones():
    run("keys", "--help")
    page = CliRunner().invoke(app, ["keys", "--help"]).output
    assert not JAPANESE.search(page)
    assert "Usage: " in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "コマンド"),
        (["kyes"], "もしかして：keys"),
        (["nothing"], "というコマンドはありません"),
        (["keys"], "コマンド"),
        (["keys", "list", "more", "words"], "余分な言葉があります：more words"),
        (["keys", "show"], "name がありません"),
        (["keys", "show", "--nam", "x"], "というオプションはありません"),
        (["keys", "accept", "--lang=ja", "code", "--name"], "--name の後に値を書いてください"),
        (["submit", "--later=yes", "list"], "--later は値をとりません"),
        (["query"], "次のどれかを書いてください：lot"),
        (["query", "nothing"], "kind の値が正しくありません"),
        (["demo", "--port", "70000"], "0 から 65535 まで"),
        (["demo", "--port", "eighty"], "--port の値が正しくありません"),
        (["demo", "--days", "0"], "1 から 700 まで"),
        (["network", "logs", "--lines", "0"], "1 以上"),
        (["keys", "invite", "--lang", "fr"], "日本語"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_an_error_of_usage_is_told_in_japanese(words, told):
    result = (
        run(*words)
        if not any(word.startswith("--lang") for word in words)
        else CliRunner(env={"MINORI_LANG": "ja"}).invoke(app, words, prog_name="minori")
    )
    assert result.exit_code == 2 or words == ["keys"]
    assert told in re.sub(r"[│\s]+", " ", result.output).replace(" ", " ")
    assert english_in(result.output) == []
