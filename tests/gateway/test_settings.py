"""The settings: from the environment, checked, described."""

import inspect
import re
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from gateway import settings as settings_module
from gateway.settings import LedgerKind, Settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    import os

    for name in list(os.environ):
        if name.startswith("MINORI_"):
            monkeypatch.delenv(name)


def described(model, path=()):
    """Yield (path, description, type) of every setting, groups too."""
    for name, field in model.model_fields.items():
        yield (*path, name), field.description
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from described(field.annotation, (*path, name))


def test_defaults_need_nothing():
    settings = Settings()
    assert settings.ledger.kind is LedgerKind.EMBEDDED
    assert settings.limits.wait_default_s == 10


def test_every_setting_is_described():
    found = dict(described(Settings))
    assert ("limits", "body_bytes_max") in found
    assert [path for path, description in found.items() if not description] == []


def test_every_setting_is_used():
    """A limit that nothing obeys is worse than none: whoever sets it relies on it."""
    here = Path(settings_module.__file__)
    sources = [path.read_text() for path in here.parent.rglob("*.py") if path != here]
    text = "\n".join([*sources, inspect.getsource(Settings)])
    unused = [path for path, _ in described(Settings) if not re.search(rf"\.{path[-1]}\b", text)]
    assert unused == []


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("MINORI_LEDGER__KIND", "fabric")
    monkeypatch.setenv("MINORI_LEDGER__PROFILE", "/etc/minori/connection.json")
    monkeypatch.setenv("MINORI_LISTEN__PORT", "8443")
    monkeypatch.setenv("MINORI_DATABASE_URL", "postgresql://localhost/minori")
    settings = Settings()
    assert settings.ledger.kind is LedgerKind.FABRIC
    assert str(settings.ledger.profile) == "/etc/minori/connection.json"
    assert settings.listen.port == 8443
    assert settings.database_url == "postgresql://localhost/minori"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MINORI_LEDGER__KIND", "other"),
        ("MINORI_LEDGER__KIND", "fabric"),  # without a profile
        ("MINORI_LISTEN__PORT", "65536"),
        ("MINORI_LISTEN__TRUSTED_PROXIES", "*"),
        ("MINORI_LISTEN__TRUSTED_PROXIES", "10.0.0.1, proxy"),
        ("MINORI_LIMITS__QUEUE_COMMANDS_MAX", "0"),
        ("MINORI_LIMITS__BATCH_BYTES_MAX", "16383"),  # less than one command may have
        ("MINORI_LIMITS__WAIT_DEFAULT_S", "61"),
        ("MINORI_LIMITS__COMMANDS_RATE", "often"),
        ("MINORI_DATABASE_URL", "mysql://localhost/minori"),
        ("MINORI_LEDGER__NO_SUCH", "1"),
    ],
)
def test_wrong_setting_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        Settings()


def test_settings_cannot_be_changed():
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.database_url = "sqlite:///other.sqlite"
    with pytest.raises(ValidationError):
        settings.ledger.kind = LedgerKind.FABRIC


@pytest.mark.parametrize(
    ("public", "host", "base", "origins"),
    [
        (None, "127.0.0.1", "http://127.0.0.1:8000", 2),
        (None, "localhost", "http://localhost:8000", 2),
        (None, "0.0.0.0", "http://127.0.0.1:8000", 2),
        (None, "::1", "http://[::1]:8000", 1),
        (None, "10.0.0.7", "http://10.0.0.7:8000", 1),
        ("https://minori.example", "0.0.0.0", "https://minori.example", 1),
    ],
)
def test_readers_find_the_gateway_where_its_labels_say(monkeypatch, public, host, base, origins):
    monkeypatch.setenv("MINORI_LISTEN__HOST", host)
    if public:
        monkeypatch.setenv("MINORI_SITE__PUBLIC_URL", public)
    settings = Settings()
    assert settings.base_url == settings.origins[0] == base
    assert len(settings.origins) == origins


def test_production_needs_an_address_and_a_telephone(monkeypatch):
    monkeypatch.setenv("MINORI_ENVIRONMENT", "production")
    for name, value in {
        "MINORI_SITE__PUBLIC_URL": "https://minori.example",
        "MINORI_SITE__OFFICE_PHONE": "0985-00-1234",
    }.items():
        with pytest.raises(ValidationError, match=name):
            Settings()
        monkeypatch.setenv(name, value)
    assert Settings().site.office_phone == "0985-00-1234"
