"""Everything that can be set about a gateway, in one typed, frozen value.

Each setting is an environment variable: `MINORI_` and the name, group and member joined by two
underscores (`MINORI_LEDGER__KIND=fabric`, `MINORI_LIMITS__WAIT_DEFAULT_S=5`). Nothing else in the
gateway reads the environment.
"""

import ipaddress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chaincode.base.envelope import COMMAND_BYTES_MAX
from chaincode.contract import COMMANDS_MAX
from gateway.words import load
from gateway.words.wrong_values import WrongValueError

MIB = 1024 * 1024
ANY_HOST = ("", "0.0.0.0", "::")  # noqa: S104 - listened on, but nobody's address

WORDS: Final = load(__file__)

Positive = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(ge=0)]
Rate = Annotated[str, Field(pattern=r"^[1-9][0-9]*/(second|minute|hour|day)$")]


class Environment(StrEnum):
    """Where the gateway runs."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    """What is logged: this, and whatever is graver."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LedgerKind(StrEnum):
    """Which ledger the gateway writes to."""

    EMBEDDED = "embedded"
    FABRIC = "fabric"


class Group(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LedgerSettings(Group):
    """Where commands go."""

    kind: LedgerKind = Field(
        default=LedgerKind.EMBEDDED,
        description="`embedded`: one SQLite file in this process; `fabric`: Hyperledger Fabric.",
    )
    path: Path = Field(
        default=Path("var/ledger.sqlite"),
        description="The embedded ledger's file; its identities are kept beside it.",
    )
    organisation: str | None = Field(
        default=None,
        description="Embedded: MSP id of this gateway's organisation; by default the first one.",
    )
    profile: Path | None = Field(
        default=None,
        description="Fabric: the `connection.json` that the network wrote for this organisation.",
    )


class ListenSettings(Group):
    """Where the gateway listens."""

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(
        default=8000, ge=0, le=65_535, description="Port to listen on; 0 takes any free one."
    )
    trusted_proxies: str = Field(
        default="",
        description="Reverse proxies whose `X-Forwarded-For` is believed: addresses, networks.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _check_proxies(cls, value: str) -> str:
        """Refuse what is no address: the server would silently trust nobody, or with `*` all."""
        for one in value.split(",") if value else ():
            try:
                ipaddress.ip_network(one.strip())
            except ValueError:
                raise WrongValueError(WORDS["settings.proxies"], one=one.strip()) from None
        return value


class LimitSettings(Group):
    """How much a stranger may ask for. Sizes in bytes, times in seconds."""

    body_bytes_max: Positive = Field(
        default=8 * MIB, description="Largest body of a request that is read at all."
    )
    bodies_bytes_max: Positive = Field(
        default=64 * MIB,
        description="Bodies of all requests together, and of one address's a quarter; then 503.",
    )
    body_s: Seconds = Field(
        default=60, description="How long a body may take to arrive; those in the field are slow."
    )
    head_s: Seconds = Field(
        default=10, description="How long a request's head may take; then its connection is closed."
    )
    head_bytes_max: Positive = Field(
        default=64 * 1024, description="Bytes of a request's head; beyond, the same."
    )
    connections_max: Positive = Field(
        default=500,
        description="Connections; requests on more get 503, and twice as many are all there are.",
    )
    request_commands_max: Positive = Field(
        default=COMMANDS_MAX, description="Commands in one request."
    )
    queue_commands_max: Positive = Field(
        default=10_000, description="Commands waiting for the ledger; more are answered with 503."
    )
    batch_commands_max: int = Field(
        default=100, ge=1, le=COMMANDS_MAX, description="Commands in one transaction."
    )
    batch_bytes_max: int = Field(
        default=MIB // 2,
        ge=COMMAND_BYTES_MAX,  # the contract's own limit of one command
        description="Bytes of the commands in one transaction.",
    )
    batch_operations_max: Positive = Field(
        default=600, description="State keys that one transaction reads and writes."
    )
    transactions_max: int = Field(
        default=8,
        ge=1,
        le=128,  # below the 200 calls that a peer of `network` takes at a time
        description="Transactions under way at a time.",
    )
    dry_runs_max: Positive = Field(
        default=2, description="Dry runs on the ledger at a time; the others wait their turn."
    )
    dry_run_wait_s: Seconds = Field(
        default=2, description="How long a dry run waits for its turn, before it is told 503."
    )
    wait_default_s: Seconds = Field(
        default=10, description="How long a request waits for its results without `Prefer: wait`."
    )
    wait_max_s: Seconds = Field(
        default=60, description="How long a request may ask to wait with `Prefer: wait`."
    )
    commands_rate: Rate = Field(
        default="600/minute", description="Commands of one device, as `<count>/<period>`."
    )
    requests_rate: Rate = Field(
        default="1200/minute", description="Requests from one address, as `<count>/<period>`."
    )
    address_commands_rate: Rate = Field(
        default="6000/minute",
        description="Commands from one address, sent or tried, right or wrong.",
    )
    unknown_keys_max: Positive = Field(
        default=20, description="Keys not on record that the ledger is asked about at once."
    )
    unknown_key_s: Seconds = Field(
        default=1, description="How long a key that the ledger does not know is not asked again."
    )

    read_wait_s: Seconds = Field(
        default=3, description="How long a reader who asks for a block waits for it to be shown."
    )
    height_wait_s: Seconds = Field(
        default=2, description="A ledger that takes longer to say its height counts as away."
    )
    height_kept_s: Seconds = Field(
        default=1, description="How long its answer serves all who ask, for `/health` above all."
    )
    request_s: Annotated[float, Field(gt=0)] = Field(
        default=30, description="How long any request may take, besides what it asked to wait."
    )
    page_items_max: int = Field(
        default=100, ge=1, le=1_000, description="Items of a list in one answer."
    )

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.wait_default_s > self.wait_max_s:
            raise WrongValueError(WORDS["settings.wait"])
        if self.bodies_bytes_max < self.body_bytes_max:
            raise WrongValueError(WORDS["settings.bodies"])
        return self


class SessionSettings(Group):
    """How readers prove who they are."""

    path: Path = Field(
        default=Path("var/sessions.sqlite"),
        description="SQLite file of open sessions, their tokens hashed; may be deleted any time.",
    )
    lifetime_s: Positive = Field(default=12 * 3600, description="How long a session lasts.")
    challenge_lifetime_s: Positive = Field(
        default=300, description="How long a challenge can be signed."
    )


class SiteSettings(Group):
    """What pages say about whoever runs this gateway."""

    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$",
        description="Scheme, host and port that readers use, no path; printed in QR codes.",
    )
    names_path: Path | None = Field(
        default=Path("var/town/names.json"),
        description="JSON file of published names: parties, districts, crops. Read when changed.",
    )
    catalogue_path: Path | None = Field(
        default=Path("var/town/catalogue.json"),
        description="JSON file of crops, packing, telephone: `minori town apply` writes it.",
    )
    areas_path: Path | None = Field(
        default=Path("var/town/areas.json"),
        description="Private JSON file of plots' areas, for inspectors; `minori town apply` too.",
    )
    office_codes_path: Path | None = Field(
        default=Path("var/town/office-codes.json"),
        description="Private JSON file of codes and plots' names; `minori town apply` too.",
    )
    explanations_path: Path | None = Field(
        default=Path("var/town/explanations.json"),
        description="JSON file of what the public is told of recalls. Read when changed.",
    )
    office_ja: str = Field(default="役場", description="Whom to telephone, in Japanese.")
    office_en: str = Field(default="Town hall", description="Whom to telephone, in English.")
    office_phone: str = Field(
        default="",
        pattern=r"^(\+?[0-9][0-9 -]{5,18}[0-9])?$",
        description="The office's telephone number; by default the catalogue's. On every page.",
    )


class Settings(BaseSettings):
    """All settings of a gateway."""

    model_config = SettingsConfigDict(
        env_prefix="MINORI_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    environment: Environment = Field(
        default=Environment.DEVELOPMENT,
        description="`production` refuses what is convenient only for development.",
    )
    log_level: LogLevel = Field(
        default=LogLevel.INFO, description="What is logged: this, and whatever is graver."
    )
    ledger: LedgerSettings = Field(default=LedgerSettings(), description="Where commands go.")
    database_url: str = Field(
        default="sqlite:///var/projection.sqlite",
        pattern=r"^(sqlite|postgresql)(\+\w+)?://",
        repr=False,  # it may hold a password
        description="The projection's database: `sqlite:///path` or `postgresql://…`.",
    )
    outbox_path: Path = Field(
        default=Path("var/outbox.sqlite"),
        description="SQLite file of commands that are accepted but not yet on the ledger.",
    )
    scans_path: Path | None = Field(
        default=Path("var/scans.sqlite"),
        description="SQLite file of how often stickers' numbers were asked about; may be deleted.",
    )
    other_crops_path: Path | None = Field(
        default=Path("var/other-crops.sqlite"),
        description="Private SQLite file of crops in words that the office has not named yet.",
    )
    listen: ListenSettings = Field(
        default=ListenSettings(), description="Where the gateway listens."
    )
    limits: LimitSettings = Field(
        default=LimitSettings(), description="How much a stranger may ask for."
    )
    sessions: SessionSettings = Field(
        default=SessionSettings(), description="How readers prove who they are."
    )
    site: SiteSettings = Field(
        default=SiteSettings(), description="What pages say about whoever runs this gateway."
    )

    @property
    def base_url(self) -> str:
        """Where readers find this gateway: the public URL, or else where it listens."""
        host = "127.0.0.1" if self.listen.host in ANY_HOST else self.listen.host
        bracketed = f"[{host}]" if ":" in host else host  # RFC 3986 section 3.2.2
        return self.site.public_url or f"http://{bracketed}:{self.listen.port}"

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that this gateway's own pages may have (RFC 6454)."""
        port = self.listen.port
        loopback = (f"http://127.0.0.1:{port}", f"http://localhost:{port}")
        is_local = self.base_url in loopback
        return tuple(dict.fromkeys((self.base_url, *(loopback if is_local else ()))))

    @model_validator(mode="after")
    def _check_profile(self) -> Self:
        if self.ledger.kind is LedgerKind.FABRIC and self.ledger.profile is None:
            raise WrongValueError(WORDS["settings.profile"])
        return self

    @model_validator(mode="after")
    def _check_production(self) -> Self:
        if self.environment is Environment.PRODUCTION:
            if self.site.public_url is None:
                raise WrongValueError(WORDS["settings.public_url"])
            catalogue = self.site.catalogue_path
            if not self.site.office_phone and not (catalogue and catalogue.exists()):
                raise WrongValueError(WORDS["settings.office_phone"])
        return self
