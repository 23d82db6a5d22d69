"""The command line as its users run it, against a gateway on an embedded ledger."""

import contextlib
import json
import re
import subprocess
import sys
import time

import httpx2
import pytest
from typer.testing import CliRunner

from gateway.cli.arguments import prepare
from gateway.cli.kinds import own
from gateway.demo.build import write_keys
from gateway.demo.town import Town
from gateway.device.keyring import Key, command_id_of, move, payload_of
from gateway.setup.register import Entry, Register
from network.cli import app
from tests.scenarios.stage import READY_PATIENCE_S, embedded_stage

run = CliRunner()


def minori(*arguments: str, code: int = 0) -> str:
    result = run.invoke(app, arguments)
    assert result.exit_code == code, (result.output, result.stderr, result.exception)
    return result.output + result.stderr


@pytest.fixture
async def stage(tmp_path, monkeypatch):
    town = Town.create()
    async with embedded_stage(tmp_path, town) as running:
        home = tmp_path / "home"
        home.mkdir()
        write_keys(town, home, gateway=running.url)
        monkeypatch.setenv("MINORI_HOME", str(home))
        yield running


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def harvest(stage, *options: str, key: str = "farm-a", code: int = 0) -> str:
    plot = stage.town.plots["farm-a"]
    words = (f"plot={plot}", "crop=carrot", "quantity_g=12.5kg", "estimated=false")
    return minori("submit", "lot.harvest", *words, "--key", key, *options, code=code)


def drawn(output: str, name: str) -> str:
    return re.search(rf"^{name} +(\w{{20}})$", output, re.MULTILINE)[1]


def lot_of(output: str) -> str:
    return drawn(output, "lot")


def test_a_farmer_harvests_ships_and_reads(stage):
    lot = lot_of(harvest(stage))
    shop = stage.town.people["shop-a"].party
    words = (f"lot={lot}", f"recipient={shop}", "quantity_g=10kg")
    assert "accepted" in minori("submit", "lot.ship", *words, "--key", "farm-a")
    own = json.loads(minori("query", "lot", lot, "--key", "farm-a"))
    assert own["holdings"][0]["held_g"] == 2_500
    public = minori("query", "lot", lot, "--gateway", stage.url)
    assert "2500" not in public
    assert json.loads(public)["crop"] == "carrot"


def test_the_only_key_is_used_for_every_question_without_being_named(stage, home, monkeypatch):
    sent = harvest(stage)
    lot, command = lot_of(sent), re.search(r"^signed +(\w{64})$", sent, re.MULTILINE)[1]
    for key in (home / "keys").glob("*.json"):
        if key.stem != "farm-a":
            key.unlink()
    monkeypatch.delenv("MINORI_GATEWAY", raising=False)
    for asked in (
        *(("lot", lot), ("lots",), ("shipments",), ("command", command), ("head",), ("flags",)),
        *(("ledger",), ("catalogue",), ("me",), ("plots",)),
    ):
        mine = json.loads(minori("query", *asked))
        assert mine == json.loads(minori("query", *asked, "--key", "farm-a")), asked
    for asked in (("lot", lot), ("command", command)):
        public = json.loads(minori("query", *asked, "--public", "--gateway", stage.url))
        assert len(public) < len(json.loads(minori("query", *asked))), asked
    assert "holdings" in json.loads(minori("query", "lot", lot))
    refused = minori("query", "lot", lot, "--public", "--key", "farm-a", code=1)
    assert "--key or --public" in refused
    assert "session" in minori("query", "lots", "--public", "--gateway", stage.url, code=1).lower()
    assert "session" in minori("query", "me", "--public", "--gateway", stage.url, code=1).lower()


def test_ones_pages_open_by_a_link_that_works_once(stage):
    harvest(stage)
    link = minori("pages", "--key", "farm-a", "--print").strip()
    assert link.startswith(f"{stage.url}/enter?code=")
    with httpx2.Client(headers={"Origin": stage.url}) as browser:
        assert stage.town.people["farm-a"].actor in browser.get(link).text
        assert browser.post(link).headers["location"] == "/own/stock?lang=en"
        assert "LINK_REFUSED" in browser.post(link).text


def test_a_rejection_is_told_in_words_and_by_the_exit_code(stage):
    lot = lot_of(harvest(stage))
    words = (f"lot={lot}", "quantity_g=13kg")
    output = minori("submit", "lot.sell", *words, "-k", "farm-a", code=1)
    assert "rejected" in output
    assert "INSUFFICIENT_QUANTITY" in output


def test_an_inspector_asks_what_is_not_plausible(stage):
    lot = lot_of(harvest(stage))
    words = (f"lot={lot}", "reason=second-picking", "quantity_g=5kg", "estimated=false")
    assert "accepted" in minori("submit", "lot.supplement", *words, "--key", "farm-a")
    (flag,) = json.loads(minori("query", "flags", "--key", "inspector"))["flags"]
    assert (flag["code"], flag["subject"]) == ("SUPPLEMENT_LARGE", f"lot/{lot}")
    assert "5 kg added to a measured harvest of 12.5 kg" in flag["text"]
    assert json.loads(minori("query", "flags", "--key", "farm-a"))["flags"] == [flag]
    assert json.loads(minori("query", "flags", "ROUND_NUMBERS", "-k", "farm-a"))["flags"] == []
    assert json.loads(minori("query", "flags", "--key", "farm-b"))["flags"] == []
    assert "session" in minori("query", "flags", "--gateway", stage.url, code=1).lower()


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(stage, home):
    lot = lot_of(harvest(stage))
    file = home / "keys" / "farm-a.json"
    before = file.read_bytes()
    sale = ("submit", "lot.sell", f"lot={lot}", "-k", "farm-a", "--dry-run")
    told = minori(*sale, "quantity_g=12kg")
    assert "would be accepted" in told
    assert '"held_g": 500' in told
    assert "nothing was sent" in told
    refused = minori(*sale, "quantity_g=13kg", code=1)
    assert "would be rejected  INSUFFICIENT_QUANTITY" in refused
    added = ("submit", "lot.supplement", f"lot={lot}", "reason=found", "quantity_g=1kg")
    assert "flags: supplemented" in minori(*added, "estimated=true", "-k", "farm-a", "--dry-run")
    assert file.read_bytes() == before
    assert "accepted" in minori(
        "submit", "lot.sell", f"lot={lot}", "quantity_g=12kg", "-k", "farm-a"
    )


def test_a_dry_run_comes_after_what_waits(stage, home):
    lot = lot_of(harvest(stage))
    sale = ("submit", "lot.sell", f"lot={lot}", "quantity_g=8kg", "-k", "farm-a")
    minori(*sale, "--later")
    assert "would be accepted" in minori("submit", "queue", "-k", "farm-a", "--dry-run")
    assert "INSUFFICIENT_QUANTITY" in minori(*sale, "--dry-run", code=1)
    assert len(Key.load(home / "keys" / "farm-a.json").queue) == 1
    assert "1 waiting" not in minori("submit", "queue", "-k", "farm-a")
    assert "nothing is waiting" in minori("submit", "queue", "-k", "farm-a", "--dry-run", code=1)


def test_what_cannot_be_sent_is_kept_and_goes_with_the_next(stage, home):
    stage.gateways[0].stop()
    assert "can't be reached" in harvest(stage, code=1)
    assert "2 waiting" in harvest(stage, "--later")
    assert len(Key.load(home / "keys" / "farm-a.json").queue) == 2
    stage.gateways[0].start()
    deadline = time.monotonic() + READY_PATIENCE_S
    result = run.invoke(app, ["submit", "queue", "--key", "farm-a"])
    while "can't be reached" in result.output and time.monotonic() < deadline:
        time.sleep(0.1)
        result = run.invoke(app, ["submit", "queue", "--key", "farm-a"])
    assert result.output.count("accepted") == 2
    assert Key.load(home / "keys" / "farm-a.json").queue == []


@pytest.mark.usefixtures("stage")
def test_an_inspector_witnesses_stock_from_before():
    words = ("crop=rice", "harvested_at=2025-10-01T00:00:00Z", f"document={'ab' * 32}")
    proposed = minori(
        *("submit", "lot.open", *words, "quantity_g=40kg", "estimated=false", "-k", "farm-a")
    )
    proposal = re.search(r"^signed +(\w{64})$", proposed, re.MULTILINE)[1]
    assert "only its parties may read it" in minori("approve", proposal, "-k", "shop-a", code=1)
    assert '"quantity_g": 40000' in minori("approve", proposal, "-k", "inspector")
    own = json.loads(minori("query", "lot", lot_of(proposed), "-k", "farm-a"))
    assert own["holdings"][0]["held_g"] == 40_000


def test_two_programs_with_one_key_sign_one_after_the_other(stage, home):
    path = home / "keys" / "farm-a.json"
    plot = stage.town.plots["farm-a"]
    words = (f"plot={plot}", "crop=carrot", "quantity_g=9kg", "estimated=false", "--key", str(path))
    command = [sys.executable, "-m", "network", "submit", "lot.harvest", *words, "--later"]
    with contextlib.ExitStack() as stack:
        key = stack.enter_context(Key.in_hand(path))
        first = key.device.seq
        other = subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        assert "waiting for another program that uses the key farm-a" in other.stderr.readline()
        key.queue.append(key.device.sign("lot.hold", {}))
        key.save()
        assert other.poll() is None
    other.communicate(timeout=READY_PATIENCE_S)
    assert other.returncode == 0
    queue = Key.load(path).queue
    assert [payload_of(wire)["seq"] for wire in queue] == [first, first + 1]
    assert payload_of(queue[1])["prev"] == command_id_of(queue[0])


def test_a_gateway_named_is_the_one_that_is_asked(stage, home):
    nobody = ("--gateway", "http://127.0.0.1:1")
    assert "127.0.0.1:1 can't be reached" in minori(
        "query", "head", "--key", "farm-a", *nobody, code=1
    )
    assert "127.0.0.1:1 can't be reached" in harvest(stage, *nobody, code=1)
    assert Key.load(home / "keys" / "farm-a.json").gateway == stage.url
    move(home / "keys", gateway=nobody[1])
    assert "127.0.0.1:1 can't be reached" in minori("submit", "queue", "-k", "farm-a", code=1)
    sent = minori("submit", "queue", "-k", "farm-a", "--gateway", stage.url)
    assert sent.count("accepted") == 1


def test_a_rebuild_where_there_is_no_ledger_founds_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "no ledger at var/ledger.sqlite" in minori("rebuild", code=1)
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_cannot_be_taken_is_dropped_and_the_rest_signed_anew(stage, home):
    path = home / "keys" / "farm-a.json"
    harvest(stage, "--later")
    harvest(stage, "--later")
    key = Key.load(path)
    jws = key.queue[0].decode()
    head, _, closed = jws.partition("~")
    key.queue[0] = (head[:-4] + "AAAA" + "~" + closed).encode()  # a broken signature
    key.save()
    output = minori("submit", "queue", "--key", "farm-a", code=1)
    assert "dropped" in output
    assert "BAD_SIGNATURE" in output
    assert output.count("accepted") == 1
    assert Key.load(path).queue == []


@pytest.mark.usefixtures("stage")
def test_a_new_device_is_invited_accepts_and_is_enrolled():
    invitation = minori("keys", "invite", "--key", "registrar-coop").splitlines()[-1]
    reply = minori("keys", "accept", invitation, "--name", "newcomer").strip()
    assert "accepted" in minori("keys", "enrol", reply, "--key", "registrar-coop")
    head = json.loads(minori("query", "head", "--key", "newcomer"))
    assert head["next"] == 1
    assert "newcomer" in minori("keys", "list")
    assert json.loads(minori("keys", "show", "newcomer"))["seq"] == 1


def test_a_delivery_is_confirmed_at_once_and_the_remainder_sold(stage):
    lots = [lot_of(harvest(stage)) for _ in range(2)]
    farm = stage.town.people["farm-a"].party
    words = (f"{lots[0]}=10kg", f"{lots[1]}=14kg", "--producer", farm, "--crop", "carrot")
    assert minori("arrive", *words, "-k", "shop-a").count("accepted") == 2
    left = minori("sales", "remainder", f"{lots[0]}=2.5kg", f"{lots[1]}=14kg", "-k", "shop-a")
    assert re.search(rf"{lots[0]} +7,500 g sold", left)
    assert "1 accepted" in left
    more = minori("sales", "remainder", f"{lots[1]}=15kg", "-k", "shop-a", code=1)
    assert "take stock" in more
    unknown = minori("sales", "remainder", f"{'0' * 20}=1kg", "-k", "shop-a", code=1)
    assert "in stock" in unknown


def test_a_second_person_approves_by_the_proposals_id(stage):
    lot = lot_of(harvest(stage))
    declared = minori(
        *("submit", "recall.declare", "kind=safety", "cause=residue", "scope=lot"),
        *(f"roots={lot}", "-k", "quality-desk"),
    )
    proposal = re.search(r"^signed +(\w{64})$", declared, re.MULTILINE)[1]
    shown = minori("approve", proposal, "-k", "food-safety")
    assert lot in shown
    assert "accepted" in shown
    words = (f"lot={lot}", "quantity_g=1kg", "-k", "farm-a")
    assert "RECALLED" in minori("submit", "lot.sell", *words, code=1)
    assert "accepted" not in minori("approve", proposal, "-k", "food-safety", code=1)


def test_a_run_from_a_file_gets_its_childrens_ids(stage, tmp_path):
    lot = lot_of(harvest(stage))
    parts = {
        "body": {
            "parents": [lot],
            "children": [{"crop": "carrot", "grade": "l"}, {"crop": "carrot", "grade": "m"}],
            "shares": "measured",
        },
        "closed": {"inputs": [{"quantity_g": 12_000, "to_g": [7_000, 4_800]}]},
    }
    (tmp_path / "run.json").write_text(json.dumps(parts))
    output = minori("submit", "lot.sort", "--json", str(tmp_path / "run.json"), "-k", "farm-a")
    child = re.search(r"^lot 1 +(\w{20})$", output, re.MULTILINE)[1]
    assert "take stock" in minori("sales", "remainder", f"{child}=4801", "-k", "farm-a", code=1)
    assert "800 g sold" in minori("sales", "remainder", f"{child}=4kg", "-k", "farm-a")


BAD_INPUT = (
    (("submit", "lot.fly", "-k", "farm-a"), "no command type"),
    (("submit", "lot.sell", "-k", "farm-a"), "also needs: lot, quantity_g"),
    (("submit", "lot.sell", "lot", "-k", "farm-a"), "write member=value"),
    (("submit", "lot.sell", "colour=red", "-k", "farm-a"), "has no 'colour'"),
    (("submit", "lot.sell", "quantity_g=1.2345kg", "-k", "farm-a"), "whole number"),
    (("submit", "lot.sell", "quantity_g=\uff11\uff12", "-k", "farm-a"), "whole number"),
    (("submit", "lot.sell", "lot=x", "quantity_g=1", "-k", "farm-a"), "lot=x: not understood"),
    (("submit", "lot.sell", "-k", "nobody"), "no key 'nobody'"),
    (("keys", "accept", "nonsense", "-n", "n"), "an invitation has 52 characters"),
    (("query", "lot", "0" * 20), "LOT_NOT_FOUND"),
)


def test_bad_input_is_one_clear_sentence(stage, monkeypatch):
    monkeypatch.setenv("MINORI_GATEWAY", stage.url)
    for arguments, said in BAD_INPUT:
        output = minori(*arguments, code=1)
        assert said in output, arguments
        assert "Traceback" not in output


def test_every_command_type_is_listed_with_its_members():
    output = minori("submit", "list")
    assert "lot.harvest" in output
    assert "quantity_g" in output
    assert "(two signers)" in output


def test_a_recall_officer_gets_a_list_of_whom_to_call(stage, tmp_path):
    lot = lot_of(harvest(stage))
    shop = stage.town.people["shop-a"].party
    goods = (f"lot={lot}", f"recipient={shop}", "quantity_g=10kg")
    shipped = drawn(minori("submit", "lot.ship", *goods, "-k", "farm-a"), "shipment")
    minori(
        "submit",
        "lot.receive",
        f"lot={lot}",
        f"shipment={shipped}",
        "received_g=10kg",
        "-k",
        "shop-a",
    )
    words = ("kind=safety", "cause=residue", "scope=lot", f"roots={lot}", "-k", "quality-desk")
    recall = drawn(minori("submit", "recall.emergency", *words), "recall")
    register = Register.open(tmp_path / "town" / "register.sqlite")
    details = {"name": "直売所A", "phone": "0985-00-1234"}
    register.put([Entry(sheet="parties", code="S1", id=shop, details=details)])
    register.close()
    file = tmp_path / "calls.csv"
    asked = ("town", "call-list", recall, "-d", str(tmp_path / "town"))
    told = minori(*asked, "-k", "quality-desk", "--csv", str(file))
    assert re.search(r"0985-00-1234 +直売所A\n.*held 10,000 g .*sold 0 g", told)
    assert re.search(r"— .*\n.*held 2,500 g", told)
    assert "1 without a number" in told
    rows = file.read_text("utf-8-sig").splitlines()
    assert f"{shop},直売所A,0985-00-1234,10000,0,0,1" in rows
    assert file.stat().st_mode & 0o077 == 0
    assert "0985" not in minori(*asked, "-k", "shop-a", code=1)


def test_bags_become_grams_by_the_towns_packing_spec(stage):
    spec = {"crop": "carrot", "unit": "bag", "grams": 300, "since": "2020-01-01"}
    catalogue = stage.gateways[0].folder / "catalogue.json"
    catalogue.write_text(json.dumps({"packings": [spec]}))
    words = (f"plot={stage.town.plots['farm-a']}", "crop=carrot", "estimated=false")
    lot = lot_of(minori("submit", "lot.harvest", *words, "packs=24袋", "-k", "farm-a"))
    own = json.loads(minori("query", "lot", lot, "-k", "farm-a"))
    assert own["holdings"][0]["held_g"] == 7_200
    sold = minori("submit", "lot.sell", f"lot={lot}", "packs=2crate", "-k", "farm-a", code=1)
    assert "no packing spec for carrot by crate" in sold


def test_a_recall_of_more_lots_than_one_command_names_is_approved_at_once(stage):
    """As the page of its scope says: all with --later, then sent together."""
    lots = [f"{number:020d}" for number in range(900)]
    chunks = [",".join(lots[start : start + 400]) for start in range(0, 900, 400)]
    first, second = ("-k", "quality-desk"), ("-k", "food-safety")
    words = ("kind=safety", "cause=residue", "scope=lot", "crops=carrot", f"roots={chunks[0]}")
    signed = [minori("submit", "recall.declare", *words, *first)]
    recall = drawn(signed[0], "recall")
    for chunk in chunks[1:]:
        wider = ("recall.widen", f"recall={recall}", "crops=carrot", f"roots={chunk}")
        signed.append(minori("submit", *wider, *first))
    for count, one in enumerate(signed, start=1):
        proposal = re.search(r"^signed +(\w{64})$", one, re.MULTILINE)[1]
        assert f"{count} waiting" in minori("approve", proposal, *second, "--later")
    assert minori("submit", "queue", *second).count("accepted") == 3
    found = httpx2.get(f"{stage.url}/api/recalls/{recall}").json()
    assert (found["state"], found["roots_count"]) == ("confirmed", 900)
    entries = [one["id"] for one in found["history"]]
    answers = [httpx2.get(f"{stage.url}/api/commands/{one}").json() for one in entries]
    assert len({one["block"] for one in answers}) == 1


@pytest.mark.usefixtures("stage")
def test_a_sorting_too_wide_for_one_command_is_signed_class_by_class(home):
    """Of 64 owners times new lots; of these, each class is a command."""
    key = Key.load(home / "keys" / "packing-house.json")
    farms = [f"Q7M49X2B0K{number:02}" for number in range(22, 42)]
    body = {
        "party": key.party,
        "parents": ["0" * 20] * len(farms),
        "children": [{"crop": "carrot", "grade": grade} for grade in ("l", "m", "s", "cull")],
        "shares": "measured",
    }
    inputs = [{"quantity_g": 400, "to_g": [100] * 4, "owner": farm} for farm in farms]
    for count, kinds in (
        (16, ["lot.sort"]),
        (20, ["lot.begin_sort", *["lot.sort_class"] * 4]),
    ):
        parts = {**body, "parents": body["parents"][:count]}
        prepared = prepare(key, own().of("lot.sort"), parts, {"inputs": inputs[:count]})
        wires = prepared.sign(key)
        assert [payload_of(wire)["type"] for wire in wires] == kinds
