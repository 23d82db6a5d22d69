"""Every command in its ways to fail, in Japanese: no English but in a quoted detail, no traceback.

What fails is real: a gateway that is away, a server that is none, files that are damaged, folders
in place of files, a full or a foreign database, a port in use.
"""

import asyncio
import errno
import json
import re
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import sqlalchemy
import typer
from typer.testing import CliRunner

from gateway.cli import telling
from gateway.demo.founding import FoundingError, submit_all
from gateway.demo.town import Town
from gateway.device.keyring import Key
from gateway.ledgers.port import LedgerError
from gateway.storage.database import make_engine
from gateway.words import speaking
from network.cli import app
from network.demo import found_once
from network.telling import Progress, told
from network.topology import Topology
from tests.gateway.cli.english import outside_details
from tests.gateway.setup.workbooks import save, town

JAPANESE = re.compile("[ぁ-んァ-ヶ一-鿿]")
AWAY = "http://127.0.0.1:9"  # nobody listens there
KEY = ("--key", "away")
TILL = ("-m", "map.json", *KEY)


class Stranger(BaseHTTPRequestHandler):
    """Another server than ours."""

    def do_GET(self):
        self.send_response(502)
        self.end_headers()
        self.wfile.write(b"<html>Bad Gateway: the upstream server is away</html>")

    do_POST = do_GET  # noqa: N815 - as the base class calls it

    def log_message(self, *_arguments):
        """Say nothing."""


@pytest.fixture(scope="module")
def stranger():
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def folder(tmp_path, monkeypatch, stranger):
    """A folder with keys, files that are damaged, and a workbook, to work in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MINORI_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MINORI_FABRIC_BIN", raising=False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))  # no Go beside it
    person = Town.create().people["farm-a"]
    for name, gateway in (("away", AWAY), ("stranger", stranger)):
        path = tmp_path / "keys" / f"{name}.json"
        Key(path=path, device=person.device, party=person.party, gateway=gateway).save()
    (tmp_path / "keys" / "damaged.json").write_text("{")
    (tmp_path / "damaged").write_text("{\0")
    (tmp_path / "latin1.json").write_bytes('{"name": "\u00e9"}'.encode("latin-1"))
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "a_folder").mkdir()
    (tmp_path / "till.csv").write_text("日付,商品,数量\n2026-11-29,にんじん,1\n")
    (tmp_path / "map.json").write_text("{}")
    save(tmp_path / "town.xlsx", town())
    yield tmp_path
    speaking.choose(None)


def foreign_ledger(folder, _monkeypatch):
    (folder / "var").mkdir()
    with sqlite3.connect(folder / "var/ledger.sqlite") as other:
        other.execute("CREATE TABLE letters (text)")
    other.close()


def damaged_ledger(folder, _monkeypatch):
    (folder / "var").mkdir()
    (folder / "var/ledger.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 9000)


def damaged_words(folder, _monkeypatch):
    (folder / "var").mkdir()
    (folder / "var/other-crops.sqlite").write_bytes(b"no database at all" * 100)


def on_fabric(name):
    def set_up(_folder, monkeypatch):
        monkeypatch.setenv("MINORI_LEDGER__KIND", "fabric")
        monkeypatch.setenv("MINORI_LEDGER__PROFILE", name)

    return set_up


def other_database(url):
    def set_up(_folder, monkeypatch):
        monkeypatch.setenv("MINORI_DATABASE_URL", url)

    return set_up


def port_in_use(folder, monkeypatch):
    url = Key.load(folder / "keys" / "stranger.json").gateway
    monkeypatch.setenv("MINORI_LISTEN__PORT", url.rpartition(":")[2])


def file_for_a_folder(folder, _monkeypatch):
    (folder / "var").write_text("")


def damaged_town(folder, _monkeypatch):
    (folder / "var/town").mkdir(parents=True)
    (folder / "var/town/explanations.json").write_text("{")


def damaged_network(folder, _monkeypatch):
    (folder / "net").mkdir()
    (folder / "net/topology.json").write_text("{")


def network_of_wrong_ports(folder, _monkeypatch):
    Topology(directory=folder / "net", base_port=2000).save()
    path = folder / "net/topology.json"
    path.write_text(path.read_text().replace("2000", "1"))


NOTHING = None
WAYS = [
    ("submit lot.harvest plot=A-1", (), NOTHING),
    ("submit lot.harvst", KEY, NOTHING),
    ("submit list-of-nothing", ("--key", "nobody"), NOTHING),
    ("submit lot.harvest plot", KEY, NOTHING),
    ("submit lot.harvest plot=A-1", KEY, NOTHING),
    ("submit lot.harvest colour=red", KEY, NOTHING),
    ("submit lot.harvest quantity_g=1.23456kg", KEY, NOTHING),
    ("submit lot.harvest quantity_g=x", KEY, NOTHING),
    ("submit lot.harvest packs=3x", KEY, NOTHING),
    ("submit lot.harvest --json missing.json", KEY, NOTHING),
    ("submit lot.harvest --json damaged", KEY, NOTHING),
    ("submit lot.harvest --json latin1.json", KEY, NOTHING),
    ("submit lot.harvest --json list.json", KEY, NOTHING),
    ("submit lot.harvest --json a_folder", KEY, NOTHING),
    ("submit lot.harvest --event-time never", KEY, NOTHING),
    ("submit lot.sell lot=7K3M quantity_g=1", KEY, NOTHING),
    ("submit recall.confirm recall=にんじん", KEY, NOTHING),
    ("submit lot.harvest crop=other:へべす", KEY, NOTHING),
    ("submit queue --dry-run", KEY, NOTHING),
    ("submit lot.harvest plot=A-1", ("--key", "stranger"), NOTHING),
    ("submit lot.harvest plot=A-1", ("--key", "damaged"), NOTHING),
    ("approve", KEY, NOTHING),
    ("approve", ("--key", "stranger"), NOTHING),
    ("waiting", KEY, NOTHING),
    ("waiting", ("--key", "damaged"), NOTHING),
    ("mandates", KEY, NOTHING),
    ("mandates --json", ("--key", "damaged"), NOTHING),
    ("return", KEY, NOTHING),
    ("return", ("--key", "stranger"), NOTHING),
    ("arrive 7K3M=1kg --producer 農家A --crop carrot", KEY, NOTHING),
    ("arrive", KEY, NOTHING),
    ("query lot", KEY, NOTHING),
    ("query me", ("--key", "stranger"), NOTHING),
    ("query lots --public", KEY, NOTHING),
    ("query nothing", KEY, NOTHING),
    ("query lots --public --gateway nowhere", (), NOTHING),
    ("query lots --public --gateway http://nowhere.invalid", (), NOTHING),
    ("pages --print", KEY, NOTHING),
    ("pages --print", ("--key", "stranger"), NOTHING),
    ("serve", (), foreign_ledger),
    ("serve", (), damaged_ledger),
    ("serve", (), file_for_a_folder),
    ("serve", (), port_in_use),
    ("serve", (), on_fabric("damaged")),
    ("serve", (), on_fabric("latin1.json")),
    ("serve", (), on_fabric("a_folder")),
    ("serve", (), on_fabric("missing.json")),
    ("serve", (), other_database("sqlite://")),
    ("serve", (), other_database("sqlite:///a_folder")),
    ("serve", (), other_database("sqlite:///damaged")),
    ("serve", (), other_database("postgresql://127.0.0.1:9/minori")),
    ("demo -d till.csv/demo", (), NOTHING),
    ("demo --days 0", (), NOTHING),
    ("rebuild", (), NOTHING),
    ("rebuild", (), damaged_ledger),
    ("rebuild", (), on_fabric("list.json")),
    ("fabric -d net", (), NOTHING),
    ("fabric --dry -d net", (), NOTHING),
    ("fabric -d till.csv/net", (), NOTHING),
    ("keys list", (), NOTHING),
    ("keys show nobody", (), NOTHING),
    ("keys show damaged", (), NOTHING),
    ("keys invite", KEY, NOTHING),
    ("keys invite --kind 畑", KEY, NOTHING),
    ("keys invite --since never", KEY, NOTHING),
    ("keys invite --days 0", KEY, NOTHING),
    ("keys accept 1234 --name new", (), NOTHING),
    ("keys enrol x", KEY, NOTHING),
    ("keys take-over", KEY, NOTHING),
    ("consign give", KEY, NOTHING),
    ("consign end", KEY, NOTHING),
    ("consign answer", KEY, NOTHING),
    ("consign list", KEY, NOTHING),
    ("organisation list", KEY, NOTHING),
    ("organisation suspend", KEY, NOTHING),
    ("organisation reinstate", KEY, NOTHING),
    ("organisation rename-msp", KEY, NOTHING),
    ("sales check missing.csv", TILL, NOTHING),
    ("sales check till.csv", TILL, NOTHING),
    ("sales check damaged", TILL, NOTHING),
    ("sales import till.csv", TILL, NOTHING),
    ("sales import till.csv -m damaged", KEY, NOTHING),
    ("sales map missing.csv", TILL, NOTHING),
    ("sales map a_folder", TILL, NOTHING),
    ("sales remainder 7K3M", KEY, NOTHING),
    ("sales remainder 7K3M2QX9RT5B8W1YC4ND=1kg", KEY, NOTHING),
    ("town template town.xlsx", (), NOTHING),
    ("town template till.csv/town.xlsx", (), NOTHING),
    ("town check missing.xlsx", (), NOTHING),
    ("town check damaged", (), NOTHING),
    ("town check a_folder", (), NOTHING),
    ("town check town.xlsx", (), damaged_ledger),
    ("town apply damaged --yes", (), NOTHING),
    ("town apply town.xlsx --yes", (), foreign_ledger),
    ("town apply town.xlsx --yes", (), damaged_ledger),
    ("town apply town.xlsx --yes", (), file_for_a_folder),
    ("town apply town.xlsx --yes --admin damaged", (), on_fabric("list.json")),
    ("town apply town.xlsx --yes --admin latin1.json", (), on_fabric("latin1.json")),
    ("town explain --ja あ --en a", (), damaged_town),
    ("town explain --ja あ --en a", (), file_for_a_folder),
    ("town call-list 7K3M", KEY, NOTHING),
    ("town crops", (), damaged_words),
    ("town crops", (), file_for_a_folder),
    ("town name-crop へべす carrot", (), NOTHING),
    ("town name-crop へべす carrot", (), damaged_words),
    ("town forget-crop へべす", (), NOTHING),
    ("town forget-crop へべす", (), damaged_words),
    ("network up -d net", (), NOTHING),
    ("network up -d net", (), damaged_network),
    ("network up --base-port 1", (), NOTHING),
    ("network status -d net", (), NOTHING),
    ("network status -d net", (), damaged_network),
    ("network status -d net", (), network_of_wrong_ports),
    ("network deploy -d net", (), NOTHING),
    ("network upgrade -d net", (), NOTHING),
    ("network down -d net", (), damaged_network),
    ("network watch -d net", (), NOTHING),
    ("network logs -d net", (), NOTHING),
]


def commands(command=None, path=()):
    command = command or typer.main.get_command(app)
    for name, sub in getattr(command, "commands", {}).items():
        yield from commands(sub, (*path, name))
    if not hasattr(command, "commands"):
        yield " ".join(path)


@pytest.mark.parametrize("way", range(len(WAYS)), ids=lambda way: f"{way} {WAYS[way][0]}")
def test_a_failing_command_says_no_english_outside_a_quoted_detail(folder, monkeypatch, way):
    words, options, set_up = WAYS[way]
    if set_up is not None:
        set_up(folder, monkeypatch)
    result = CliRunner().invoke(app, ["--lang", "ja", *words.split(), *options])
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code != 0
    said = (result.output + result.stderr).replace(str(folder), "")
    assert JAPANESE.search(said)
    assert outside_details(said) == [], said


ANSWERED = [
    "query lot 00000000000000000000 -k farm-a",
    "query lot ロット -k farm-a",
    "query command 0 -k farm-a",
    "query lots --public --gateway {url}/nothing",
    "approve 0000 -k food-safety",
    "submit lot.sell lot=00000000000000000000 quantity_g=1 -k farm-a",
    "submit lot.receive received_g=1 -k farm-a",
    "submit recall.declare kind=safety cause=residue scope=lot roots=0 -k farm-a",
    "submit recall.lift reason=typing -k food-safety",
    "submit lot.harvest plot=A-1 crop=carrot quantity_g=1 estimated=false -k farm-a",
    "submit lot.settle -k shop-a",
    "submit lot.harvest -k farm-a --on-behalf だれか",
    "arrive 0=1kg --producer だれか --crop carrot -k shop-a",
    "keys invite -k farm-a",
    "sales remainder 00000000000000000000=1kg -k shop-a",
    "town call-list 00000000000000000000 -k farm-a",
]


def test_what_a_gateway_refuses_is_told_without_english(stage):
    for way in ANSWERED:
        words = way.format(url=stage.url).split()
        result = CliRunner().invoke(app, ["--lang", "ja", *words])
        speaking.choose(None)
        assert isinstance(result.exception, SystemExit), (way, result.exception)
        assert result.exit_code != 0, way
        said = result.output + result.stderr
        assert JAPANESE.search(said), way
        assert outside_details(said) == [], said


def test_every_command_is_among_those_that_fail():
    assert {one for one in commands() if not any(way[0].startswith(one) for way in WAYS)} == set()


@pytest.mark.parametrize("number", [*errno.errorcode])
@pytest.mark.parametrize("place", ["/a/file", None])
def test_an_error_of_the_system_quotes_what_the_system_says(number, place):
    error = OSError(number, "No such thing here", *([place] if place else []))
    said = telling.in_words(error, "ja")
    assert outside_details(said) == [], said
    assert JAPANESE.search(said)


@pytest.mark.parametrize("number", [5, 6, 8, 10, 11, 13, 14, 17, 26, 266, 2067])
def test_an_error_of_sqlite_says_what_to_do_and_quotes_it(number):
    error = sqlite3.OperationalError("attempt to write a readonly database")
    error.sqlite_errorcode = number
    around = sqlalchemy.exc.OperationalError("SELECT secrets FROM here", {}, error)
    for one in (error, around):
        assert telling.is_for_people(one)
        said = telling.in_words(one, "ja")
        assert "（詳細：attempt to write a readonly database）" in said
        assert outside_details(said) == []
        assert "ください" in said
        assert "SELECT" not in said


@pytest.mark.parametrize(
    "kind",
    [LedgerError, *LedgerError.__subclasses__()],
)
def test_an_error_of_fabrics_says_what_to_do_and_quotes_it(kind):
    said = telling.in_words(kind("rpc error: code = Unavailable desc = connection refused"), "ja")
    assert "（詳細：rpc error" in said
    assert outside_details(said) == []
    assert "ください" in said


@pytest.mark.parametrize("url", ["x", "sqlite://", "mysql://root:secret@h/x", "sqlite:///:memory:"])
def test_a_databases_address_that_cannot_be_used_is_told_without_its_password(url):
    with pytest.raises((ValueError, sqlalchemy.exc.ArgumentError)) as caught:
        make_engine(url)
    assert telling.is_for_people(caught.value)
    said = telling.in_words(caught.value, "ja")
    assert "secret" not in said
    assert outside_details(said) == []
    assert "MINORI_DATABASE_URL" in said


async def test_a_founding_that_is_refused_says_so_in_words():
    class Refusing:
        async def submit(self, _wires, **_at):
            return type("Receipt", (), {"results": [{"code": "ALREADY_FOUNDED"}]})()

    with pytest.raises(FoundingError) as caught:
        await submit_all(Refusing(), [b"x"])
    said = telling.in_words(caught.value, "ja")
    assert "ALREADY_FOUNDED" in said
    assert "拒否されました" in said
    assert "refused" in caught.value.say("en")


@pytest.mark.parametrize("content", [b"{", b"\xe9", b"[]", json.dumps({"v": 1}).encode()])
def test_a_network_whose_profiles_are_damaged_is_told_of(folder, content):
    (folder / "connection.json").write_bytes(content)
    speaking.choose("ja")
    with pytest.raises(typer.Exit), told():
        asyncio.run(
            found_once(
                [folder / "connection.json"], folder, gateway=AWAY, days=1, progress=Progress()
            )
        )
