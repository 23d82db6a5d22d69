"""The wheel: what is built holds all that runs, and says that it has types."""

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("chaincode", "gateway", "network")
HOST = """\
import asyncio

from gateway.fabric import Gateway, GatewayError
from chaincode.base.errors import Code
from network.errors import NetworkError


async def ask(gateway: Gateway, transaction_id: str) -> int:
    try:
        status = await gateway.network("minori").commit_status(transaction_id)
    except GatewayError as error:
        print(error.outcome.action)
        raise
    return status.{member}
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", "-z", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in tracked if name} <= held
    assert {f"{package}/py.typed" for package in PACKAGES} <= held


@pytest.fixture(scope="module")
def host_python(wheel, tmp_path_factory) -> Path:
    """An environment with the wheel installed, and its dependencies, but not this folder."""
    folder = tmp_path_factory.mktemp("host")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    purelib = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True)
    packages = Path(purelib.stdout.strip())
    zipfile.ZipFile(wheel).extractall(packages)
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return python


def check_types(python: Path, program: Path) -> str:
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-executable", python, program.name],
        cwd=program.parent,
        check=False,
        capture_output=True,
        text=True,
        timeout=180,
    ).stdout


def test_a_program_that_uses_the_wheel_is_checked_by_its_types(host_python, tmp_path):
    right, wrong = tmp_path / "right.py", tmp_path / "wrong.py"
    right.write_text(HOST.format(member="block_number"))
    wrong.write_text(HOST.format(member="tx_id"))
    assert "Success" in check_types(host_python, right)
    said = check_types(host_python, wrong)
    assert 'Incompatible return value type (got "str", expected "int")' in said
