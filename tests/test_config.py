from pathlib import Path

import pytest

from hub.config import Settings
from hub.errors import ConfigError


def test_environment_then_choice() -> None:
    environ = {"HUB_DATA": "/srv/hub", "HUB_ALLOWED_HOSTS": "a.example, b.example", "HUB_DEMO": "1"}
    settings = Settings.load(environ, data=Path("/tmp/x"), public_url=None)
    assert settings.data == Path("/tmp/x")
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert settings.demo
    assert settings.database == "sqlite:////tmp/x/hub.sqlite"


def test_database_url_wins() -> None:
    assert Settings.load({"HUB_DATABASE_URL": "postgresql+psycopg://h/db"}).database == "postgresql+psycopg://h/db"


def test_unreadable_value_is_refused() -> None:
    with pytest.raises(ConfigError, match="HUB_DEMO: 0 ya da 1 olmalı"):
        Settings.load({"HUB_DEMO": "belki"})
    with pytest.raises(ConfigError, match="HUB_STALE_SECONDS: "):
        Settings.load({"HUB_STALE_SECONDS": "-1"})


def test_settings_survive_the_way_to_a_worker() -> None:
    settings = Settings(data=Path("/srv/x y"), allowed_hosts=("a", "b"), demo=True, database_url="sqlite:////tmp/a,b")
    assert Settings.load(settings.environ()) == settings
