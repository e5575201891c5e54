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


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "hub.example.jp"])  # noqa: S104 - that it would be served with TLS is the point
def test_anything_but_loopback_is_served_with_tls(tmp_path: Path, host: str) -> None:
    """NET-01: nothing but loopback is served in the clear."""
    named = {"DOKUEI_HUB__HOST": host, "DOKUEI_HUB__PUBLIC_NAME": "hub.example.jp"}
    assert read_settings(tmp_path, environment=named).hub.serves_tls


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2", "::1"])
def test_every_loopback_address_is_loopback(tmp_path: Path, host: str) -> None:
    assert not read_settings(tmp_path, environment={"DOKUEI_HUB__HOST": host}).hub.serves_tls


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 - that it is refused is the point
def test_a_host_that_is_every_address_needs_a_name_that_can_be_typed(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigurationError, match="public_name"):
        read_settings(tmp_path, environment={"DOKUEI_HUB__HOST": host})


@pytest.mark.parametrize(
    ("host", "name", "url", "own_gateway_url"),
    [
        ("localhost", "", "http://localhost:8080", "https://localhost:8443"),
        ("127.0.0.2", "", "http://127.0.0.2:8080", "https://127.0.0.2:8443"),
        ("::1", "", "http://[::1]:8080", "https://[::1]:8443"),
        ("192.0.2.1", "", "https://192.0.2.1:8080", "https://192.0.2.1:8443"),
        ("2001:db8::1", "", "https://[2001:db8::1]:8080", "https://[2001:db8::1]:8443"),
        ("0.0.0.0", "hub.example.jp", "https://hub.example.jp:8080", "https://localhost:8443"),  # noqa: S104 - an example
        ("::", "hub.example.jp", "https://hub.example.jp:8080", "https://localhost:8443"),
    ],
)
def test_addresses_can_be_used_as_they_are_written(
    tmp_path: Path, host: str, name: str, url: str, own_gateway_url: str
) -> None:
    named = {"DOKUEI_HUB__HOST": host, "DOKUEI_HUB__PUBLIC_NAME": name}
    hub = read_settings(tmp_path, environment=named).hub
    assert (hub.url, hub.own_gateway_url) == (url, own_gateway_url)


def test_the_usual_port_is_left_out_as_browsers_leave_it_out(tmp_path: Path) -> None:
    """A key is bound to the origin as the browser writes it."""
    named = {"DOKUEI_HUB__HOST": "hub.example.jp", "DOKUEI_HUB__PORT": "443"}
    assert read_settings(tmp_path, environment=named).hub.url == "https://hub.example.jp"


@pytest.mark.parametrize("section", ["HUB", "SEAL"])
@pytest.mark.parametrize("one", ["CERTIFICATE", "PRIVATE_KEY"])
def test_a_certificate_without_its_key_is_refused_not_passed_over(tmp_path: Path, section: str, one: str) -> None:
    with pytest.raises(ConfigurationError, match="belong together"):
        read_settings(tmp_path, environment={f"DOKUEI_{section}__{one}": "/somewhere.pem"})


def test_a_proxy_in_front_gives_the_address_in_answers(tmp_path: Path) -> None:
    assert read_settings(tmp_path, environment={}).hub.public_address == "http://localhost:8080"
    behind = {"DOKUEI_HUB__PUBLIC_URL": "https://read.example/"}
    assert read_settings(tmp_path, environment=behind).hub.public_address == "https://read.example"


def test_dimse_is_served_in_the_clear_elsewhere_only_when_asked_for(tmp_path: Path) -> None:
    """NET-01: an address of the hospital's network alone opens no plain port."""
    assert read_settings(tmp_path, environment={}).gateway.serves_plain
    elsewhere = {"DOKUEI_GATEWAY__HOST": "192.0.2.1"}
    assert not read_settings(tmp_path, environment=elsewhere).gateway.serves_plain
    asked = {**elsewhere, "DOKUEI_GATEWAY__PLAIN_DIMSE": "true"}
    assert read_settings(tmp_path, environment=asked).gateway.serves_plain


def test_a_peers_address_is_checked_when_the_settings_are_read(tmp_path: Path) -> None:
    peer = '[[gateway.peers]]\nae_title = "MAMMO"\naddress = '
    for good in ("192.0.2.7", "192.0.2.7/24", "2001:db8::/32", ""):
        (tmp_path / "dokuei.toml").write_text(f'{peer}"{good}"\n')
        assert read_settings(tmp_path, environment={}).gateway.peers[0].address == good
    (tmp_path / "dokuei.toml").write_text(f'{peer}"mammo.example.jp"\n')
    with pytest.raises(ConfigurationError, match=r"gateway\.peers\.0\.address.*mammo\.example\.jp.*no IP address"):
        read_settings(tmp_path, environment={})


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ({"HOST": "mail.example.jp"}, "sender"),
        ({"HOST": "mail.example.jp", "SENDER": "a@b.example", "STARTTLS": "false"}, "loopback"),
        ({"HOST": "localhost", "SENDER": "a@b.example", "USER": "dokuei"}, "password_file"),
    ],
)
def test_mail_that_could_not_go_or_would_go_in_the_open_is_refused(
    tmp_path: Path, named: dict[str, str], wrong: str
) -> None:
    with pytest.raises(ConfigurationError, match=wrong):
        read_settings(tmp_path, environment={f"DOKUEI_MAIL__{key}": value for key, value in named.items()})


def test_mail_goes_without_tls_to_this_machine_only(tmp_path: Path) -> None:
    named = {"DOKUEI_MAIL__HOST": "localhost", "DOKUEI_MAIL__SENDER": "a@b.example", "DOKUEI_MAIL__STARTTLS": "false"}
    assert not read_settings(tmp_path, environment=named).mail.starttls
