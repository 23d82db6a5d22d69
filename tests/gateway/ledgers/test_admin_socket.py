"""The socket beside an embedded ledger that is served: who is answered, and what."""

import asyncio
import contextlib
import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from chaincode.contract import MinoriContract
from chaincode.registry.records import HEAD
from gateway.demo.town import Town
from gateway.ledgers.admin_socket import ServedLedger, answering, socket_path
from gateway.ledgers.embedded import ORGANISATIONS, EmbeddedLedger
from gateway.ledgers.port import LedgerRefusedError, LedgerUnavailableError

GATEWAY = "http://127.0.0.1:9600"


@contextlib.asynccontextmanager
async def served(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    ledger = await EmbeddedLedger.open(path, contract=MinoriContract())
    try:
        async with answering(ledger, path, gateway=lambda: GATEWAY):
            yield ledger
    finally:
        await ledger.close()


@pytest.mark.parametrize("folder", ["", "a" * 90 + "/" + "b" * 90])
async def test_the_owner_is_told_what_the_ledger_has(tmp_path, folder):
    path = tmp_path / folder / "ledger.sqlite"
    assert await ServedLedger.find(path) is None
    async with served(path):
        there = await ServedLedger.find(path)
        assert (there.gateway, there.pid) == (GATEWAY, os.getpid())
        assert there.organisations == ORGANISATIONS
        assert await there.query([HEAD, "party/x"]) == {HEAD: None, "party/x": None}
        assert stat.S_IMODE(socket_path(path).stat().st_mode) == 0o600
    assert await ServedLedger.find(path) is None
    assert not socket_path(path).exists()
    with pytest.raises(LedgerUnavailableError):
        await there.query([HEAD])


async def test_a_bootstrap_is_submitted_as_the_admin(tmp_path):
    town = Town.create()
    path = tmp_path / "ledger.sqlite"
    async with served(path):
        there = await ServedLedger.find(path)
        (msp, first), *_ = town.founding()
        receipt = await there.bootstrap(first, msp=msp)
        assert [one["code"] for one in receipt.results] == ["ACCEPTED"]
        assert (await there.query([HEAD]))[HEAD]["ledger"] == town.ledger
        other = next(one for one in ORGANISATIONS if one != msp)
        assert (await there.bootstrap(first, msp=other)).results[0]["code"] != "ACCEPTED"
        with pytest.raises(LedgerRefusedError):
            await there.bootstrap(first, msp="NobodyMSP")


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"x\n", b"[]\n", b"null\n", b'{"query": [1]}\n', b'{"bootstrap": 1}\n']
)
async def test_what_is_no_question_harms_nobody(tmp_path, line):
    path = tmp_path / "ledger.sqlite"
    async with served(path):
        reader, writer = await asyncio.open_unix_connection(str(socket_path(path)))
        writer.write(line)
        writer.write_eof()
        said = await reader.read()
        assert not said or "error" in json.loads(said)
        writer.close()
        assert await ServedLedger.find(path) is not None


async def test_a_socket_left_by_a_killed_gateway_is_replaced(tmp_path):
    path = tmp_path / "ledger.sqlite"
    killed = (
        "import socket, os, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]);"
        " os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", killed, str(socket_path(path))], check=False)  # noqa: ASYNC221
    assert socket_path(path).exists()
    assert await ServedLedger.find(path) is None
    async with served(path):
        assert await ServedLedger.find(path) is not None


ASK_AS_NOBODY = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
with socket.socket(socket.AF_UNIX) as s:
    s.connect(sys.argv[1])
    try:
        s.sendall(b'{"about": true}\\n')
        print(s.recv(100))
    except ConnectionError:
        print(b"")
"""


async def test_another_user_is_not_answered():
    """Root can become another user, and open a mode to see that the system's word counts.

    Who is not root has only the mode to see. Others can enter the folder, which is no test's own.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        await check_another_user(Path(folder) / "ledger.sqlite")


async def check_another_user(path):
    async with served(path):
        place = socket_path(path)
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        if os.geteuid() != 0:
            return
        place.chmod(0o666)
        asking = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", ASK_AS_NOBODY, str(place)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asking.communicate()
        assert said == b"b''\n", said
