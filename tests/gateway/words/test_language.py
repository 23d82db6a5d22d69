"""Which language is chosen."""

import pytest

from gateway.words.language import negotiate


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "ja"),
        ("", "ja"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("ja,en;q=0.9", "ja"),
        ("en;q=0.5,ja;q=0.8", "ja"),
        ("fr,en;q=0.3", "en"),
        ("fr,de", "ja"),
        ("*", "ja"),
        ("fr;q=1,*;q=0.5,en;q=0.4", "ja"),
        ("en;q=0", "ja"),
        ("EN", "en"),
        ("en;q=2,ja;q=0.1", "ja"),
        ("en;q=0.5,ja;q=0.5", "en"),
        (";;;,,,=,q=1", "ja"),
        ("e" * 5_000, "ja"),
    ],
)
def test_the_language_is_the_one_preferred(header, language):
    assert negotiate(header) == language
