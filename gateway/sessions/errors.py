"""Why no session is opened."""

from chaincode.base.evidence import EvidenceError


class SessionError(EvidenceError):
    """No session is opened; `code` is of `Code` of the contract, or `GatewayCode`."""

    def __init__(self, code: str, member: str = "") -> None:
        super().__init__(f"{code} {member}".rstrip())
        self.code = str(code)
        self.member = member
