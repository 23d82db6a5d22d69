"""Workbooks for tests: a second town, unlike the demo in every respect, and ways to spoil it."""

import copy

from openpyxl import Workbook

from chaincode.contract import MinoriContract
from gateway.ledgers.embedded import EmbeddedLedger
from gateway.setup.applying import apply_workbook
from gateway.setup.checking import check
from gateway.setup.ledger_view import Doors
from gateway.setup.places import TownFiles
from gateway.setup.reading import read_workbook
from gateway.setup.schema import SHEETS


def wide(text):
    """Return ASCII as a Japanese keyboard types it: full-width."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


NOW = 1_795_000_000.0  # 2026-11-18
TODAY = "2026-11-18"
GATEWAY = "http://127.0.0.1:8000"

# Four organisations with registrars, no auditor, none of the demo's MSP ids, roles or crops;
# another offset; Japanese and English answers, both calendars, both widths.
TOWN = {
    "town": [
        {
            "name": "霧島台村",
            "kind": "本番",
            "offset_minutes": wide("+9:30"),
            "address": "https://qr.kirishimadai.example/",
            "office": "農林課",
            "office_english": "Farming section",
            "phone": wide("0986\u221200\u22121234"),
        }
    ],
    "organisations": [
        {
            "code": "mura",
            "msp": "MuraMSP",
            "kind": "役場",
            "title": "霧島台村",
            "roles": "登録係、農地係、検査員",
        },
        {
            "code": "nokyo",
            "msp": "NokyoMSP",
            "kind": "農協",
            "title": "霧島台農協",
            "roles": "登録係,生産者",
        },
        {
            "code": "ichiba",
            "msp": "IchibaMSP",
            "kind": "商店会",
            "title": "朝市組合",
            "roles": "registrar、販売者、回収担当",
        },
        {
            "code": "seikyo",
            "msp": "SeikyoMSP",
            "kind": "shops",
            "title": "生協",
            "roles": "registrar shop",
        },
    ],
    "districts": [{"code": wide("45209\u2212kami"), "name": "上ノ原", "english": "Kaminohara"}],
    "parties": [
        {"code": "O1", "organisation": "mura", "kind": "事務所", "name": "村役場"},
        {"code": "O2", "organisation": "nokyo", "kind": "事務所", "name": "農協本所"},
        {"code": "O3", "organisation": "ichiba", "kind": "事務所", "name": "朝市事務所"},
        {"code": "O4", "organisation": "seikyo", "kind": "office", "name": "生協事務所"},
        {
            "code": "F001",
            "organisation": "nokyo",
            "kind": "農園",
            "name": "髙﨑ﾌｧｰﾑ",
            "english": "Takasaki Farm",
            "publish": "はい",
            "phone": "0986-00-9999",
        },
        {"code": "F002", "organisation": "nokyo", "kind": "farm", "name": "非公開農園"},
        {"code": "S001", "organisation": "ichiba", "kind": "店", "name": "朝市"},
    ],
    "people": [
        {
            "code": "R1",
            "party": "O1",
            "name": "登録 一郎",
            "role": "登録係",
            "since": "令和2年4月1日",
            "key": "作成",
        },
        {"code": "R1", "role": "検査員", "since": "R8.4.1", "until": "2027/3/31"},
        {
            "code": "R2",
            "party": "O2",
            "name": "登録 二郎",
            "role": "registrar",
            "since": "2020-04-01",
            "key": "make",
        },
        {
            "code": "R3",
            "party": "O3",
            "name": "登録 三郎",
            "role": "登録係",
            "since": "2020-04-01",
            "key": "作成",
        },
        {
            "code": "R4",
            "party": "O4",
            "name": "登録 四郎",
            "role": "登録係",
            "since": "2020-04-01",
            "key": "作成",
        },
        {
            "code": "L1",
            "party": "O1",
            "name": "農地 花子",
            "role": "農地係",
            "since": "2020-04-01",
            "key": "作成",
        },
        {
            "code": "P001",
            "party": "F001",
            "name": "髙﨑 実",
            "reading": "ﾀｶｻｷ ﾐﾉﾙ",
            "role": "生産者",
            "since": "平成30年4月1日",
            "key": "作成",
        },
        {
            "code": "P002",
            "party": "F002",
            "name": "匿名 希望",
            "role": "生産者",
            "since": "2026-04-01",
            "key": "招待",
        },
        {
            "code": "P003",
            "party": "S001",
            "name": "朝市 太郎",
            "role": "販売者",
            "since": "2026-04-01",
        },
    ],
    "plots": [
        {
            "code": "A-1",
            "party": "F001",
            "district": "45209-KAMI",
            "name": "裏の畑",
            "area": "1反5畝",
        },
        {"code": "A-2", "party": "F002", "district": "45209-KAMI", "area": 10, "unit": "a"},
    ],
    "crops": [
        {
            "code": "rakkyo",
            "name": "らっきょう",
            "english": "Rakkyo scallion",
            "reading": "ﾗｯｷｮｳ",
            "category": "根菜",
        }
    ],
    "packings": [{"crop": "rakkyo", "unit": "袋", "grams": "1.5kg", "since": "令和8年4月1日"}],
    "inputs": [
        {"code": "S1", "name": "鶏ふん", "kind": "肥料", "organic": "はい", "since": "2026-04-01"}
    ],
    "norms": [
        {"crop": "rakkyo", "measure": "pesticide-uses", "value_tenths": "12", "since": "2026-04-01"}
    ],
    "grades": [
        {
            "code": "a",
            "name": "特選",
            "rank": 1,
            "pesticide_percent": "50%",
            "nitrogen_percent": 50,
            "since": "2026-04-01",
        }
    ],
}


def town():
    """Return the second town's rows, to be changed."""
    return copy.deepcopy(TOWN)


def page(sheet):
    return f"{sheet.ja} {sheet.en}"


def save(path, rows, change=None):
    """Write a workbook as an office would, with plain openpyxl; `change` spoils it."""
    book = Workbook()
    book.remove(book.active)
    for sheet in SHEETS:
        there = book.create_sheet(page(sheet))
        there.append([f"{column.ja}\n{column.en}" for column in sheet.columns])
        for row in rows.get(sheet.key, []):
            there.append([row.get(column.key) for column in sheet.columns])
    if change is not None:
        change(book)
    book.save(path)
    return path


def read(tmp_path, rows, change=None):
    return read_workbook(save(tmp_path / "town.xlsx", rows, change))


class Place:
    """A folder with an embedded ledger, to which workbooks are applied."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "ledger.sqlite"
        self.files = TownFiles.within(folder / "town")

    async def apply(self, rows, *, change=None, ledger=None, now=NOW, at=None, renewed=(), **more):
        """Apply a workbook to the ledger, opened and closed around it."""
        reading = read(self.folder, rows, change)
        msps = [row.msp for row in reading.book.organisations if row.kind != "auditor"]
        embedded = await EmbeddedLedger.open(
            self.path,
            contract=MinoriContract(),
            organisations=None if self.path.exists() else msps,
        )
        try:
            admins = {
                msp: embedded.as_identity("admin", organisation=msp)
                for msp in embedded.organisations
            }
            doors = Doors(ledger=ledger(embedded) if ledger else embedded, admins=admins)
            options = {"now": now, "at": at, "renewed": renewed, **more}
            return await apply_workbook(reading, self.files, doors, gateway=GATEWAY, **options)
        finally:
            await embedded.close()


def faults(reading):
    """Return kind, sheet, row and column of each fault, in English."""
    return [(one.kind, one.sheet[1], one.row, one.column[1]) for one in check(reading, today=TODAY)]
