"""A workbook may be applied again, changed, interrupted, and never mixes towns."""

import json
from dataclasses import replace

import pytest

from gateway.ledgers.port import LedgerUnavailableError
from gateway.setup.applying import plan_application, preview
from gateway.setup.faults import FaultKind, RegisterError, WorkbookError, WrongTownError
from gateway.setup.register import Register
from tests.gateway.setup.workbooks import NOW, TODAY, Place, read, town


def of(place, sheet):
    register = Register.look(place.files.register)
    try:
        return {code: entry for (key, code), entry in register.entries.items() if key == sheet}
    finally:
        register.close()


def kinds(error):
    return [fault.kind for fault in error.value.faults]


async def test_the_second_time_nothing_is_done(place):
    first = await place.apply(town())
    before = {path: path.read_bytes() for path in place.files.folder.rglob("*") if path.is_file()}
    again = await place.apply(town())
    assert (first.commands > 0, again.commands) == (True, 0)
    assert again.plan.is_nothing
    after = {path: path.read_bytes() for path in place.files.folder.rglob("*") if path.is_file()}
    assert after == before


async def test_three_new_rows_add_three(place):
    await place.apply(town())
    rows = town()
    rows["parties"] += [
        {"code": f"F10{number}", "organisation": "nokyo", "kind": "農園", "name": f"新農園{number}"}
        for number in range(3)
    ]
    outcome = await place.apply(rows)
    assert outcome.commands == 3
    assert [line.what for line in outcome.plan.created] == ["F100", "F101", "F102"]
    assert all(
        entry.ledger["kind"] == "farm"
        for entry in of(place, "parties").values()
        if entry.code > "F099" and entry.code < "G"
    )


async def test_a_row_is_known_by_its_code_and_never_by_its_name(place):
    await place.apply(town())
    before = of(place, "parties")["F001"]
    rows = town()
    rows["parties"][4]["name"] = "山ノ上ファーム"
    outcome = await place.apply(rows)
    assert outcome.commands == 0
    assert [(line.what, line.members) for line in outcome.plan.changed] == [
        ("F001", ("name", "publish"))
    ]
    assert of(place, "parties")["F001"].id == before.id
    names = json.loads(place.files.names.read_text())["parties"]
    assert names[before.id]["ja"] == "山ノ上ファーム"


async def test_a_withdrawn_name_goes_and_one_taken_out_by_hand_stays_out(place):
    await place.apply(town())
    place.files.names.write_text('{"parties": {}}')
    await place.apply(town())
    assert json.loads(place.files.names.read_text())["parties"] == {}
    rows = town()
    rows["parties"][5]["publish"] = "はい"
    await place.apply(rows)
    assert len(json.loads(place.files.names.read_text())["parties"]) == 1
    await place.apply(town())
    assert json.loads(place.files.names.read_text())["parties"] == {}


async def test_changed_roles_and_plots_follow(place):
    await place.apply(town())
    rows = town()
    person = next(row for row in rows["people"] if row["code"] == "P001")
    person["until"] = "令和9年3月31日"
    rows["plots"][0]["party"] = "F002"
    outcome = await place.apply(rows)
    assert outcome.commands == 2
    assert of(place, "people")["P001"].ledger["roles"][0]["until"] == "2027-03-31"
    assert of(place, "plots")["A-1"].ledger["party"] == of(place, "parties")["F002"].id


async def test_a_key_can_be_made_later(place):
    await place.apply(town())
    rows = town()
    next(row for row in rows["people"] if row["code"] == "P003")["key"] = "作成"
    outcome = await place.apply(rows)
    assert outcome.commands == 1
    assert of(place, "people")["P003"].is_enrolled


async def test_rows_that_are_gone_are_left_alone(place):
    await place.apply(town())
    rows = town()
    rows["people"] = [row for row in rows["people"] if row["code"] != "P003"]
    outcome = await place.apply(rows)
    assert outcome.commands == 0
    assert [line.what for line in outcome.plan.left] == ["P003"]
    assert of(place, "people")["P003"].ledger is not None


class Failing:
    """A ledger that breaks at its n-th submission, before or after it is ordered."""

    def __init__(self, ledger, *, at, after):
        self._ledger, self._left, self._after = ledger, at, after

    def __getattr__(self, name):
        return getattr(self._ledger, name)

    async def submit(self, commands, *, at=None):
        self._left -= 1
        if self._left == 0 and not self._after:
            raise LedgerUnavailableError("gone")
        receipt = await self._ledger.submit(commands, at=at)
        if self._left == 0:
            raise LedgerUnavailableError("gone")
        return receipt


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
async def test_an_interrupted_application_goes_on(place, at, after):
    with pytest.raises(LedgerUnavailableError):
        await place.apply(town(), ledger=lambda real: Failing(real, at=at, after=after))
    drawn = {code: entry.id for code, entry in of(place, "parties").items()}
    await place.apply(town())
    assert {code: entry.id for code, entry in of(place, "parties").items()} == drawn
    assert all(entry.ledger is not None for entry in of(place, "plots").values())
    assert (await place.apply(town())).commands == 0


async def test_what_no_command_changes_is_a_fault(place):
    await place.apply(town())
    rows = town()
    rows["parties"][4] |= {"kind": "店"}
    next(row for row in rows["people"] if row["code"] == "P002")["party"] = "F001"
    rows["organisations"][0]["title"] = "別の村"
    rows["town"][0]["offset_minutes"] = "+9:00"
    with pytest.raises(WorkbookError) as error:
        await place.apply(rows)
    faults = {(fault.sheet[1], fault.column[1]) for fault in error.value.faults}
    assert set(kinds(error)) == {FaultKind.NOT_CHANGEABLE}
    assert faults >= {
        ("town", "UTC offset"),
        ("organisations", "title"),
        ("parties", "kind"),
        ("people", "party"),
    }


async def test_a_published_spec_is_only_ever_followed(place):
    await place.apply(town())
    rows = town()
    rows["packings"][0]["grams"] = 1_000
    rows["norms"].append({**rows["norms"][0], "since": "2026-03-01"})
    with pytest.raises(WorkbookError) as error:
        await place.apply(rows)
    assert kinds(error) == [FaultKind.SPEC_CHANGED, FaultKind.SPEC_TOO_EARLY]
    rows = town()
    rows["packings"].append({**rows["packings"][0], "grams": 1_000, "since": "2026-12-01"})
    await place.apply(rows)
    catalogue = json.loads(place.files.catalogue.read_text())
    assert catalogue["version"] == 2
    assert catalogue["changed_on"] == TODAY
    assert [one["grams"] for one in catalogue["packings"]] == [1_500, 1_000]
    first = json.loads(place.files.catalogue.with_suffix(".v1.json").read_text())
    assert [one["grams"] for one in first["packings"]] == [1_500]


async def test_a_demo_and_a_real_town_never_mix(place):
    demo = town()
    demo["town"][0]["kind"] = "デモ"
    await place.apply(town())
    with pytest.raises(WrongTownError, match="a demo and a real town"):
        await place.apply(demo)
    # Not even where the register is another one.
    elsewhere = Place(place.folder)
    elsewhere.files = replace(place.files, folder=place.folder / "elsewhere")
    with pytest.raises(WrongTownError, match="a demo and a real town"):
        await elsewhere.apply(demo)


async def test_a_real_workbook_is_refused_by_a_demo(place):
    demo = town()
    demo["town"][0]["kind"] = "demo"
    await place.apply(demo)
    with pytest.raises(WrongTownError, match="demo"):
        await place.apply(town())


async def test_another_town_is_refused(place):
    await place.apply(town())
    rows = town()
    rows["town"][0]["name"] = "となり町"
    with pytest.raises(WrongTownError):
        await place.apply(rows)
    rows = town()
    rows["town"][0]["ledger"] = "ab" * 32
    with pytest.raises(WrongTownError):
        await place.apply(rows)
    register = Register.look(place.files.register)
    rows["town"][0]["ledger"] = register.ledger
    register.close()
    assert (await place.apply(rows)).commands == 0


async def test_a_new_ledger_can_have_no_id_in_its_workbook(place):
    rows = town()
    rows["town"][0]["ledger"] = "ab" * 32
    with pytest.raises(WrongTownError):
        await place.apply(rows)


async def test_a_ledger_without_its_register_is_refused(place):
    await place.apply(town())
    place.files = replace(place.files, folder=place.folder / "lost")
    with pytest.raises(RegisterError):
        await place.apply(town())


async def test_a_register_whose_ledger_is_gone_is_refused(place):
    await place.apply(town())
    place.path = place.folder / "other.sqlite"
    with pytest.raises(RegisterError):
        await place.apply(town())


async def test_two_applications_at_once_are_refused(place):
    held = Register.open(place.files.register)
    try:
        with pytest.raises(RegisterError):
            await place.apply(town())
    finally:
        held.close()


async def test_a_preview_writes_nothing(place, tmp_path):
    reading = read(tmp_path, town())
    plan = await preview(reading, place.files, None, now=NOW)
    assert plan.founds
    assert len(plan.created) == len(reading.book.parties) + 8 + 2 + 6
    assert not place.files.folder.exists()


async def test_without_the_ledger_the_register_remembers(place, tmp_path):
    await place.apply(town())
    register = Register.look(place.files.register)
    plan = plan_application(read(tmp_path, town()), register, place.files, today=TODAY)
    register.close()
    assert plan.is_nothing
    assert plan.same == 7 + 8 + 2
