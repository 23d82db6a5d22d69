"""The one exception that routes raise, and the one JSON object that every error answers with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chaincode.base.canonical import Json
from chaincode.base.evidence import EvidenceError
from gateway.http.problems import PROBLEMS
from gateway.words.language import Language

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One thing wrong with a request.

    Attributes:
        where: `body`, `query`, `path` or `header`, then the member, joined by dots.
        what: A short English identifier of the fault, such as `missing`.
    """

    where: str
    what: str


class ProblemError(EvidenceError):
    """The request is answered with an entry of the table of problems.

    Attributes:
        code: The entry.
        member: The JSON member of a command that is at fault; empty if none is.
        index: The command's place in the request, from 0.
        errors: What is wrong with the request, one by one.
        retry_after_s: How long to wait before trying again; 0: unsaid.
        headers: Further headers of the answer.
        extension: Further members of the problem object (RFC 9457 section 3.2).
    """

    def __init__(
        self,
        code: str,
        *,
        member: str = "",
        index: int | None = None,
        errors: Sequence[FieldError] = (),
        retry_after_s: int = 0,
        headers: Mapping[str, str] | None = None,
        extension: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(f"{code} {member}".rstrip())
        self.code = str(code)
        self.member = member
        self.index = index
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s
        self.headers = dict(headers or {})
        self.extension = dict(extension or {})

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.code].status


def problem_object(
    code: str,
    language: Language,
    *,
    member: str = "",
    index: int | None = None,
    errors: Sequence[FieldError] = (),
    request_id: str = "",
) -> dict[str, Json]:
    """Return the problem object of a code (RFC 9457 section 3), extension members included."""
    entry = PROBLEMS[code]
    wording = entry.wording(language)
    value: dict[str, Json] = {
        "type": f"/problems/{entry.code}",
        "status": entry.status,
        "title": wording.title,
        "detail": wording.detail,
        "remedy": wording.remedy,
        "code": entry.code,
        "number": entry.number,
    }
    if member:
        value["member"] = member
    if index is not None:
        value["index"] = index
    if errors:
        value["errors"] = [{"where": one.where, "what": one.what} for one in errors]
    if request_id:
        value["request"] = request_id
    return value
