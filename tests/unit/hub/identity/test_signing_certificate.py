"""What a physician's certificate says of its holder, as the HPKI writes it."""

from datetime import timedelta

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization

from dokuei.clock import now
from dokuei.errors import RequestError
from dokuei.hub.identity.healthcare_roles import healthcare_roles
from dokuei.hub.identity.signing_certificate import Misfit, given_certificate
from tests.makers.hpki import HpkiAuthority


@pytest.fixture(scope="module")
def authority() -> HpkiAuthority:
    return HpkiAuthority()


def test_licence_number_roles_and_use_are_read(authority: HpkiAuthority) -> None:
    """REC-17: coded data are a SET with the HPKI's scheme, as in the certificates that it issues."""
    card = authority.card(licence="123456")
    certificate = given_certificate(card.pem)
    assert certificate.roles == ("Medical Doctor",)
    assert (certificate.name, certificate.licence_number) == ("Dokuei Hanako", "123456")
    assert certificate.misfit(at=now()) is None
    der = card.certificate.public_bytes(serialization.Encoding.DER)
    assert healthcare_roles(asn1_x509.Certificate.load(der)) == ("Medical Doctor",)


def test_what_signs_no_report_is_named(authority: HpkiAuthority) -> None:
    day = timedelta(days=1)
    certificate = given_certificate(authority.card().pem)
    assert certificate.misfit(at=now() - day) is Misfit.NOT_YET
    assert certificate.misfit(at=now() + 60 * day) is Misfit.EXPIRED
    assert given_certificate(authority.card(role="Pharmacist").pem).misfit(at=now()) is Misfit.NO_PHYSICIAN
    assert given_certificate(authority.card(role="").pem).misfit(at=now()) is Misfit.NO_PHYSICIAN
    assert given_certificate(authority.card(commits=False).pem).misfit(at=now()) is Misfit.WRONG_USE


@pytest.mark.parametrize(
    ("bears", "display_name", "same"),
    [
        ("Dokuei Hanako", "HANAKO DOKUEI", True),
        ("Dokuei Hanako", "読影 花子", False),
        ("読影　花子", "読影花子", True),
        ("髙橋 花子", "高橋 花子", True),
        ("Dokuei Hanako", "Dokuei Taro", False),
    ],
)
def test_a_name_is_the_same_where_its_letters_say_so(
    authority: HpkiAuthority, bears: str, display_name: str, *, same: bool
) -> None:
    assert given_certificate(authority.card(name=bears).pem).names(display_name) is same


@pytest.mark.parametrize("text", ["", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        given_certificate(text)
