"""What the command line asks back before it signs: crops, packs and numbers of lots."""

import json
import os
import pty
import stat
import subprocess
import sys

import pytest
import pytest_asyncio

from gateway.demo.build import write_keys
from gateway.demo.town import Town
from gateway.device.keyring import Key
from gateway.town.other_crops import code_of
from gateway.typed.lot_numbers import check_character
from tests.gateway.cli.terminal import drawn, harvest, minori
from tests.scenarios.stage import embedded_stage

SPEC = {"crop": "carrot", "unit": "bag", "grams": 500, "since": "2020-01-01"}
UNKNOWN = "5T2W8YK0M3R7B1XNQ4HD"
OTHERS = [f"{first}T2W8YK0M3R7B1XNQ4HD" for first in "ABC"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory):
    """One gateway for all: a test leaves nothing that another looks at."""
    folder, town = tmp_path_factory.mktemp("asking"), Town.create()
    async with embedded_stage(folder, town) as running:
        (folder / "gateway" / "catalogue.json").write_text(json.dumps({"packings": [SPEC]}))
        write_keys(town, folder / "home", gateway=running.url)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MINORI_HOME", str(folder / "home"))
            yield running


@pytest.fixture
def home(stage):
    return stage.folder / "home"


def words(stage, *more):
    return (f"plot={stage.town.plots['farm-a']}", "estimated=false", *more, "--key", "farm-a")


def place(home, key="farm-a"):
    kept = Key.load(home / "keys" / f"{key}.json")
    return kept.device.seq, kept.queue


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "did you mean: Carrot carrot"), ("ja", "もしかして: にんじん carrot")]
)
def test_a_misspelt_crop_is_asked_back_and_nothing_is_signed(stage, home, lang, said):
    before = place(home)
    typed = words(stage, "crop=carot", "quantity_g=12kg", "--lang", lang)
    output = minori("submit", "lot.harvest", *typed, code=1)
    assert said in output
    assert "--yes" in output
    assert place(home) == before
    taken = {"en": "accepted", "ja": "受付"}[lang]
    assert taken in minori("submit", "lot.harvest", *typed, "--yes")
    flag, *_ = json.loads(minori("query", "flags", "CROP_UNKNOWN", "--key", "farm-a"))["flags"]
    assert flag["figures"] == {"word": "carot"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("packs=24bag", "quantity_g=2.4kg"), "2.4 kg in 24 × bag is 0.1 kg each"),
        (("packs=24袋", "quantity_g=2.4kg"), "by the town's spec one weighs 0.5 kg"),
        (("packs=1bag@12000g",), "12 kg in 1 × bag"),
        (("packs=2bale@60000g",), "units with a spec: bag"),
        (("quantity_g=12",), "0.012 kg in all"),
    ],
)
def test_unlikely_packs_are_asked_back_and_likely_ones_are_not(stage, typed, said):
    answer = minori("submit", "lot.harvest", *words(stage, "crop=carrot", *typed), code=1)
    assert said in answer
    likely = words(stage, "crop=carrot", "packs=24bag", "quantity_g=11.4kg")
    assert "?" not in minori("submit", "lot.harvest", *likely)


def test_a_dry_run_warns_and_asks_nobody(stage, home):
    before = place(home)
    typed = words(stage, "crop=carot", "quantity_g=12kg", "--dry-run")
    said = minori("submit", "lot.harvest", *typed)
    assert "would be accepted" in said
    assert "“carot”" in said
    assert "[carrot" in said
    assert place(home) == before


def test_without_a_line_it_is_said_that_nothing_was_looked_at(stage):
    typed = words(stage, "crop=carot", "quantity_g=12kg", "--later")
    said = minori("submit", "lot.harvest", *typed, "--gateway", "http://127.0.0.1:9")
    assert "were not looked at" in said
    assert "signed" in said


@pytest.mark.parametrize(("answer", "code", "is_signed"), [("y\n", 0, True), ("n\n", 1, False)])
def test_a_person_at_a_terminal_answers(stage, home, answer, code, is_signed):
    before = place(home)
    typed = words(stage, "crop=carot", "quantity_g=12kg", "--later")
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    done = subprocess.run(
        [sys.executable, "-m", "network", "submit", "lot.harvest", *typed],
        stdin=theirs,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "MINORI_HOME": str(home)},
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code, done.stderr
    assert b"did you mean" in done.stderr
    assert (place(home) != before) == is_signed


def arrive(stage, number, *options, code=0):
    producer = stage.town.people["farm-a"].party
    asked = ("--producer", producer, "--crop", "carrot", "--key", "shop-a", *options)
    return minori("arrive", f"{number}=9kg", *asked, code=code)


def test_a_mistyped_number_founds_no_lot_in_silence(stage, home):
    before = place(home, "shop-a")
    assert "5T2W-8YK0-M3R7-B1XN-Q4HD is not on record" in arrive(stage, UNKNOWN, code=1)
    producer = stage.town.people["farm-a"].party
    one = (f"lot={UNKNOWN}", f"producer={producer}", "crop=carrot", "counted_g=9kg")
    assert "is not on record" in minori("submit", "lot.arrive", *one, "-k", "shop-a", code=1)
    slip = UNKNOWN[1] + UNKNOWN[0] + UNKNOWN[2:] + check_character(UNKNOWN)
    assert "check character does not fit" in arrive(stage, slip, code=1)
    assert "打ちまちがい" in arrive(stage, slip, "--lang", "ja", code=1)
    assert place(home, "shop-a") == before


@pytest.mark.parametrize(
    ("number", "typed"),
    [
        (OTHERS[0], "{lot}{check}"),
        (OTHERS[1], "{lot}-{check}"),
        (OTHERS[2], "https://town.example/lots/{lot}?lang=ja"),
    ],
)
def test_a_number_that_is_vouched_for_may_come_before_its_record(stage, number, typed):
    whole = typed.format(lot=number, check=check_character(number))
    assert "accepted" in arrive(stage, whole.lower())
    lot = json.loads(minori("query", "lot", whole, "--key", "shop-a"))
    assert (lot["id"], lot["origin"]) == (number, "claim")


def test_a_number_on_record_is_not_asked_about(stage):
    lot = drawn(harvest(stage), "lot")
    assert "accepted" in arrive(stage, lot.lower())


def test_a_shops_number_is_read_wherever_it_is_typed(stage):
    lot = drawn(harvest(stage), "lot")
    whole = f"{lot.lower()}{check_character(lot)}"
    sale = ("submit", "lot.sell", f"lot={whole}", "quantity_g=1kg", "--key", "farm-a")
    assert "accepted" in minori(*sale)
    assert "accepted" in minori("sales", "remainder", f"{whole}=2kg", "--key", "farm-a")
    slip = "0" if check_character(lot) != "0" else "1"
    wrong = minori("sales", "remainder", f"{lot}{slip}=2kg", "--key", "farm-a", code=1)
    assert "check character" in wrong


def test_a_crop_of_nobodys_list_is_entered_in_words_and_named_by_the_office(stage, monkeypatch):
    """へべす at six in the morning; the office comes at nine."""
    gateway = stage.folder / "gateway"
    monkeypatch.setenv("MINORI_OTHER_CROPS_PATH", str(gateway / "other-crops.sqlite"))
    monkeypatch.setenv("MINORI_SITE__CATALOGUE_PATH", str(gateway / "catalogue.json"))
    monkeypatch.setenv("MINORI_SITE__NAMES_PATH", str(gateway / "names.json"))
    tried = words(stage, "crop=other:へべす", "quantity_g=12kg", "--dry-run")
    assert "would be accepted" in minori("submit", "lot.harvest", *tried)
    assert "へべす" not in minori("town", "crops")
    said = minori("submit", "lot.harvest", *words(stage, "crop=その他：へべす", "quantity_g=12kg"))
    assert "accepted" in said
    lot = drawn(said, "lot")
    shown = json.loads(minori("query", "lot", lot, "--key", "farm-a"))
    assert shown["crop"].startswith("other-")
    assert "へべす" not in (gateway / "projection.sqlite").read_bytes().decode("utf-8", "ignore")
    assert f"{shown['crop']}  " in minori("town", "crops")
    assert "near: " in minori("town", "name-crop", "へべす", "daikom", code=1)
    assert "Daikon radish from now on" in minori("town", "name-crop", "ヘベス", "だいこん")
    named = json.loads(minori("query", "lot", lot, "--key", "farm-a", "--lang", "ja"))
    assert named["crop_name"] == "だいこん"
    assert "erased" in minori("town", "forget-crop", "へべす")
    assert "へべす" not in minori("town", "crops")
    assert "no crop was entered" in minori("town", "name-crop", "へべす", "daikon", code=1)


def test_words_for_a_crop_are_kept_where_there_is_no_line_and_named_from_elsewhere(stage):
    """へべす in the field without a signal; the office names it from its own computer."""
    harvested = words(stage, "crop=other:へべす", "quantity_g=12kg")
    away = ("--gateway", "http://127.0.0.1:9")
    said = minori("submit", "lot.harvest", *harvested, "--later", *away)
    assert "go with the command" in said
    again = words(stage, "crop=other:ヘベス", "quantity_g=3kg")
    minori("submit", "lot.harvest", *again, "--later", *away)
    path = stage.folder / "home" / "keys" / "farm-a.json"
    ((code, (kept, salt)),) = json.loads(path.read_text())["words"].items()
    assert (kept, code_of(salt, kept)) == ("へべす", code)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    refused = words(stage, "crop=other:1234 5678 9018", "quantity_g=1kg")
    assert "12 digits" in minori("submit", "lot.harvest", *refused, *away, code=1)

    sent = minori("submit", "queue", "--key", "farm-a")
    assert sent.count("accepted") == 2
    assert "words" not in json.loads(path.read_text())
    office = ("--key", "registrar-town")
    assert f"{code}  " in minori("town", "crops", *office)
    assert "へべす" in minori("town", "crops", *office)
    assert "no crop was entered" in minori("town", "name-crop", "へべそ", "daikon", *office, code=1)
    assert "choose from" in minori("town", "name-crop", "へべす", "daikom", *office, code=1)
    assert "Daikon radish from now on" in minori("town", "name-crop", "ﾍﾍﾞｽ", "だいこん", *office)
    lot = drawn(said, "lot")
    named = json.loads(minori("query", "lot", lot, "--key", "farm-a", "--lang", "ja"))
    assert (named["crop"], named["crop_name"]) == (code, "だいこん")
    for farmer in (("--key", "farm-a"), ("--key", "inspector")):
        assert "office" in minori("town", "crops", *farmer, code=1)
        assert "office" in minori("town", "name-crop", "へべす", "carrot", *farmer, code=1)
        assert "office" in minori("town", "forget-crop", "へべす", *farmer, code=1)
    assert "no crop was entered" in minori("town", "forget-crop", "へべそ", *office, code=1)
    assert f"words of {code} are erased" in minori("town", "forget-crop", "ﾍﾍﾞｽ", *office)
    assert "へべす" not in minori("town", "crops", *office)
    assert "no crop was entered" in minori("town", "forget-crop", "へべす", *office, code=1)
    assert f"words of {code} are erased" in minori(
        "town", "forget-crop", code, *office
    )  # by its code, still
    again = json.loads(minori("query", "lot", lot, "--key", "farm-a", "--lang", "ja"))
    assert again["crop_name"] == "だいこん"
