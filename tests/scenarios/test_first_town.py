"""From an empty folder to a scanned lot, in a town that is not the demo.

Real commands and a real gateway; once in Japanese and once in English.
"""

import json
import re
from datetime import datetime, timedelta, timezone

import pytest

from tests.gateway.invitations.qr_pictures import drawn, read_code
from tests.scenarios.first_town import DEVICES, Terminals, fill_in, retype, serving
from tests.scenarios.stage import free_port

pytestmark = pytest.mark.timeout(1200)

JST = timezone(timedelta(hours=9))
SAID = {
    "ja": {
        "no such crop": "荷姿 / 3行 / 品目",
        "founded": "新しい台帳",
        "recalled": "食べないでください",
        "farm": "農家A",
        "carrot": "にんじん",
        "lifted": "取り消",
        "yes": "はい\n",
        "kind": "安全",
        "cause": "異物",
        "scope": "ロット",
        "waits": "もう一つの組織の署名を待っています",
        "nothing waits": "ありません",
        "wrong lot": "ロットの取りちがえ",
    },
    "en": {
        "no such crop": "packing / row 3 / crop",
        "founded": "a new ledger is founded",
        "recalled": "do not eat",
        "farm": "Farm A",
        "carrot": "Carrot",
        "lifted": "Lifted",
        "yes": "yes\n",
        "kind": "safety",
        "cause": "foreign bodies",
        "scope": "lot",
        "waits": "waits for a second signature of a recall officer",
        "nothing waits": "nothing waits for your signature",
        "wrong lot": "Another lot was meant",
    },
}


def number_of(said: str, name: str) -> str:
    """Return the number that a command has drawn, as it is read from the screen."""
    label = {"lot": "lot|ロット", "shipment": "shipment|送り状", "recall": "recall|回収"}[name]
    return re.search(rf"^(?:{label})\s+([0-9A-Z]{{20}})$", said, re.MULTILINE)[1]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_town_from_an_empty_folder_to_a_lifted_recall(tmp_path, language):
    town = Terminals(folder=tmp_path, port=free_port(), language=language)
    said = SAID[language]
    the_workbook_is_filled_in_and_applied(town, said)
    with serving(town):
        everybody_has_a_key(town)
        lot = a_harvest_is_shipped_and_received(town)
        a_shopper_finds_it(town, said, lot)
        a_misspelt_crop_is_asked_back(town)
        a_harvest_is_corrected(town, lot)
        recall = a_recall_is_declared_by_two(town, said, lot)
        it_is_lifted_by_two(town, said, lot, recall)


def the_workbook_is_filled_in_and_applied(town: Terminals, said: dict) -> None:
    town.minori("town", "template", "town.xlsx")
    workbook = town.folder / "town.xlsx"
    fill_in(workbook, url=town.url)
    retype(workbook, "荷姿", "carrot", "carot")
    assert said["no such crop"] in town.minori("town", "check", "town.xlsx", code=1)
    retype(workbook, "荷姿", "carot", "carrot")
    assert said["founded"] in town.minori("town", "check", "town.xlsx")
    assert not (town.folder / "var").exists()
    town.minori("town", "apply", "town.xlsx")


def everybody_has_a_key(town: Terminals) -> None:
    """The office hands a slip to each, who scans it at home; a registrar enrols the reply."""
    for name, (person, registrar) in DEVICES.items():
        page = (town.folder / "var" / "town" / "invitations" / f"{person}.html").read_text()
        scanned = read_code(drawn(page))  # as a camera sees the paper
        accept = ("keys", "accept", scanned, "--name", name)
        reply = re.search(r"[A-Za-z0-9_-]{80,}", town.device(name, *accept))[0]
        key = f"var/town/keys/{registrar}.json"
        town.minori("keys", "enrol", reply, "--key", key)
        assert name in town.device(name, "keys", "list")


def a_harvest_is_shipped_and_received(town: Terminals) -> str:
    """By the names that people use, and by the town's clock."""
    yesterday = datetime.now(JST) - timedelta(days=1)
    told = town.device(
        "farm",
        "submit",
        "lot.harvest",
        "plot=A-01",
        "crop=にんじん",
        "packs=24袋",
        "estimated=false",
        "--event-time",
        f"{yesterday.month}/{yesterday.day} 17:00",
    )
    lot = number_of(told, "lot")
    shipped = ("submit", "lot.ship", f"lot={lot}", "recipient=直売所A", "packs=20袋")
    shipment = number_of(town.device("farm", *shipped), "shipment")
    assert shipment in town.device("shop", "query", "shipments")
    received = ("submit", "lot.receive", f"shipment={shipment}", f"lot={lot}", "received_g=10kg")
    town.device("shop", *received)
    assert f'"held_g": {10_000}' in town.device("shop", "query", "lots")
    return lot


def a_shopper_finds_it(town: Terminals, said: dict, lot: str) -> None:
    page = town.page(f"/lots/{lot}")
    assert said["farm"] in page
    printed, check = re.search(r"((?:[0-9A-Z]{4} ){5})\D*?([0-9A-Z*~$=]) ", page).groups()
    assert printed.replace(" ", "") == lot
    # Typed from the bag, with the check character; or a scanner's work: the QR code's address.
    for typed in (f"{printed.strip().lower()} {check}", f"{town.url}/lots/{lot}"):
        assert said["carrot"] in town.page("/lots", number=typed)
    assert "CHECK" not in page


def a_misspelt_crop_is_asked_back(town: Terminals) -> None:
    words = ("submit", "lot.harvest", "plot=A-02", "crop=carot", "quantity_g=5kg", "estimated=true")
    told = town.device("farm", *words, code=1)
    assert "carrot" in told
    assert "carot" not in town.page("/")


def a_harvest_is_corrected(town: Terminals, lot: str) -> None:
    """What changes is typed alone; the grams are the farm's own, and no shopper's."""
    words = ("submit", "lot.correct_harvest", f"lot={lot}", "reason=計量", "quantity_g=12.5kg")
    town.device("farm", *words)
    own = json.loads(town.device("farm", "query", "lot", lot))
    assert [holding["held_g"] for holding in own["holdings"]] == [2_500]
    assert " kg" not in town.page(f"/lots/{lot}")


def a_recall_is_declared_by_two(town: Terminals, said: dict, lot: str) -> str:
    """What to name stands on the page that says how far it would reach, as do the words."""
    day = datetime.now(JST).date()
    # The page finds by the names that it shows.
    asked = {"producer": said["farm"], "crop": "carrot", "since": f"{day - timedelta(days=7)}"}
    preview = town.own_page("recall-1", "/recalls/preview", **asked, until=f"{day}")
    assert "recall.declare" in preview
    (root,) = set(re.findall(r"\b[0-9A-Z]{20}\b", preview.split("recall.declare", 1)[1])) & {lot}
    declare = ("submit", "recall.declare", f"roots={root}")
    offered = town.device("recall-1", *declare, "kind=?", "cause=?", "scope=?", code=1)
    words = (f"kind={said['kind']}", f"cause={said['cause']}", f"scope={said['scope']}")
    assert said["kind"] in offered
    told = town.device("recall-1", *declare, *words)
    assert said["waits"] in told
    assert said["recalled"] not in town.page(f"/lots/{lot}")
    assert said["cause"] in town.device("recall-2", "waiting")
    shown = town.device("recall-2", "approve", answers=said["yes"])
    assert lot in shown
    assert said["nothing waits"] in town.device("recall-2", "waiting")
    assert said["recalled"] in town.page(f"/lots/{lot}")
    return number_of(told, "recall")


def it_is_lifted_by_two(town: Terminals, said: dict, lot: str, recall: str) -> None:
    """Its page gives the entry that has to be named, and the refusal the reasons there are."""
    page = town.own_page("recall-1", f"/recalls/{recall}")
    entry = re.search(r"\b[0-9a-f]{64}\b", page)[0]
    lift = ("submit", "recall.lift", f"recall={recall}", f"entry={entry}")
    assert said["wrong lot"] in town.device("recall-1", *lift, "reason=?", code=1)
    told = town.device("recall-1", *lift, f"reason={said['wrong lot']}")
    assert said["waits"] in told
    assert said["recalled"] in town.page(f"/lots/{lot}")
    town.device("recall-2", "approve", "--yes")
    assert said["recalled"] not in town.page(f"/lots/{lot}")
    assert said["lifted"] in town.page(f"/recalls/{recall}")
