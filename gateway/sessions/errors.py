"""Why no session is opened."""


class SessionError(Exception):
    """No session is opened; `code` is of `chaincode.errors.Code` or `gateway.codes.GatewayCode`."""

    def __init__(self, code: str, member: str = "") -> None:
        super().__init__(f"{code} {member}".rstrip())
        self.code = str(code)
        self.member = member
