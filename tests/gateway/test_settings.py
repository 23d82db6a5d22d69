"""The settings: from the environment, checked, described."""

import pytest
from pydantic import BaseModel, ValidationError

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
        ("MINORI_LIMITS__QUEUE_COMMANDS_MAX", "0"),
        ("MINORI_LIMITS__COMMAND_BYTES_MAX", "16385"),
        ("MINORI_LIMITS__BATCH_BYTES_MAX", "100"),
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
