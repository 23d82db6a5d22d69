"""A second town, unlike the demo, from a workbook to a page that a shopper reads."""

import json
import re
import stat

import httpx2
import pytest

from chaincode.base.envelope import base64url_decode
from chaincode.contract import MinoriContract
from chaincode.registry.founding import ledger_id
from gateway.demo.town import Person, Town
from gateway.device.keyring import Key
from gateway.ledgers.embedded import EmbeddedLedger
from gateway.running.app import create_app
from gateway.running.node import open_gateway
from gateway.settings import Settings, SiteSettings
from gateway.setup.faults import SetupError, WorkbookError
from gateway.setup.places import TownFiles
from gateway.setup.register import Register
from gateway.town.areas import Areas
from gateway.town.office_codes import OfficeCodes, PlotWords
from tests.gateway.setup.workbooks import Place, town
from tests.gateway.stage import URL, command_json, settings_in
from tests.gateway.web.reading import Page


def resident(files: TownFiles, code: str = "P001", plot: str = "A-1") -> Town:
    """Return the town as `Town.harvest` wants it: one farmer, with the key made by `apply`."""
    register = Register.look(files.register)
    key = Key.load(files.key(code))
    farmer = Person(
        name=("", ""),
        organisation="nokyo",
        party=key.party,
        party_kind="farm",
        role="farmer",
        actor=key.device.actor,
        device=key.device,
    )
    made = Town(
        constitution=register.constitution,
        ledger=ledger_id(register.constitution),
        registrars={},
        people={code: farmer},
        plots={code: register.entries["plots", plot].id},
    )
    register.close()
    return made


def gateway_settings(place: Place) -> Settings:
    base = settings_in(place.folder)
    site = SiteSettings(names_path=place.files.names, catalogue_path=place.files.catalogue)
    return base.model_copy(update={"site": site})


async def test_a_harvest_of_the_second_town_has_a_page(place):
    await place.apply(town())
    lot, harvest = resident(place.files).harvest("P001", 4_200, crop="rakkyo")
    async with open_gateway(gateway_settings(place)) as gateway:
        transport = httpx2.ASGITransport(create_app(gateway))
        async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
            sent = await client.post("/api/commands", json={"commands": [command_json(harvest)]})
            (answer,) = sent.json()["commands"]
            assert answer["status"] == "accepted", answer
            assert await gateway.follower.wait_for_height(answer["block"] + 1, timeout_s=10)
            japanese = Page((await client.get(f"/lots/{lot}?lang=ja")).text)
            english = Page((await client.get(f"/lots/{lot}?lang=en")).text)
            problem = Page((await client.get("/problems/nothing?lang=en")).text)
    for said in ("らっきょう", "上ノ原", "髙﨑ファーム", "霧島台村", "農林課", "0986-00-1234"):
        assert said in japanese.text, said
    for said in ("Rakkyo scallion", "Kaminohara", "Takasaki Farm", "Farming section"):
        assert said in english.text, said
    assert "0986-00-1234" in problem.text
    assert "デモ" not in japanese.text
    assert f"https://qr.kirishimadai.example/lots/{lot}" in japanese.html  # what the label says


async def test_the_ledger_is_as_the_workbook_has_it(place):
    outcome = await place.apply(town())
    register = Register.look(place.files.register)
    roles = {
        code: [(one["role"], one["since"], one.get("until")) for one in entry.ledger["roles"]]
        for (sheet, code), entry in register.entries.items()
        if sheet == "people"
    }
    assert roles["R1"] == [
        ("registrar", "2020-04-01", None),
        ("inspector", "2026-04-01", "2027-03-31"),
    ]
    assert roles["P001"] == [("farmer", "2018-04-01", None)]
    assert register.constitution.utc_offset_minutes == 570
    assert [one.id for one in register.constitution.organisations] == [
        *("mura", "nokyo", "ichiba", "seikyo")
    ]
    plot = register.entries["plots", "A-1"]
    assert plot.details == {"name": "裏の畑", "area_m2": 1_488}
    assert plot.ledger["party"] == register.entries["parties", "F001"].id
    assert plot.ledger["district"] == "45209-KAMI"
    assert outcome.commands > 0
    register.close()


async def test_areas_are_the_gateways_alone(place):
    await place.apply(town())
    register = Register.look(place.files.register)
    plot = register.entries["plots", "A-1"].id
    register.close()
    assert Areas(place.files.areas).current[plot] == 1_488
    assert stat.S_IMODE(place.files.areas.stat().st_mode) == 0o600
    before = place.files.areas.stat().st_mtime_ns
    await place.apply(town())
    assert place.files.areas.stat().st_mtime_ns == before
    assert "1488" not in place.files.catalogue.read_text() + place.files.names.read_text()


async def test_who_is_invited_makes_the_key_alone(place):
    await place.apply(town())
    assert not place.files.key("P002").exists()
    slip = place.files.invitation("P002")
    assert stat.S_IMODE(slip.stat().st_mode) == 0o600
    assert not place.files.invitation("P003").exists()
    first = slip.read_text()
    await place.apply(town())
    assert slip.read_text() == first


async def test_the_slip_to_hand_out_has_the_address_of_the_persons_organisation(place):
    rows = town()
    rows["town"][0] |= {"hours": "平日 8:30〜17:15", "invitation_days": 5}
    organisation = {row["code"]: row["organisation"] for row in rows["parties"]}
    party = next(row["party"] for row in rows["people"] if row["code"] == "P002")
    for row in rows["organisations"]:
        if row["code"] == organisation[party]:
            row["address"] = "https://gateway.nokyo.example/"
    await place.apply(rows)
    page, text = place.files.slip("P002").read_text(), place.files.invitation("P002").read_text()
    for said in (page, text):
        assert "https://gateway.nokyo.example" in said
        assert "2026年11月23日（月）まで" in said  # five days after the 18th
        assert "平日 8:30〜17:15" in said
        assert "0986-00-1234" in said
    assert stat.S_IMODE(place.files.slip("P002").stat().st_mode) == 0o600
    assert json.loads(place.files.catalogue.read_text())["town"]["hours"] == "平日 8:30〜17:15"
    await place.apply(rows)
    assert place.files.invitation("P002").read_text() == text
    await place.apply(rows, renewed=["P002"])
    assert place.files.invitation("P002").read_text() != text
    with pytest.raises(SetupError, match="P999"):
        await place.apply(rows, renewed=["P999"])


async def test_without_one_the_printed_address_stands_on_the_slip(place):
    await place.apply(town())
    assert "https://qr.kirishimadai.example/join#" in place.files.invitation("P002").read_text()


async def test_what_is_private_only_its_owner_may_read(place):
    await place.apply(town())
    private = [place.files.register, *place.files.key("R1").parent.iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    names = json.loads(place.files.names.read_text())["parties"]
    assert [one["ja"] for one in names.values()] == ["髙﨑ファーム"]  # who agreed


PLANTED = "植ゑた名札"
CODE = "office-code-"


def planted():
    """Return the town with one name in every cell that takes text for people, and known codes."""
    rows = town()
    for key, cells in {
        "town": ("office", "office_english"),
        "districts": ("name", "english"),
        "parties": ("name", "english"),
        "people": ("name", "reading"),
        "plots": ("name",),
        "crops": ("name", "english", "reading"),
        "inputs": ("name", "english"),
        "grades": ("name", "english"),
    }.items():
        for row in rows[key]:
            for cell in cells:
                if key != "people" or row.get("party"):
                    row[cell] = f"{PLANTED}{cell}"
    for key in ("parties", "people", "plots"):
        for row in rows[key]:
            row["code"] = CODE + row["code"]
            if row.get("party"):
                row["party"] = CODE + row["party"]
    for row in rows["parties"]:
        row |= {"publish": "はい", "phone": "0986-555-4321"}
    for row in rows["plots"]:
        row |= {"area": "123456789m2", "unit": ""}
    return rows


async def spoken(path) -> bytes:
    """Return everything that a ledger has, encoded parts decoded, after its file as it is."""
    ledger = await EmbeddedLedger.open(path, contract=MinoriContract())
    said = [path.read_bytes()]
    stream = ledger.blocks(0)
    for _ in range(await ledger.height()):
        for transaction in (await anext(stream)).transactions:
            for wire in transaction.commands:
                said += [
                    wire,
                    *(base64url_decode(part) for part in re.split("[.~]", wire.decode())),
                ]
            said += [json.dumps(transaction.results, ensure_ascii=False).encode()]
            said += [
                part for key, value in transaction.writes.items() for part in (key.encode(), value)
            ]
    await stream.aclose()
    await ledger.close()
    return b"\n".join(said)


async def test_no_name_number_or_code_reaches_the_ledger(place):
    await place.apply(planted())
    everything = await spoken(place.path)
    assert "霧島台村".encode() in everything  # what organisations publish is found by this search
    assert b"45209-KAMI" in everything
    for text in (PLANTED, CODE, "555-4321", "5554321", "123456789"):
        assert text.encode() not in everything, text
        assert json.dumps(text)[1:-1].encode() not in everything, text
    register = place.files.register.read_bytes()
    assert PLANTED.encode() in register
    assert CODE.encode() in register


async def test_a_faulty_workbook_leaves_no_trace(place):
    rows = town()
    rows["people"][0]["since"] = "いつか"
    with pytest.raises(WorkbookError):
        await place.apply(rows)
    assert not place.files.folder.exists()


async def test_the_offices_codes_are_the_gateways_alone(place):
    await place.apply(town())
    register = Register.look(place.files.register)
    ids = {key: entry.id for key, entry in register.entries.items()}
    register.close()
    office, path = OfficeCodes(place.files.office_codes), place.files.office_codes
    assert office.plot(ids["plots", "A-1"]) == PlotWords(code="A-1", name="裏の畑")
    assert office.plot(ids["plots", "A-2"]) == PlotWords(code="A-2", name="")
    assert office.party(ids["parties", "F002"]) == "F002"
    assert office.person(ids["people", "P003"]) == "P003"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for private in ("髙﨑", "非公開農園", "匿名", "0986"):  # of parties and people, codes alone
        assert private not in path.read_text()
    assert "裏の畑" not in place.files.catalogue.read_text() + place.files.names.read_text()
    before = path.stat().st_mtime_ns
    await place.apply(town())
    assert path.stat().st_mtime_ns == before
    rows = town()
    rows["plots"][0]["name"] = "前の畑"
    await place.apply(rows)
    assert office.plot(ids["plots", "A-1"]) == PlotWords(code="A-1", name="前の畑")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
