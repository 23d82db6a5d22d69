"""Times at the command line are the town's, typed and shown; what is signed is UTC."""

import json
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateway.device.keyring import Key, payload_of
from tests.gateway.cli.terminal import drawn, harvest, minori

JAPAN = timezone(timedelta(hours=9))


def days_ago(days: int, hour: int) -> datetime:
    midnight = datetime.now(JAPAN).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days) + timedelta(hours=hour)


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signed(home, key: str = "farm-a") -> dict:
    return payload_of(Key.load(home / "keys" / f"{key}.json").queue[-1])


@pytest.fixture(params=["America/Los_Angeles", "Pacific/Kiritimati"])
def elsewhere(request, monkeypatch):
    """A computer whose clock is set to another place."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_a_time_typed_without_zone_is_the_towns(stage, home):
    when = days_ago(1, 17)
    for typed in (
        f"{when:%Y-%m-%d} 17:00",
        f"{when:%m/%d} 17時",
        "きのう 午後5時",
        "yesterday 5pm",
    ):
        said = harvest(stage, "--event-time", typed, "--later")
        assert f"{when.year}" in said
        assert f"{when:%a}" in said
        assert "17:00" in said
        assert signed(home)["event_time"] == utc(when)


def test_what_was_read_is_said_before_it_is_signed_in_either_language(stage):
    when = days_ago(1, 17)
    said = harvest(stage, "--event-time", "きのう17時", "--later", "--lang", "ja")
    weekday = "月火水木金土日"[when.weekday()]
    assert f"{when.month}月{when.day}日（{weekday}）午後5時00分（町の時刻）" in said
    assert said.index("午後5時") < said.index("署名")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("11/31", "暦にありません"),
        ("明日", "まだ来ていません"),
        ("2099-01-01T00:00:00Z", "まだ来ていません"),
        ("きのう25時", "時刻はありません"),
        ("soon", "読めません"),
    ],
)
def test_an_impossible_time_is_refused_and_nothing_is_signed(stage, home, typed, said):
    before = (home / "keys" / "farm-a.json").read_text()
    assert said in harvest(stage, "--event-time", typed, "--lang", "ja", code=1)
    after = json.loads((home / "keys" / "farm-a.json").read_text())
    assert after["queue"] == json.loads(before)["queue"] == []


def test_dated_members_are_read_too_in_words_and_in_a_file(stage, home, tmp_path):
    words = ("crop=rice", f"document={'ab' * 32}", "quantity_g=40kg", "estimated=false")
    said = minori(
        *("submit", "lot.open", *words, "harvested_at=令和7年10月1日 午前9時"),
        *("-k", "farm-a", "--later"),
    )
    assert "Wed 1 October 2025 09:00" in said
    assert signed(home)["body"]["harvested_at"] == "2025-10-01T00:00:00Z"
    actor = stage.town.people["farm-a"].actor
    grants = {"body": {"actor": actor, "roles": [{"role": "farmer", "since": "R8.4.1"}]}}
    (tmp_path / "grant.json").write_text(json.dumps(grants))
    grant = ("submit", "actor.grant", "--json", str(tmp_path / "grant.json"), "--later")
    assert "Wed 1 April 2026" in minori(*grant, "-k", "registrar-coop")
    assert signed(home, "registrar-coop")["body"]["roles"] == [
        {"role": "farmer", "since": "2026-04-01"}
    ]
    grants["body"]["roles"][0]["since"] = "4/1"
    (tmp_path / "grant.json").write_text(json.dumps(grants))
    assert "has no year" in minori(*grant, "-k", "registrar-coop", code=1)


def test_a_mandate_runs_from_and_to_days_as_people_type_them(stage, home):
    people = stage.town.people
    words = (f"principal={people['farm-a'].actor}", f"agent={people['centre-desk'].actor}")
    mandate = ("submit", "mandate.grant", *words, "types=lot.harvest", "since=今日")
    minori(*mandate, "until=令和９年３月３１日", "-k", "farm-a", "--later")
    body = signed(home)["body"]
    assert body["until"] == "2027-03-31"
    assert body["since"] == datetime.now(JAPAN).date().isoformat()


def test_a_time_can_be_typed_without_a_line_once_the_gateway_was_reached(stage, home):
    stage.gateways[0].stop()
    said = harvest(stage, "--event-time", "きのう", "--later", code=1)
    assert "write the time in UTC" in said
    harvest(stage, "--event-time", "2026-04-01T21:05:00Z", "--later")
    assert signed(home)["event_time"] == "2026-04-01T21:05:00Z"
    key = Key.load(home / "keys" / "farm-a.json")
    key.utc_offset_minutes = 540
    key.save()
    harvest(stage, "--event-time", "きのう17:00", "--later")
    assert signed(home)["event_time"] == utc(days_ago(1, 17))


def test_sending_teaches_a_key_its_towns_clock(stage, home):
    harvest(stage)
    assert Key.load(home / "keys" / "farm-a.json").utc_offset_minutes == 540


def test_what_is_shown_is_the_towns_but_what_was_signed(stage):
    when = days_ago(1, 17)
    sent = harvest(stage, "--event-time", "きのう17時")
    lot = json.loads(minori("query", "lot", drawn(sent, "lot"), "-k", "farm-a"))
    assert lot["harvested_at"] == when.isoformat()
    command = json.loads(minori("query", "command", drawn(sent, "signed"), "-k", "farm-a"))
    assert command["payload"]["event_time"] == utc(when)
    assert command["ledger_time"].endswith("+09:00")
    tried = harvest(stage, "--event-time", "きのう17時", "--dry-run")
    assert f'"harvested_at": "{when.isoformat()}"' in tried


@pytest.mark.usefixtures("stage")
def test_a_registrar_types_the_first_day_of_a_role():
    minori("keys", "invite", "-k", "registrar-coop", "--since", "令和8年4月1日")
    said = minori("keys", "invite", "-k", "registrar-coop", "--since", "4/1", code=1)
    assert "has no year" in said
