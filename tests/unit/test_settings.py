from pathlib import Path

import pytest

from dokuei.errors import ConfigurationError
from dokuei.settings import read_settings


def test_without_a_file_everything_has_a_default_and_only_loopback_is_served(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, environment={})
    assert settings.home == tmp_path
    assert settings.hub.loopback
    assert not settings.hub.serves_tls
    assert settings.gateway.host == "127.0.0.1"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "dokuei.toml").write_text('[hub]\nport = 9000\n[gateway]\nae_title = "FROMFILE"\n')
    settings = read_settings(tmp_path, environment={"DOKUEI_HUB__PORT": "9001"})
    assert settings.hub.port == 9001
    assert settings.gateway.ae_title == "FROMFILE"


@pytest.mark.parametrize(
    ("text", "named"),
    [("[hub]\nprot = 1\n", "hub.prot"), ("[hub]\nport = 'x'\n", "hub.port"), ("nonsense", "dokuei.toml")],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "dokuei.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=named):
        read_settings(tmp_path, environment={})


def test_an_unknown_variable_is_an_error_not_silence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="hubb"):
        read_settings(tmp_path, environment={"DOKUEI_HUBB__PORT": "1"})


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "hub.example.jp"])  # noqa: S104 - that it would be served with TLS is the point
def test_anything_but_loopback_is_served_with_tls(tmp_path: Path, host: str) -> None:
    """NET-01: nothing but loopback is served in the clear."""
    assert read_settings(tmp_path, environment={"DOKUEI_HUB__HOST": host}).hub.serves_tls


def test_a_proxy_in_front_gives_the_address_in_answers(tmp_path: Path) -> None:
    assert read_settings(tmp_path, environment={}).hub.public_address == "http://localhost:8080"
    behind = {"DOKUEI_HUB__PUBLIC_URL": "https://read.example/"}
    assert read_settings(tmp_path, environment=behind).hub.public_address == "https://read.example"
