"""The linter of imports notices what it is there for."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WRONG = {  # a module, what it must not import, and the contract that says so
    "chaincode/base/times.py": ("gateway.ledgers.port", "layers point down"),
    "gateway/town/names.py": ("network.topology", "layers point down"),
    "gateway/fabric/identity.py": ("gateway.storage.database", "the Fabric client"),
    "gateway/fabric/peers.py": ("gateway.settings", "the Fabric client"),
    "gateway/fabric/commit.py": ("chaincode.base.canonical", "the Fabric client"),
    "gateway/ledgers/port.py": ("gateway.fabric.blocks", "the port to a ledger"),
    "gateway/ledgers/embedded/store.py": ("gateway.projection.domain", "the embedded ledger"),
    "gateway/storage/keeping.py": ("gateway.town.names", "the gateway's floors"),
    "gateway/words/language.py": ("gateway.settings", "the gateway's floors"),
    "gateway/device/keyring.py": ("gateway.cli.said", "the gateway's floors"),
    "gateway/http/guard.py": ("gateway.running.node", "the gateway's floors"),
    "gateway/intake/lanes.py": ("gateway.sessions.proof", "the gateway's floors"),
    "chaincode/lots/records.py": ("chaincode.shim.config", "the rules"),
}


def lint(folder):
    return subprocess.run(
        [f"{sys.prefix}/bin/lint-imports", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def copy_product(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("chaincode", "gateway", "network"):
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=lambda folder, names: [
                name
                for name in names
                if not name.endswith(".py") and not (Path(folder) / name).is_dir()
            ],
        )


def test_every_wrong_import_is_noticed(tmp_path):
    copy_product(tmp_path)
    right = lint(tmp_path)
    assert right.returncode == 0, right.stdout + right.stderr
    for path, (module, _) in WRONG.items():
        with (tmp_path / path).open("a") as file:
            file.write(f"\nimport {module}\n")
    wrong = lint(tmp_path)
    assert wrong.returncode == 1
    broken = [line for line in wrong.stdout.splitlines() if " BROKEN" in line]
    for path, (module, contract) in WRONG.items():
        importer = path.removesuffix(".py").replace("/", ".")
        assert f"{importer} -> {module}" in wrong.stdout
        assert any(line.startswith(contract) for line in broken), contract


def test_a_part_of_the_gateway_that_is_on_no_floor_is_noticed(tmp_path):
    copy_product(tmp_path)
    (tmp_path / "gateway" / "loose.py").write_text("")
    wrong = lint(tmp_path)
    assert wrong.returncode == 1
    assert "gateway.loose" in wrong.stdout
