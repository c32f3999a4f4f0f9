"""What tests of the screen share."""

from __future__ import annotations

import pytest

from tests.tui.album import VARIANTS, Album
from tui import live


@pytest.fixture(params=VARIANTS, ids=[f"{size[0]}x{size[1]}-{language}" for size, language in VARIANTS])
def album(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Album:
    """The album of the screen's states, in one size and language; no clock moves by itself."""
    size, language = request.param
    monkeypatch.setenv("FUNIL_LANG", language)
    monkeypatch.setattr(live, "BEAT", 3_600.0)
    return Album(size, language)
