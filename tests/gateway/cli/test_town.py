"""`minori town`, as an office uses it: template, check, apply, apply again."""

import json

import pytest
from typer.testing import CliRunner

from network.cli import app
from tests.gateway.setup.workbooks import save, town

run = CliRunner()


@pytest.fixture
def office(tmp_path, monkeypatch):
    """An office's computer: nothing set, an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def minori(*arguments, code=0):
    result = run.invoke(app, ["town", *map(str, arguments)])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output + result.stderr


def test_a_template_is_written_and_never_over_a_file(office):
    minori("template", "town.xlsx")
    before = (office / "town.xlsx").read_bytes()
    assert "exists already" in minori("template", "town.xlsx", code=1)
    assert (office / "town.xlsx").read_bytes() == before


def test_check_tells_faults_in_the_language_spoken(office):
    rows = town()
    rows["people"][6]["since"] = "いつか"
    save(office / "town.xlsx", rows)
    english = minori("check", "town.xlsx", code=1)
    assert "[926] people / row 8 / from: this is not a date" in english
    assert "8行" not in english
    japanese = minori("check", "town.xlsx", "--lang", "ja", code=1)
    assert "[926] 人 / 8行 / 開始日: 日付として読めません（いつか）" in japanese
    assert "row 8" not in japanese
    assert not (office / "var").exists()


def test_check_says_what_apply_would_do_and_apply_does_it_once(office):
    save(office / "town.xlsx", town())
    said = minori("check", "town.xlsx")
    assert "a new ledger is founded" in said
    assert "parties F001" in said
    assert "髙﨑" not in said  # codes, never names
    assert not (office / "var").exists()
    assert "commands are on the ledger" in minori("apply", "town.xlsx")
    assert "登録 / new" not in minori("check", "town.xlsx")
    assert "0 commands are on the ledger" in minori("apply", "town.xlsx")


def test_a_fault_makes_no_ledger(office):
    rows = town()
    rows["organisations"] = rows["organisations"][:1]
    save(office / "town.xlsx", rows)
    minori("apply", "town.xlsx", code=1)
    assert not (office / "var").exists()


def test_a_demo_workbook_is_refused_by_a_real_town(office):
    save(office / "town.xlsx", town())
    minori("apply", "town.xlsx")
    rows = town()
    rows["town"][0]["kind"] = "デモ"
    save(office / "demo.xlsx", rows)
    for verb in ("check", "apply"):
        assert "can't mix" in minori(verb, "demo.xlsx", code=1)
        assert "can't mix" in minori(verb, "demo.xlsx", "-d", "elsewhere", code=1)


def test_another_file_is_told_in_words(office):
    (office / "town.xlsx").write_bytes(b"code,name\r\n")
    assert "[964]" in minori("check", "town.xlsx", code=1)
    assert "town2.xlsx" in minori("check", "town2.xlsx", code=1)


def test_a_pack_that_nobody_packs_is_asked_back_before_anything_is_made(office):
    rows = town()
    rows["packings"].append(
        {"crop": "rakkyo", "unit": "コンテナ", "grams": 5, "since": "2026-04-01"}
    )
    save(office / "town.xlsx", rows)
    for said in (minori("check", "town.xlsx"), minori("apply", "town.xlsx", code=1)):
        assert "packing / row 3 / grams: one crate weighs 5 g here" in said
    assert not (office / "var").exists()
    japanese = minori("check", "town.xlsx", "--lang", "ja")
    assert "荷姿 / 3行 / 重さ（g）: 1コンテナが5gになっています" in japanese
    assert "commands are on the ledger" in minori("apply", "town.xlsx", "--yes")


@pytest.mark.parametrize(
    ("settings", "of_organisation", "expected"),
    [
        ({}, "", "https://qr.kirishimadai.example"),
        ({"MINORI_LISTEN__HOST": "192.0.2.7"}, "", "http://192.0.2.7:8000"),
        ({"MINORI_SITE__PUBLIC_URL": "https://minori.example"}, "", "https://minori.example"),
        (
            {"MINORI_SITE__PUBLIC_URL": "https://minori.example"},
            "https://own.example",
            "https://own.example",
        ),
    ],
)
def test_keys_and_slips_name_the_address_that_is_printed(
    office, monkeypatch, settings, of_organisation, expected
):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    rows = town()
    for row in rows["organisations"]:
        row["address"] = of_organisation
    save(office / "town.xlsx", rows)
    said = minori("apply", "town.xlsx")
    assert "var/town/keys/*.json" in said
    assert "var/town/invitations/*.html" in said
    assert f": {expected}" in said
    assert "on this computer alone" not in said
    assert (f"MINORI_SITE__PUBLIC_URL={expected}" in said) == (not settings)
    keys = list((office / "var/town/keys").glob("*.json"))
    held = {json.loads(path.read_bytes())["gateway"].rstrip("/") for path in keys}
    slips = [path.read_text() for path in (office / "var/town/invitations").glob("*.txt")]
    assert held == {expected}
    assert slips
    assert all(f"--gateway {expected}" in slip for slip in slips)


def test_an_address_that_leads_nowhere_else_is_told_and_changes_with_the_next_application(
    office, monkeypatch
):
    rows = town()
    rows["town"][0]["address"] = ""
    save(office / "town.xlsx", rows)
    assert "on this computer alone" in minori("apply", "town.xlsx")
    monkeypatch.setenv("MINORI_SITE__PUBLIC_URL", "https://minori.example")
    japanese = minori("apply", "town.xlsx", "--lang", "ja")
    assert "：https://minori.example" in japanese
    assert "このパソコンでしか" not in japanese
    for path in (office / "var/town/keys").glob("*.json"):
        assert json.loads(path.read_bytes())["gateway"] == "https://minori.example"
