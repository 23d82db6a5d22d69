"""Run the contract as a Fabric chaincode service: `python -m chaincode`.

    CHAINCODE_SERVER_ADDRESS   host:port where peers dial
    CHAINCODE_ID               the package id that the peer printed at installation, label:sha256
    CHAINCODE_ID_FILE          instead of it, a file that holds it
    CHAINCODE_NAME             its name on the channel; minori unless given
    CHAINCODE_TLS_CERT_FILE    PEM; without it the service speaks in the clear
    CHAINCODE_TLS_KEY_FILE     PEM; with the certificate
    CHAINCODE_CLIENT_CA_FILE   PEM; with the certificate: peers must show one signed by it
    CHAINCODE_HEALTH_ADDRESS   host:port of `GET /health`; optional
    CHAINCODE_LOG_LEVEL        debug, info (default), warning or error

Logs one JSON object a line to stderr. SIGTERM lets running transactions finish.
"""

import logging
import os
import sys

import uvloop

from chaincode.contract import MinoriContract
from chaincode.shim import Config, ConfigError, configure_logs, serve

EXIT_CONFIG = 78
"""Source: `EX_CONFIG` of BSD `sysexits.h`."""


def main() -> int:
    """Serve until told to stop; return the exit status."""
    level = os.environ.get("CHAINCODE_LOG_LEVEL", "info").upper()
    try:
        level_number = logging.getLevelNamesMapping()[level]
        config = Config.from_environment(os.environ)
    except KeyError:
        sys.stderr.write(f"CHAINCODE_LOG_LEVEL: no such level: {level.lower()}\n")
        return EXIT_CONFIG
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_CONFIG
    configure_logs(level=level_number)
    # asyncio's own loop costs a sixth more processor time per transaction.
    uvloop.run(serve(MinoriContract(), config))
    return 0


if __name__ == "__main__":
    sys.exit(main())
