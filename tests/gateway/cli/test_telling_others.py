"""What the ledger, the projection and the intake fail with is told in Japanese at the terminal."""

import ast
import os
import re
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chaincode.base.errors import Code
from gateway.cli import telling
from gateway.intake.errors import CommandRefusedError
from gateway.ledgers.embedded.errors import ChainBrokenError, LedgerInUseError
from gateway.ledgers.embedded.files import lock
from gateway.ledgers.port import LedgerError
from gateway.projection.errors import BlockGapError, ChainMismatchError
from gateway.words import speaking
from network.cli import app
from tests.gateway.cli.english import sentences

ROOT = Path(__file__).parents[3]
WITHOUT_WORDS = (
    *sorted((ROOT / "gateway/embedded").glob("*.py")),
    *sorted((ROOT / "gateway/projection").glob("*.py")),
    *sorted((ROOT / "gateway/intake").glob("*.py")),
    ROOT / "gateway/ledgers/admin_socket.py",
    ROOT / "gateway/fabric/identity.py",
    ROOT / "gateway/fabric/profile.py",
    ROOT / "gateway/running/serving.py",
    ROOT / "gateway/setup/through_gateway.py",
)
# For programmers, or caught before it reaches a person; codes have words of their own.
OTHERS = {"ValueError", "TypeError", "ConnectionError", "SaidError", "CommandRefusedError"}


def raised():
    """Yield each message of an error in those rooms, with X where a fact stands."""
    for path in WITHOUT_WORDS:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            kind, first = ast.unparse(node.func), node.args[0]
            if not kind.endswith("Error") or kind in OTHERS:
                continue
            parts = first.values if isinstance(first, ast.JoinedStr) else [first]
            if isinstance(first, ast.Constant | ast.JoinedStr) and any(
                isinstance(one, ast.Constant) and re.search("[a-z]{3,}", str(one.value))
                for one in parts
            ):
                texts = [one.value if isinstance(one, ast.Constant) else "X" for one in parts]
                yield f"{path.name}:{node.lineno}", "".join(map(str, texts))


MESSAGES = dict(raised())


@pytest.mark.parametrize("place", MESSAGES)
def test_each_sentence_of_those_rooms_has_a_japanese_one(place):
    said = telling.in_words(Exception(MESSAGES[place]), "ja")
    assert "エラーが起きました（詳細" not in said
    assert sentences(said) == []
    assert said.count("X") == MESSAGES[place].count("X")
    assert telling.in_words(Exception(MESSAGES[place]), "en") == MESSAGES[place]


def test_each_japanese_sentence_is_one_of_those_rooms():
    own = [
        str(one)
        for one in (
            ChainBrokenError(7, "x"),
            BlockGapError(number=7, height=3),
            ChainMismatchError(7),
            CommandRefusedError(0, Code.BAD_SIGNATURE),
        )
    ]
    said = [telling.in_words(Exception(one), "ja") for one in (*MESSAGES.values(), *own)]
    unsaid = []
    for name, text in speaking.WORDS.items():
        is_form = name.startswith("others.") and not name.endswith("Error")
        if is_form and name != "others.unknown":
            form = re.escape(re.sub(r"\{[^}]*\}", "\0", text.ja)).replace("\0", ".*")
            if not any(re.fullmatch(form, one) for one in said):
                unsaid.append(name)
    assert unsaid == []


@pytest.mark.parametrize(
    "error",
    [
        ChainBrokenError(7, "x"),
        BlockGapError(number=7, height=3),
        ChainMismatchError(7),
    ],
    ids=repr,
)
def test_an_error_that_makes_its_own_sentence_is_told_in_japanese(error):
    said = telling.in_words(error, "ja")
    assert "ブロック7" in said
    assert "詳細：block" not in said


def test_what_nobody_foresaw_is_told_whole():
    said = telling.in_words(LedgerError("the moon fell down"), "ja")
    assert said.endswith("確かめてください（詳細：the moon fell down）")
    assert telling.in_words(Exception("the moon"), "ja") == "エラーが起きました（詳細：the moon）"


@pytest.fixture
def minori(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MINORI_LISTEN__PORT", "0")
    yield lambda *words: CliRunner().invoke(app, ["--lang", "ja", *words])
    speaking.choose(None)


def test_a_rebuild_without_a_ledger_is_told_in_japanese(minori):
    result = minori("rebuild")
    assert result.exit_code == 1
    assert "台帳がありません" in result.output
    assert sentences(result.output) == []


@pytest.mark.parametrize("command", ["serve", "rebuild"])
def test_a_file_that_is_no_ledger_is_told_in_japanese(minori, tmp_path, command):
    (tmp_path / "var").mkdir()
    with sqlite3.connect(tmp_path / "var/ledger.sqlite") as other:
        other.execute("CREATE TABLE letters (text)")
    other.close()
    result = minori(command)
    assert result.exit_code == 1
    assert "minori：" in result.output
    assert sentences(result.output) == []


@pytest.mark.parametrize("profile", ["x", "[]", "{}", '{"v": 1}', '{"v": 1, "msp_id": 3}'])
@pytest.mark.parametrize("command", ["serve", "rebuild"])
def test_a_wrong_connection_profile_is_told_in_japanese(
    minori, tmp_path, monkeypatch, command, profile
):
    (tmp_path / "connection.json").write_text(profile)
    monkeypatch.setenv("MINORI_LEDGER__KIND", "fabric")
    monkeypatch.setenv("MINORI_LEDGER__PROFILE", "connection.json")
    result = minori(command)
    assert isinstance(result.exception, SystemExit)
    assert "エラーが起きました" not in result.output
    assert "minori：" in result.output


def test_a_ledger_in_use_is_told_in_japanese(tmp_path):
    held = lock(tmp_path / "a")
    try:
        with pytest.raises(LedgerInUseError) as caught:
            lock(tmp_path / "a")
    finally:
        os.close(held)
    assert "ほかのプログラムが開いています" in telling.in_words(caught.value, "ja")
