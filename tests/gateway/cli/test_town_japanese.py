"""`minori town` and wrong settings in Japanese: progress and every error, none of it English."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.setup.register import Register
from gateway.words import speaking
from network.cli import app
from tests.gateway.cli.english import sentences
from tests.gateway.setup.workbooks import save, town


@pytest.fixture
def office(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "town.xlsx", town())
    yield tmp_path
    speaking.choose(None)


def minori(*words):
    """Run in Japanese; return the exit code and what was said, in which there is no English."""
    result = CliRunner().invoke(app, ["--lang", "ja", *map(str, words)])
    assert isinstance(result.exception, SystemExit | None), result.exception
    said = result.output
    assert sentences(said.replace(str(Path.cwd()), "")) == [], said
    return result.exit_code, said


def changed(office, **members):
    rows = town()
    rows["town"][0].update(members)
    save(office / "town.xlsx", rows)


@pytest.mark.usefixtures("office")
def test_applying_tells_its_progress_in_japanese():
    code, said = minori("town", "apply", "town.xlsx", "--yes")
    assert code == 0, said
    assert "MSP の最初の登録担当者の鍵を登録します" in said
    assert re.search(r"^事業者：(\d+)件のうち\1件$", said, re.MULTILINE)
    assert re.search(r"^畑：", said, re.MULTILINE)


def lost(office):
    (office / "var/town").rename(office / "var/lost")


def another_ledger(office):
    (office / "var/ledger.sqlite").unlink()
    (office / "var/ledger.sqlite").with_name("ledger.sqlite-wal").unlink(missing_ok=True)


def spoilt(name, content="{"):
    def spoil(office):
        (office / "var/town" / name).write_text(content)
        rows = town()
        rows["parties"][-1]["published_ja"] = "別の名前"
        save(office / "town.xlsx", rows)

    return spoil


FAULTS = {
    "デモです": lambda office: changed(office, kind="demo"),
    "「となり町」のものです": lambda office: changed(office, name="となり町"),
    "ブックの台帳番号が、この台帳とちがいます": lambda office: changed(office, ledger="ab" * 32),
    "この台帳の登録簿がありません": lost,
    "町の登録簿ではないか、壊れています": spoilt("register.sqlite", "no database" * 100),
    "JSONとして読めません": spoilt("catalogue.json"),
    "v：": spoilt("catalogue.json", '{"v": "x", "more": 1}'),
}


@pytest.mark.parametrize("told", FAULTS)
def test_what_is_wrong_with_a_town_is_told_in_japanese(office, told):
    assert minori("town", "apply", "town.xlsx", "--yes")[0] == 0
    FAULTS[told](office)
    code, said = minori("town", "apply", "town.xlsx", "--yes")
    assert code == 1
    assert told in said


def test_who_is_not_invited_and_who_has_the_register_is_told_in_japanese(office):
    code, said = minori("town", "apply", "town.xlsx", "--yes", "--invite", "P999")
    assert (code, "P999：鍵が「招待」の人ではありません" in said) == (1, True)
    held = Register.open(office / "var/town/register.sqlite")
    try:
        code, said = minori("town", "apply", "town.xlsx", "--yes")
    finally:
        held.close()
    assert (code, "使用中です" in said) == (1, True)


SETTINGS = [
    ({"LEDGER__KIND": "other"}, "MINORI_LEDGER__KIND：使えるのは"),
    ({"LEDGER__KIND": "fabric"}, "MINORI_LEDGER__PROFILE が要ります"),
    ({"LISTEN__PORT": "65536"}, "MINORI_LISTEN__PORT：65535 以下にしてください"),
    ({"LISTEN__PORT": "http"}, "MINORI_LISTEN__PORT：整数で書いてください"),
    ({"LISTEN__PORT": "1.5"}, "MINORI_LISTEN__PORT：整数で書いてください"),
    ({"LISTEN__TRUSTED_PROXIES": "10.0.0.1, proxy"}, "「proxy」はIPアドレスでも"),
    ({"LIMITS__QUEUE_COMMANDS_MAX": "0"}, "1 以上にしてください"),
    ({"LIMITS__WAIT_DEFAULT_S": "soon"}, "数で書いてください"),
    ({"LIMITS__WAIT_DEFAULT_S": "61"}, "wait_max_s より大きく"),
    ({"LIMITS__BODIES_BYTES_MAX": "1"}, "body_bytes_max より小さく"),
    ({"LIMITS__REQUEST_S": "0"}, "0.0 より大きい数に"),
    ({"LIMITS__COMMANDS_RATE": "often"}, "形が違います"),
    ({"LEDGER__NO_SUCH": "1"}, "MINORI_LEDGER__NO_SUCH：そのような項目はありません"),
    ({"LIMITS": "{"}, "MINORI_LIMITS をJSONとして読めません"),
    ({"LIMITS": "3"}, "MINORI_LIMITS：項目と値の組"),
    ({"ENVIRONMENT": "production"}, "MINORI_SITE__PUBLIC_URL が要ります"),
    (
        {"ENVIRONMENT": "production", "SITE__PUBLIC_URL": "https://town.example"},
        "MINORI_SITE__OFFICE_PHONE が要ります",
    ),
    ({"DATABASE_URL": "mysql://root:secret@localhost/x"}, "MINORI_DATABASE_URL：形が違います"),
    ({"LISTEN__PORT": "x", "LOG_LEVEL": "loud"}, "MINORI_LOG_LEVEL："),
]


@pytest.mark.parametrize("command", [("serve",), ("rebuild",), ("town", "check", "town.xlsx")])
@pytest.mark.parametrize(("settings", "told"), SETTINGS, ids=str)
@pytest.mark.usefixtures("office")
def test_a_wrong_setting_is_told_in_japanese(monkeypatch, command, settings, told):
    for name, value in settings.items():
        monkeypatch.setenv(f"MINORI_{name}", value)
    code, said = minori(*command)
    assert code == 1
    assert told in said
    assert "secret" not in said
    assert said.startswith("minori：")
