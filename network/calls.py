"""Calls of Fabric's commands in the name of an organisation's admin."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from network.commands import Commands
from network.crypto import home
from network.topology import Organisation, Port, Topology

FOREIGN_PREFIXES = ("CORE_", "ORDERER_", "FABRIC_")


def clean_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment without what would override Fabric's settings from outside."""
    return {
        name: value for name, value in environment.items() if not name.startswith(FOREIGN_PREFIXES)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Runs Fabric's commands for one network."""

    topology: Topology
    commands: Commands

    def configtxgen(self, settings: Path, profile: str, block: Path) -> None:
        """Write the first block of the channel, from `configtx.yaml` in `settings`."""
        self.commands.run(
            "configtxgen",
            [
                *("-profile", profile, "-channelID", self.topology.channel),
                *("-outputBlock", str(block), "-configPath", str(settings)),
            ],
            environment=clean_environment(),
        )

    def osnadmin(self, organisation: Organisation, *arguments: str) -> str:
        """Run `osnadmin` on the organisation's orderer and return what it printed."""
        tls = home(self.topology, organisation) / "admin/tls"
        return self.commands.run(
            "osnadmin",
            [
                *(*arguments, "-o", self.topology.address(organisation, Port.ORDERER_ADMIN)),
                *("--ca-file", str(self._tls_root(organisation))),
                *("--client-cert", str(tls / "cert.pem"), "--client-key", str(tls / "key.pem")),
            ],
            environment=clean_environment(),
        )

    def peer(self, organisation: Organisation, *arguments: str) -> str:
        """Run `peer` as the organisation's admin on its own peer and return what it printed."""
        return self.commands.run(
            "peer", arguments, environment=self._peer_environment(organisation)
        )

    def orderer_flags(
        self, organisation: Organisation, *, orderer: Organisation | None = None
    ) -> list[str]:
        """Return the flags by which `peer` reaches an orderer: its own organisation's, or that."""
        owner = orderer or organisation
        tls = home(self.topology, organisation) / "admin/tls"
        return [
            *("-o", self.topology.address(owner, Port.ORDERER), "--tls", "--clientauth"),
            *("--cafile", str(self._tls_root(owner))),
            *("--certfile", str(tls / "cert.pem"), "--keyfile", str(tls / "key.pem")),
        ]

    def peer_flags(self, organisation: Organisation) -> list[str]:
        """Return the flags by which `peer` reaches the organisation's peer, beside its own."""
        return [
            *("--peerAddresses", self.topology.address(organisation, Port.PEER)),
            *("--tlsRootCertFiles", str(self._tls_root(organisation))),
        ]

    def _tls_root(self, organisation: Organisation) -> Path:
        return home(self.topology, organisation) / "tlsca/cert.pem"

    def _peer_environment(self, organisation: Organisation) -> dict[str, str]:
        folder = home(self.topology, organisation)
        settings = self.topology.directory.absolute() / "settings" / f"{organisation.name}.peer"
        return {
            **clean_environment(),
            "FABRIC_CFG_PATH": str(settings),
            "FABRIC_LOGGING_SPEC": "warning",
            "CORE_PEER_MSPCONFIGPATH": str(folder / "admin/msp"),
            "CORE_PEER_TLS_CLIENTCERT_FILE": str(folder / "admin/tls/cert.pem"),
            "CORE_PEER_TLS_CLIENTKEY_FILE": str(folder / "admin/tls/key.pem"),
        }
