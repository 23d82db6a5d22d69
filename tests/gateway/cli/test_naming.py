"""Names at the command line, in a town founded by a workbook: first entries from nothing else."""

import asyncio
import contextlib
import json
import shutil
import stat
from typing import get_args

import pytest
from typer.testing import CliRunner

from chaincode.base import shapes
from chaincode.rules import EVER
from gateway.cli import naming
from gateway.cli.arguments import NAMED_BY
from gateway.cli.own_choices import terms
from gateway.cli.said import WORDS
from gateway.device.keyring import Key, payload_of
from gateway.typed import member_names
from network.cli import app
from tests.gateway.setup.workbooks import save, town, wide
from tests.scenarios.stage import GatewayProcess

run = CliRunner()
AWAY = "http://127.0.0.1:9"  # nobody listens there
TAKEN = "受付"  # accepted

PEOPLE = {"farmer": "P001", "neighbour": "P002", "shop": "P003", "clerk": "P004", "registrar": "R2"}


def rows():
    """Return the second town's workbook, with a market that publishes its name, and a clerk."""
    book = town()
    book["organisations"][1]["roles"] = "登録係,生産者,窓口"
    for row in book["parties"]:
        if row["code"] == "S001":
            row |= {"publish": "はい", "name": "朝市Ａ", "english": "Morning market A"}
    book["parties"] += [
        {"code": "H001", "organisation": "nokyo", "kind": "公民館", "name": "公民館"},
        {
            "code": "S002",
            "organisation": "ichiba",
            "kind": "店",
            "name": "直売所",
            "publish": "はい",
        },
    ]
    for row in book["people"]:
        if row["code"] in {"P002", "P003"}:
            row["key"] = "作成"
    book["people"].append(
        {
            "code": "P004",
            "party": "H001",
            "name": "窓口 係",
            "role": "窓口",
            "since": "2020-04-01",
            "key": "作成",
        }
    )
    book["plots"] += [
        {"code": "A-3", "party": "F001", "district": "45209-KAMI", "name": "ｳﾗﾉﾔﾏ"},
    ]
    book["crops"] += [
        {"code": "carrot", "name": "にんじん", "english": "Carrot", "category": "根菜"},
        {"code": "piiman", "name": "ピーマン", "english": "Green pepper", "category": "果菜"},
    ]
    return book


class Office:
    """The town's folder, its gateway, and everybody's homes with a key each."""

    def __init__(self, folder):
        self.folder = folder
        self.town = folder / "var" / "town"
        self.gateway = GatewayProcess(
            folder=folder / "gateway",
            is_warm=True,
            environment={
                "MINORI_LEDGER__PATH": str(folder / "var" / "ledger.sqlite"),
                "MINORI_SITE__NAMES_PATH": str(self.town / "names.json"),
                "MINORI_SITE__CATALOGUE_PATH": str(self.town / "catalogue.json"),
                "MINORI_SITE__AREAS_PATH": str(self.town / "areas.json"),
                "MINORI_SITE__OFFICE_CODES_PATH": str(self.town / "office-codes.json"),
            },
        )

    def found(self):
        book = rows()
        book["town"][0]["address"] = self.gateway.url
        save(self.folder / "town.xlsx", book)
        environment = {
            "MINORI_LISTEN__PORT": str(self.gateway.port),
            "MINORI_LEDGER__PATH": str(self.folder / "var" / "ledger.sqlite"),
        }
        words = ["town", "apply", str(self.folder / "town.xlsx"), "-d", str(self.town)]
        result = run.invoke(app, words, env=environment)
        assert result.exit_code == 0, result.output + result.stderr
        for name, code in PEOPLE.items():
            home = self.folder / name / "keys"
            home.mkdir(parents=True)
            shutil.copy(self.town / "keys" / f"{code}.json", home / "own.json")

    def key(self, name):
        return self.folder / name / "keys" / "own.json"

    def minori(self, name, *words, code=0, away=False, lang="ja"):
        """Run it in somebody's home, and return what it said."""
        result = self.run(name, words, code=code, away=away, lang=lang)
        return result.output + result.stderr

    def ask(self, name, *words):
        """Run a query, and return the JSON that it prints, and nothing else."""
        return json.loads(self.run(name, ("query", *words)).stdout)

    def run(self, name, words, *, code=0, away=False, lang="ja"):
        environment = {"MINORI_HOME": str(self.folder / name), "MINORI_LANG": lang}
        if away:
            environment["MINORI_GATEWAY"] = AWAY
        result = run.invoke(app, words, env=environment)
        assert result.exit_code == code, (result.output, result.stderr, result.exception)
        return result

    def me(self, name):
        return self.ask(name, "me")


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    made = Office(tmp_path_factory.mktemp("office"))
    made.found()
    try:
        made.gateway.start()
        asyncio.run(made.gateway.ready())
        yield made
    finally:
        made.gateway.stop()


def signed(said):
    """Return the id of the lot or shipment that was drawn."""
    return said.split()[-1]


def test_a_farmers_first_harvest_and_shipment_are_typed_from_names_alone(office):
    said = office.minori(
        *("farmer", "submit", "lot.harvest", f"plot={wide('A-1')}", "crop=らっきょう"),
        *("quantity_g=4.2kg", "estimated=false"),
    )
    assert TAKEN in said
    assert "A-1 裏の畑 上ノ原" in said  # what was understood is told
    said = office.minori(
        *("farmer", "submit", "lot.ship", "lot=ﾗｯｷｮｳ", "recipient=朝市A", "quantity_g=2kg")
    )
    assert TAKEN in said
    assert "朝市Ａ 店" in said
    (coming,) = office.ask("shop", "shipments")["shipments"]
    assert (coming["sender_name"], coming["shipped_g"]) == ("髙﨑ファーム", 2_000)
    said = office.minori(
        *("shop", "submit", "lot.receive", "shipment=らっきょう", f"lot={coming['lot']}"),
        "received_g=2kg",
    )
    assert TAKEN in said


@pytest.mark.parametrize(
    "typed", ["P002", wide("p002"), "P002 ファイル", wide("F002"), "F002 ﾌｧｲﾙ", "F002 生産者"]
)
def test_a_registrar_calls_a_key_by_the_offices_codes_of_whom_it_is(office, typed):
    kid = json.loads(office.key("neighbour").read_bytes())["kid"]
    words = ("submit", "key.revoke", f"device={typed}", "--dry-run")
    said = office.minori("registrar", *words)
    assert "P002 F002" in said
    assert kid in said
    none = office.minori("farmer", *words, code=1)
    assert kid not in none  # of another farm
    assert "P001 F001 髙﨑ファーム 生産者 本人のコンピューターのファイルの鍵" in none


def test_a_registrar_calls_a_key_by_a_published_name(office):
    words = ("submit", "key.revoke", "--dry-run")
    kid = json.loads(office.key("farmer").read_bytes())["kid"]
    assert kid in office.minori("registrar", *words, "device=髙﨑ﾌｧｰﾑ")
    assert kid in office.minori("registrar", *words, "device=takasaki farm", lang="en")
    shown = office.minori("registrar", *words, "device=だれか", code=1)
    assert "P002 F002 生産者 本人のコンピューターのファイルの鍵 登録 20" in shown
    assert "R2 O2 登録係" in shown
    assert "P003" not in shown  # of another organisation


def test_members_are_said_and_typed_in_japanese(office):
    """What was understood, filled in, lacks or is not understood: nothing is called in English."""
    said = office.minori(
        *("farmer", "submit", "lot.harvest", f"畑={wide('A-1')}", "品目=らっきょう"),
        *("量=1.2kg", "見積もり=いいえ", "--dry-run"),
    )
    assert "畑       A-1 裏の畑 上ノ原" in said
    assert "品目     らっきょう" in said
    lacking = office.minori("farmer", "submit", "lot.harvest", "品目=らっきょう", code=1)
    assert "畑（plot）, 量（quantity_g）, 見積もり（estimated）" in lacking
    unknown = office.minori("farmer", "submit", "lot.harvest", "畑=だれか", code=1)
    assert "畑（plot）=だれか：分かりません" in unknown
    wrong = office.minori("farmer", "submit", "lot.harvest", "量=少し", code=1)
    assert "量（quantity_g）=少し" in wrong
    consigned = ("submit", "consignment.grant", "店=朝市A", "since=4/1", "until=2030/3/31")
    told = office.minori("farmer", *consigned, "--dry-run", code=1)
    assert "店       朝市Ａ 店" in told
    listed = office.minori("farmer", "submit", "list")
    assert "店（shop）" in listed
    english = office.minori("farmer", "submit", "list", lang="en")
    assert "（" not in english


def test_what_is_known_is_kept_beside_the_key_for_its_owner_alone(office):
    me = office.me("farmer")
    assert [one["code"] for one in me["plots"]] == sorted(
        (one["code"] for one in me["plots"]), key=lambda code: ids(me)[code]
    )
    assert {one["code"]: one["name"] for one in me["plots"]} == {
        "A-1": "裏の畑",
        "A-3": "ウラノヤマ",
    }
    path = office.key("farmer").with_suffix(".known")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "裏の畑" in path.read_text()
    assert "own" in office.minori("farmer", "keys", "list")  # it is no key


def ids(me):
    return {one["code"]: one["id"] for one in me["plots"]}


def test_without_a_line_names_are_read_by_what_was_known(office):
    office.minori("farmer", "query", "me")
    before = len(Key.load(office.key("farmer")).queue)
    said = office.minori(
        *("farmer", "submit", "lot.harvest", "plot=裏の畑", "crop=ﾆﾝｼﾞﾝ"),
        *("quantity_g=1kg", "estimated=true", "--later"),
        away=True,
    )
    assert "覚えたもので読みました" in said
    said = office.minori(
        *("farmer", "submit", "lot.ship", "lot=にんじん", "recipient=朝市Ａ"),
        *("quantity_g=400g", "--later"),
        away=True,
    )
    harvest, ship = map(payload_of, Key.load(office.key("farmer")).queue[before:])
    assert harvest["body"]["crop"] == "carrot"
    assert ship["body"]["lot"] == harvest["body"]["lot"]  # that waits, and no list has it
    assert office.minori("farmer", "submit", "queue").count(TAKEN) == 2


def test_without_a_line_and_without_having_asked_it_says_what_to_do(office):
    with contextlib.suppress(FileNotFoundError):
        office.key("neighbour").with_suffix(".known").unlink()
    words = ("submit", "lot.harvest", "plot=A-2", "crop=carrot", "quantity_g=1kg")
    words += ("estimated=false", "--later")
    assert "minori query me" in office.minori("neighbour", *words, away=True, code=1)
    assert Key.load(office.key("neighbour")).queue == []
    said = office.minori("neighbour", *words, away=True, code=1, lang="en")
    assert "where there is a line" in said


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    ("type_name", "word", "shown", "hidden"),
    [
        ("lot.harvest", "plot=A-9", ["A-1 裏の畑", "A-3 ウラノヤマ"], ["A-2"]),
        ("lot.harvest", "plot=A-2", ["A-1 裏の畑"], ["A-2 "]),  # the neighbour's
        ("lot.harvest", "crop=にんじん大", ["carrot"], []),
        ("lot.ship", "recipient=夕市", ["直売所", "朝市Ａ|Morning market A"], ["非公開農園"]),
        ("lot.ship", "lot=だいこん", ["らっきょう|Rakkyo"], []),
        ("lot.correct_harvest", "reason=なんとなく", ["量り直し|Weighed again"], []),
        ("lot.discard", "reason=計量", ["売れ残り|Unsold"], ["量り直し"]),
        ("recall.declare", "kind=こわい", ["安全|Safety"], []),
    ],
)
def test_what_is_not_understood_is_refused_with_the_choices(
    office, type_name, word, shown, hidden, lang
):
    said = office.minori("farmer", "submit", type_name, word, code=1, lang=lang)
    member, typed = word.split("=")
    assert f"{member_names.typed(member).say(lang)}={typed}" in said
    assert ("分かりません" if lang == "ja" else "not understood") in said
    for one in shown:
        parts = one.split("|")
        assert parts[0 if lang == "ja" else -1] in said, one
    choices = said.split("\n", 1)[1]
    assert not [one for one in hidden if one in choices]
    assert Key.load(office.key("farmer")).queue == []


def test_several_of_one_name_are_listed_and_none_is_taken(office):
    for plot in ("A-1", "A-3"):
        office.minori(
            *("farmer", "submit", "lot.harvest", f"plot={plot}", "crop=ピーマン"),
            *("quantity_g=3kg", "estimated=false"),
        )
    words = ("farmer", "submit", "lot.own_use", "quantity_g=1kg")
    said = office.minori(*words, "lot=ピーマン", code=1)
    assert "いくつかあります" in said
    assert said.count("ピーマン") >= 3
    assert TAKEN in office.minori(*words, "lot=ﾋﾟｰﾏﾝ ｳﾗﾉﾔﾏ")  # by two of its names


def test_whoever_signs_for_another_types_that_ones_names(office):
    farm, clerk = office.me("farmer"), office.me("clerk")
    assert TAKEN in office.minori(
        *("farmer", "submit", "mandate.grant", f"principal={farm['actor']}"),
        *(f"agent={clerk['actor']}", "types=lot.harvest,lot.ship"),
        *("since=2020-01-01", "until=2099-12-31"),
    )
    said = office.minori(
        *("clerk", "submit", "lot.harvest", "--on-behalf", "髙﨑ﾌｧｰﾑ", "plot=うらのやま"),
        *("crop=Carrot", "quantity_g=2kg", "estimated=false"),
    )
    assert TAKEN in said
    said = office.minori(
        *("clerk", "submit", "lot.harvest", "plot=うらのやま", "crop=Carrot"),
        *("quantity_g=2kg", "estimated=false"),
        code=1,
    )
    assert "分かりません" in said  # it is not the clerk's own
    said = office.minori(
        *("clerk", "submit", "lot.harvest", "--on-behalf", "だれか", "plot=A-1", "crop=carrot"),
        code=1,
    )
    assert "P001 髙﨑ファーム" in said


def test_a_delivery_is_confirmed_by_the_farms_name(office):
    said = office.minori(
        *("farmer", "submit", "lot.harvest", "plot=A-1", "crop=carrot"),
        *("quantity_g=5kg", "estimated=false"),
    )
    lot = next(line.split()[-1] for line in said.splitlines() if line.startswith("ロット "))
    agreed = office.minori("farmer", "consign", "give", "朝市A", "--until", "2097-03-31")
    assert TAKEN in agreed
    said = office.minori(
        *("shop", "arrive", f"{lot}=1.5kg", "--producer", "髙﨑ファーム", "--crop", "ニンジン")
    )
    assert TAKEN in said
    assert office.ask("shop", "lot", "にんじん", "--key", "own")["id"] == lot


def test_numbers_and_codes_are_taken_as_before_and_ask_nobody(office):
    me = office.me("farmer")
    plot = ids(me)["A-1"]
    said = office.minori(
        *("farmer", "submit", "lot.harvest", f"plot={plot}", "crop=carrot"),
        *("quantity_g=1kg", "estimated=false", "--later"),
        away=True,
    )
    assert "覚えた" not in said
    assert TAKEN in office.minori("farmer", "submit", "queue")


def test_a_whole_line_of_full_width_is_understood(office):
    said = office.minori(
        *("farmer", "submit", "lot.harvest", wide("plot=A-1"), f"{wide('crop=')}らっきょう"),
        *("packs=3袋", "estimated=いいえ", "--later"),
        away=True,
    )
    assert "1,500 g" in said  # by what was known: there is no line
    payload = payload_of(Key.load(office.key("farmer")).queue[-1])
    assert payload["body"]["crop"] == "rakkyo"
    assert TAKEN in office.minori("farmer", "submit", "queue")


@pytest.mark.parametrize("word", ["estimated=たぶん", "estimated=", "estimated=2"])
def test_neither_yes_nor_no_is_refused(office, word):
    said = office.minori("farmer", "submit", "lot.harvest", word, code=1)
    assert "はい" in said
    assert "いいえ" in said


def test_a_registrar_invites_in_the_towns_words(office):
    registrar = office.town / "keys" / "R2.json"
    words = ("farmer", "keys", "invite", "--key", str(registrar), "--kind", "農家")
    said = office.minori(*words, "--role", "生産者")
    assert TAKEN in said
    further = ("--party", "高崎ﾌｧｰﾑ", "--role", "生産者")
    assert TAKEN in office.minori(*words, *further)
    (person,) = [one for one in office.me("farmer")["people"] if not one["is_me"]]
    assert [one["role"] for one in person["roles"]] == ["farmer"]
    assert Key.load(registrar).queue == []
    assert "選べる" in office.minori(*words, "--role", "せいさんしゃ", code=1)
    assert "農園" in office.minori(*words[:-1], "畑", code=1)


IDS = (shapes.LotId, shapes.ShipmentId, shapes.RollId, shapes.PseudonymId)


def test_every_number_that_is_drawn_has_a_label():
    for member in set(NAMED_BY.values()):
        assert f"app.drawn.{member}" in WORDS, member


def test_every_id_that_a_command_takes_can_be_named():
    named = naming.PEOPLE | naming.PLOTS | naming.PARTIES | naming.LISTED.keys()
    numbers = {get_args(one)[1].schema()["pattern"] for one in IDS}
    for name, kind in EVER.items():
        for shape in filter(None, (kind.body, kind.closed)):
            for member, schema in shapes.schema(shape)["properties"].items():
                inner = schema["items"] if schema["type"] == "array" else schema
                if inner.get("pattern") in numbers:
                    assert member in named, (name, member)
                elif "|" in inner.get("pattern", "") and "[" not in inner["pattern"]:
                    assert terms(name, member), (name, member)
