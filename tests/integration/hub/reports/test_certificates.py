"""A physician's own certificate signs before the seal (REC-17): the whole way with a card, and everything refused."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import httpx
import pytest
from asn1crypto import cms as asn1_cms
from sqlalchemy import select, update

from dokuei.cli.card import Card as DeskCard
from dokuei.cli.desk import sign_waiting
from dokuei.clock import now
from dokuei.errors import PeerRefusedError, SignatureError
from dokuei.hub.identity import store_rights
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.identity.signing_certificate import given_certificate
from dokuei.hub.reports.examining import Trusted, examine
from dokuei.hub.reports.pades_verify import certificates, verify_seal
from dokuei.hub.reports.tables import awaited
from dokuei.hub.reports.verifying import verify_versions
from dokuei.settings import HpkiSettings
from dokuei.storage.audit import hub_entries
from tests.makers.hpki import Card, HpkiAuthority
from tests.makers.people import LICENSED, sign_in
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.softhsm import MODULE, PIN, needs_softhsm, new_token, put_certificate

READER = "reader.a"


@lru_cache(maxsize=1)
def authority() -> HpkiAuthority:
    return HpkiAuthority()


@lru_cache(maxsize=1)
def own_card() -> Card:
    return authority().card(licence=LICENSED.licence_number)


@dataclass
class Desk:
    """A reading room whose site wants certificates, and the reader's browser in it."""

    room: ReadingRoom
    page: httpx.Client
    person_id: str
    folder: Path

    def path(self, item: str, more: str = "") -> str:
        return f"/api/v1/worklist/{item}/report{more}"

    def asked(self, item: str) -> str:
        """Sign by key; the code under which the report waits."""
        answer = self.room.signed(self.page, item, self.room.keys[READER])
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert (told["status"], told["signatures"]) == ("draft", [])
        return str(told["awaiting"]["code"])

    def opened(self, code: str) -> httpx.Response:
        return self.room.hub.client().post("/api/v1/desk/signature/open", json={"code": code})

    def present(self, code: str, cms: bytes) -> httpx.Response:
        body = {"code": code, "cms": base64.b64encode(cms).decode()}
        return self.room.hub.client().post("/api/v1/desk/signature", json=body)

    def present_by(self, code: str, card: Card) -> httpx.Response:
        return self.present(code, card.sign(bytes.fromhex(self.opened(code).json()["document_digest"])))

    def report(self, item: str) -> dict[str, object]:
        found: dict[str, object] = self.page.get(self.path(item)).json()
        return found

    def bind(self, card: Card) -> None:
        certificate = given_certificate(card.pem)
        self.room.hub.identity.qualifications.bind(self.person_id, certificate, compared=True, actor="system")

    def written_case(self, patient_id: str = "P1") -> str:
        item = self.room.mammogram_case(patient_id=patient_id)
        assert self.room.written(self.page, item).status_code == 200
        return item


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    write_lists(folder)
    (folder / "hpki.pem").write_bytes(authority().pem)
    hpki = HpkiSettings(authorities=folder / "hpki.pem", revocation_lists=folder / "crl.pem")
    with reading_room(folder, hpki=hpki) as room:
        room.hub.sites.change("kita", actor="system", qualified_signature_required=True)
        page = room.reader(READER)
        person_id = page.get("/api/v1/session").json()["person"]["person_id"]
        made = Desk(room, page, person_id, folder)
        made.bind(own_card())
        yield made


def write_lists(folder: Path) -> None:
    (folder / "crl.pem").write_bytes(authority().revocation_list())


@needs_softhsm
def test_a_report_is_final_once_the_physicians_own_card_has_signed_it(desk: Desk) -> None:
    """REC-17: the card signs the prepared document, the hub seals behind it, and both signatures hold."""
    new_token("hpki-card", {"auth": (other := authority().card(commits=False)).key, "sign": own_card().key})
    put_certificate("hpki-card", 1, other.certificate)
    put_certificate("hpki-card", 2, own_card().certificate)
    assert MODULE is not None
    card, said = DeskCard(MODULE, "hpki-card"), list[str]()
    item = desk.written_case()
    code = desk.asked(item)

    with desk.room.hub.client() as client:
        with pytest.raises(SignatureError, match="refuses the PIN"):
            sign_waiting(client, code, card, "en", ask_pin=lambda _: "0000", say=said.append)
        sign_waiting(client, code, card, "en", ask_pin=lambda _: "", say=said.append)
        assert said[-1].startswith("Nothing was signed")
        assert desk.report(item)["status"] == "draft"
        sign_waiting(client, code.lower(), card, "ja", ask_pin=lambda _: PIN, say=said.append)
        with pytest.raises(PeerRefusedError, match="no report waits"):
            sign_waiting(client, code, card, "ja", ask_pin=lambda _: PIN, say=said.append)

    shown = "\n".join(said)
    assert "北病院" in shown
    assert "Medical Doctor" in shown
    assert not any(secret in shown for secret in ("山田", "Yamada", "P1"))
    report = desk.page.get(desk.path(item)).json()
    assert (report["status"], report["awaiting"]) == ("final", None)
    assert report["signatures"][0]["certificate"]["roles"] == ["Medical Doctor"]
    assert report["signatures"][0]["method"] == "passkey"

    pdf = desk.page.get(report["pdf_url"]).content
    verdict = verify_seal(
        pdf,
        trusted=certificates(desk.room.seal.files.certificate),
        physicians=certificates(desk.folder / "hpki.pem"),
    )
    assert (verdict.good, verdict.trusted, verdict.modification_level) == (True, True, "NONE")
    assert verdict.physician is not None
    assert (verdict.physician.intact, verdict.physician.trusted) == (True, True)
    assert verdict.physician.roles == ("Medical Doctor",)
    believed = Trusted((desk.room.seal.files.certificate,), (), (desk.folder / "hpki.pem",))
    codes = {one.code: one.detail for one in examine(pdf, trusted=believed).remarks}
    assert {"physician_signed", "physician_trusted"} <= set(codes)
    assert codes["physician_licence"] == "Medical Doctor"
    with desk.room.hub.database.read() as connection:
        assert not verify_versions(connection, desk.room.blobs).wrong
        details = connection.execute(select(hub_entries.c.details)).scalars().all()
    assert not any(code in one or "山田" in one for one in details)
    events = desk.room.hub.events()
    assert events.index("signature.asked") < events.index("report.signed")


def test_whoever_examines_the_file_later_sees_what_the_physicians_signature_is_worth(desk: Desk) -> None:
    """REC-17: offline, with the authorities named, unnamed or others; and nothing may come between it and the seal."""
    item = desk.written_case("P9")
    assert desk.present_by(desk.asked(item), own_card()).status_code == 200
    pdf = desk.page.get(desk.path(item, "/pdf")).content
    seal = (desk.room.seal.files.certificate,)
    (desk.folder / "other.pem").write_bytes(HpkiAuthority("Other CA").pem)
    unasked = examine(pdf, trusted=Trusted(seal))
    assert unasked.stands
    assert "physician_unasked" in {one.code for one in unasked.remarks}
    foreign = examine(pdf, trusted=Trusted(seal, (), (desk.folder / "other.pem",)))
    assert not foreign.stands
    assert "physician_unknown" in {one.code for one in foreign.remarks if one.weight == "bad"}
    where = pdf.index(b"/Contents <") + 2_000  # within the physician's own signature, which the seal covers
    changed = pdf[:where] + (b"0" if pdf[where : where + 1] != b"0" else b"1") + pdf[where + 1 :]
    assert not examine(changed, trusted=Trusted(seal)).stands


def test_each_signature_that_is_not_the_physicians_own_is_refused_with_its_reason(desk: Desk) -> None:
    """REC-17: licence, chain, time, use, revocation and person are looked at when it is signed, before it is final."""
    item = desk.written_case("P2")
    revoked, pharmacist = authority().card(), authority().card(role="Pharmacist")
    authority().revoked.append(revoked.certificate.serial_number)
    write_lists(desk.folder)
    other_licence = authority().card(licence="999999")
    cards = {
        "no_physician": pharmacist,
        "expired": authority().card(lasts=timedelta(days=-1)),
        "foreign": HpkiAuthority("Other CA").card(),
        "revoked": revoked,
        "wrong_use": authority().card(commits=False),
        "other_person": authority().card(name="Somebody Else"),
    }
    code = desk.asked(item)
    for reason, card in cards.items():
        answer = desk.present_by(code, card)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:dokuei:problem:certificate-refused"), reason
        told = desk.page.get(desk.path(item)).json()
        assert (told["status"], told["awaiting"]["refused"], told["awaiting"]["code"]) == ("draft", reason, ""), reason
    with desk.room.hub.database.begin() as connection:  # as if it had been recorded before the number was
        store_rights.put_certificate(connection, desk.person_id, given_certificate(other_licence.pem), actor="system")
    desk.present_by(code, other_licence)
    assert desk.page.get(desk.path(item)).json()["awaiting"]["refused"] == "other_licence"
    desk.bind(own_card())
    assert desk.room.hub.events().count("signature.refused") == 7


def test_only_a_plain_signature_over_this_very_document_is_taken(desk: Desk) -> None:
    item, other = desk.written_case("P3"), desk.written_case("P4")
    code, second = desk.asked(item), desk.asked(other)
    digest = bytes.fromhex(desk.opened(code).json()["document_digest"])
    good = own_card().sign(digest)
    broken = bytearray(good)
    broken[-1] ^= 1
    added = asn1_cms.ContentInfo.load(good)
    added["content"]["signer_infos"][0]["unsigned_attrs"] = asn1_cms.CMSAttributes(
        [asn1_cms.CMSAttribute({"type": "content_type", "values": ["data"]})]
    )
    attempts = {
        "other_document": own_card().sign(hashlib.sha256(b"another").digest()),
        "unreadable": b"no signature at all",
        "broken": bytes(broken),
    }
    for reason, cms in attempts.items():
        assert desk.present(code, cms).status_code == 422
        assert desk.page.get(desk.path(item)).json()["awaiting"]["refused"] == reason
    for cms in (added.dump(), good + b"\0", good * 4):
        assert desk.present(code, cms).status_code == 422, "nothing may travel beside the signature"
    assert desk.present(second, good).status_code == 422, "a signature is for one report"
    assert desk.page.get(desk.path(other)).json()["awaiting"]["refused"] == "other_document"
    assert desk.present(code, good).status_code == 200
    assert desk.present(code, good).status_code == 404, "and a code for one signature"
    assert desk.report(item)["status"] == "final"
    assert desk.report(other)["status"] == "draft"


def test_what_waits_survives_a_reload_is_given_up_or_times_out_and_loses_nothing(desk: Desk) -> None:
    item = desk.written_case("P5")
    first = desk.asked(item)
    before = desk.page.get(desk.path(item)).json()
    assert before["awaiting"]["certificate"]["name"] == "Dokuei Hanako"
    again = desk.page.post(desk.path(item, "/signature/certificate")).json()["code"]
    assert desk.opened(first).status_code == 404, "the code before opens nothing"
    assert desk.opened(again).status_code == 200

    assert desk.page.delete(desk.path(item, "/signature/certificate")).status_code == 204
    assert desk.page.delete(desk.path(item, "/signature/certificate")).status_code == 404
    assert desk.opened(again).status_code == 404
    late = desk.asked(item)
    with desk.room.hub.database.begin() as connection:
        connection.execute(update(awaited).values(expires_at=now() - timedelta(seconds=1)))
    assert desk.opened(late).status_code == 404
    after = desk.page.get(desk.path(item)).json()
    assert after["awaiting"] is None
    assert {k: after[k] for k in ("findings", "impression", "version")} == {
        k: before[k] for k in ("findings", "impression", "version")
    }

    code = desk.asked(item)
    body = {"findings": "別の所見", "category_right": "1", "category_left": "1", "images_read": before["images_read"]}
    changed = desk.page.put(desk.path(item), json=body, headers={"If-Match": f'"{before["version"]}"'})
    assert changed.json()["awaiting"] is None, "whoever writes on means another text"
    assert desk.opened(code).status_code == 404
    assert "signature.canceled" in desk.room.hub.events()


def test_a_code_does_no_more_than_its_reader_may(desk: Desk) -> None:
    """Deny by default: the case given back, the account locked, the certificate gone."""
    item = desk.written_case("P6")
    code = desk.asked(item)
    cms = own_card().sign(bytes.fromhex(desk.opened(code).json()["document_digest"]))
    people, qualifications = desk.room.hub.identity.people, desk.room.hub.identity.qualifications
    people.lock(desk.person_id, locked=True, actor="system")
    assert desk.present(code, cms).status_code == 403
    people.lock(desk.person_id, locked=False, actor="system")
    assert sign_in(desk.page, desk.room.keys[READER]).status_code == 200
    qualifications.unbind(desk.person_id, actor="system")
    assert desk.present(code, cms).status_code == 422
    desk.bind(own_card())
    assert desk.report(item)["status"] == "draft"
    assert desk.opened("0000-0000-0000").status_code == 404
    stranger = desk.room.reader("reader.b")
    assert stranger.delete(desk.path(item, "/signature/certificate")).status_code == 404
    assert stranger.get(desk.path(item)).json()["awaiting"] is None


def test_a_withdrawal_waits_for_the_card_as_a_report_does(desk: Desk) -> None:
    item = desk.written_case("P7")
    assert desk.present_by(desk.asked(item), own_card()).status_code == 200
    asked = desk.room.withdrawn(desk.page, item, desk.room.keys[READER]).json()
    assert asked["status"] == "final"
    assert desk.present_by(asked["awaiting"]["code"], own_card()).status_code == 200
    report = desk.page.get(desk.path(item)).json()
    assert report["status"] == "withdrawn"
    assert [one["certificate"]["name"] for one in report["signatures"]] == ["Dokuei Hanako"] * 2


def test_a_certificate_is_recorded_by_an_administrator_for_the_person_whose_it_is(desk: Desk) -> None:
    """REC-17: bound beforehand; what the certificate says of its holder is compared with what is on record."""
    office = desk.room.hub.signed_in("office", Grant(Role.ADMINISTRATOR, None))
    other = desk.room.hub.person("reader.c", Grant(Role.READER, "kita"))
    path = f"/api/v1/people/{other.person_id}/signing-certificate"
    card = authority().card(licence=LICENSED.licence_number)

    def put(pem: str, *, compared: bool = True) -> tuple[int, str]:
        answer = office.put(path, json={"pem": pem, "compared": compared})
        return answer.status_code, answer.text

    refusals = {
        "no physician": authority().card(role=""),
        "nonRepudiation": authority().card(commits=False),
        "has expired": authority().card(lasts=timedelta(days=-1)),
        "another licence number": authority().card(licence="999999"),
    }
    for said, wrong in refusals.items():
        status, text = put(wrong.pem)
        assert (status, said in text) == (400, True), text
    for text in ("nothing", card.pem + card.pem):
        assert put(text)[0] == 400
    assert put(own_card().pem)[0] == 409, "it is another person's"
    assert put(card.pem, compared=False)[0] == 409, "the names are not the same by themselves"
    assert put(card.pem)[0] == 200
    assert office.get(f"/api/v1/people/{other.person_id}/profile").json()["certificate"]["name"] == "Dokuei Hanako"
    assert office.delete(path).status_code == 204
    assert office.delete(path).status_code == 404
    assert desk.page.put(path, json={"pem": card.pem, "compared": True}).status_code == 403


def test_a_physician_offers_their_own_certificate_and_nothing_is_signed_with_it_before_it_is_confirmed(
    desk: Desk,
) -> None:
    """REC-17: denied by default; what is confirmed is what was looked at, and the name was compared."""
    office = desk.room.hub.signed_in("office.2", Grant(Role.ADMINISTRATOR, None))
    own, path = "/api/v1/session/signing-certificate", f"/api/v1/people/{desk.person_id}/signing-certificate/offer"
    card = authority().card(licence=LICENSED.licence_number)
    qualifications = desk.room.hub.identity.qualifications
    qualifications.unbind(desk.person_id, actor="system")
    assert desk.page.put(own, json={"pem": authority().card(licence="999999").pem}).status_code == 400
    told = desk.page.put(own, json={"pem": card.pem}).json()
    assert (told["certificate"], told["offered"]["name"]) == (None, "Dokuei Hanako")
    assert [one["person_id"] for one in office.get("/api/v1/certificate-offers").json()] == [desk.person_id]
    item = desk.written_case("P9")
    assert desk.page.get(desk.path(item, "/qualification")).json()["lacks"] == ["no_certificate"]
    seen = {"fingerprint": told["offered"]["fingerprint"], "compared": True}
    assert desk.page.post(path, json=seen).status_code == 403, "nobody but an administrator confirms"
    assert office.post(path, json={**seen, "fingerprint": "0" * 64}).status_code == 409
    assert office.post(path, json={**seen, "compared": False}).status_code == 409
    confirmed = office.post(path, json=seen).json()
    assert (confirmed["certificate"]["fingerprint"], confirmed["offered"]) == (seen["fingerprint"], None)
    assert office.get("/api/v1/certificate-offers").json() == []
    assert desk.page.get(desk.path(item, "/qualification")).json()["lacks"] == []
    assert office.post(path, json=seen).status_code == 404
    another = authority().card(licence=LICENSED.licence_number)
    desk.page.put(own, json={"pem": another.pem}).raise_for_status()
    assert office.delete(path).status_code == 204
    assert desk.page.delete(own).status_code == 404
    assert qualifications.certificate(desk.person_id) == given_certificate(card.pem), "what is recorded stays"
    assert desk.room.hub.signed_in("clerk", Grant(Role.CLERK, "kita")).put(own, json={}).status_code == 403
    desk.bind(own_card())
    with desk.room.hub.database.read() as connection:
        rows = connection.execute(select(hub_entries).order_by(hub_entries.c.sequence))
        told = [one.event for one in rows if one.subject == desk.person_id]
    assert told[-5:] == [
        "qualification.certificate-offered",
        "qualification.certificate-recorded",
        "qualification.certificate-offered",
        "qualification.certificate-declined",
        "qualification.certificate-recorded",
    ]


def test_without_a_certificate_on_record_it_is_said_before_anything_is_written(desk: Desk) -> None:
    desk.room.hub.identity.qualifications.unbind(desk.person_id, actor="system")
    item = desk.written_case("P8")
    assert desk.page.get(desk.path(item, "/qualification")).json()["lacks"] == ["no_certificate"]
    assert desk.page.post(desk.path(item, "/signature/begin")).status_code == 403
    desk.bind(own_card())
    assert desk.page.get(desk.path(item, "/qualification")).json()["lacks"] == []
    begun = desk.page.post(desk.path(item, "/signature/begin")).json()
    assert begun["certificate_needed"] is True


def test_a_site_that_wants_certificates_signs_nothing_before_an_authority_is_set(tmp_path: Path) -> None:
    with reading_room(tmp_path) as room:
        page = room.reader(READER)
        item = room.mammogram_case()
        room.written(page, item)
        person_id = page.get("/api/v1/session").json()["person"]["person_id"]
        room.hub.identity.qualifications.bind(
            person_id, given_certificate(own_card().pem), compared=True, actor="system"
        )
        assert page.post(f"/api/v1/worklist/{item}/report/signature/begin").json()["certificate_needed"] is False
        room.hub.sites.change("kita", actor="system", qualified_signature_required=True)
        refused = page.post(f"/api/v1/worklist/{item}/report/signature/begin")
        assert (refused.status_code, "authority" in refused.text) == (409, True)
