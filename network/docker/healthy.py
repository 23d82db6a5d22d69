"""Exit with 0 if the service in this container says that it is well: Docker's health check."""

import os
import sys
import urllib.request

address = os.environ.get("CHAINCODE_HEALTH_ADDRESS") or "127.0.0.1:{}".format(
    os.environ.get("MINORI_LISTEN__PORT", "8000")
)
try:
    with urllib.request.urlopen(f"http://{address}/health", timeout=2) as answer:
        sys.exit(answer.status != 200)
except OSError as error:
    sys.exit(f"{address}: {error}")
