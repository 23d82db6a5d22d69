"""At which address a person reaches the ledger: on their invitation, and in keys made for them."""

import ipaddress
from urllib.parse import urlsplit


def address_for(*, organisation: str, served: str, printed: str) -> str:
    """Return the address for a person of an organisation.

    Args:
        organisation: Its gateway's own address; empty for none.
        served: Where this computer's gateway is reached.
        printed: The town's address on labels; empty for none.
    """
    return organisation or (served if not is_loopback(served) else printed or served)


def is_loopback(address: str) -> bool:
    """Whether an address leads nowhere but to the computer that it is typed on."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
