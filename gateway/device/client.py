"""The gateway's API as the command line uses it: send what is queued, open a session, ask."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from gateway.device.keyring import Key, command_id_of
from gateway.device.said import WORDS
from gateway.words import SaidError, Text, speaking

if TYPE_CHECKING:
    import httpx2

DEFAULT_GATEWAY = "http://127.0.0.1:8080"
WAIT_S = 20


class ApiError(SaidError):
    """The gateway said no, or can't be reached; the message is for the person who asked.

    Attributes:
        code: The problem's; empty where there was no answer.
    """

    def __init__(self, text: Text | str, *, code: str = "", **facts: object) -> None:
        super().__init__(text, **facts)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one command.

    Attributes:
        status: `accepted`, `rejected`, `dropped`, `suspended` (put aside) or `waiting`.
        code: The contract's answer; empty while waiting.
        text: For a person, in the language asked for; of a proposal, whose signature it awaits.
    """

    id: str
    status: str
    code: str
    text: str


class Client:
    """One gateway. Use as a context manager."""

    def __init__(self, gateway: str, *, patience_s: float = WAIT_S + 10) -> None:
        import httpx2  # noqa: PLC0415 - for those who ask a gateway, not for those who run one

        from gateway.device.loopback import NAMES, LoopbackTransport  # noqa: PLC0415 - as above

        self._http = httpx2.Client(
            base_url=gateway,
            timeout=patience_s,
            headers={"Accept-Language": speaking.language()},
            mounts={NAMES: LoopbackTransport()},
        )
        self._failure = httpx2.HTTPError
        self.gateway = gateway.rstrip("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._http.close()

    def get(self, path: str, **parameters: str) -> Any:  # noqa: ANN401 - JSON of many shapes
        """Return the JSON of a path, or raise `ApiError` with the problem's own words."""
        return self._json(self._request("GET", path, params=parameters))

    def post(self, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON of many shapes
        """Send JSON and return the answer's, or raise `ApiError` with the problem's own words."""
        return self._json(self._request("POST", path, json=body))

    def open_session(self, key: Key) -> None:
        """Prove by a signature that this is the key's device; later requests carry the session."""
        challenge = self._json(
            self._request("POST", "/api/sessions/challenge", json={"kid": key.device.kid})
        )
        # Signing another's audience would let a relay hand our proof on to that gateway.
        if challenge["audience"] != self.gateway:
            raise ApiError(
                WORDS["client.other_name"], gateway=self.gateway, audience=challenge["audience"]
            )
        jws = key.token(challenge["challenge"], self.gateway)
        opened = self._json(self._request("POST", "/api/sessions", json={"jws": jws}))
        self._http.headers["Authorization"] = f"Bearer {opened['token']}"

    def head(self, key: Key) -> tuple[int, str]:
        """Return (next seq, id of the last command) of the key's device, as the ledger has it."""
        self.open_session(key)
        head = self.get(f"/api/devices/{key.device.kid}/head")
        return head["next"], head["prev"]

    def send(self, wires: Sequence[bytes], *, again: Collection[str] = ()) -> list[Answer]:
        """Send commands and return what became of each.

        Args:
            wires: As they travel.
            again: The ids of those that are meant although the same entry was sent before.

        Raises:
            RefusedError: One of them can't be taken at all; nothing of the request was queued.
            ApiError: The gateway can't be reached or has no room: everything stays on the list.
        """
        response = self._request(
            "POST",
            "/api/commands",
            json={"commands": [_as_sent(wire, again) for wire in wires]},
            headers={"Prefer": f"wait={WAIT_S}"},
        )
        if response.status_code in {400, 403, 409, 413, 422}:
            problem = response.json()
            index = problem.get("index")
            if index is not None:
                raise RefusedError(command_id_of(wires[index]), problem)
        return [
            Answer(
                id=one["id"],
                status=one["status"],
                code=one.get("code") or "",
                text=(one.get("problem") or {}).get("detail", "")
                or (one.get("awaits") or {}).get("text", ""),
            )
            for one in self._json(response)["commands"]
        ]

    def _request(self, method: str, path: str, **options: Any) -> "httpx2.Response":  # noqa: ANN401
        try:
            return self._http.request(method, path, **options)
        except self._failure as error:
            why = str(error) or type(error).__name__
            raise ApiError(WORDS["client.away"], gateway=self.gateway, why=why) from None

    def _json(self, response: "httpx2.Response") -> Any:  # noqa: ANN401 - JSON of many shapes
        try:
            answer = response.json()
            if response.status_code < 400:
                return answer
            what, code = f"{answer['title']} [{answer['code']}]", str(answer["code"])
        except (ValueError, KeyError, TypeError):  # a proxy, or another server altogether
            raise ApiError(
                WORDS["client.not_ours"], gateway=self.gateway, status=response.status_code
            ) from None
        raise ApiError(f"{what} {answer.get('detail', '')}", code=code)


class RefusedError(SaidError):
    """A command that can't be taken: `command_id`, and the gateway's problem document."""

    def __init__(self, command_id: str, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem['title']} [{problem['code']}] {problem.get('detail', '')}")
        self.command_id = command_id
        self.code = str(problem["code"])


def _as_sent(wire: bytes, again: Collection[str]) -> dict[str, Any]:
    is_meant = bool(again) and command_id_of(wire) in again
    return as_json(wire) | ({"again": True} if is_meant else {})


def as_json(wire: bytes) -> dict[str, str]:
    """Return a command as the API takes it."""
    jws, tilde, closed = wire.decode().partition("~")
    return {"jws": jws, "closed": closed} if tilde else {"jws": jws}
