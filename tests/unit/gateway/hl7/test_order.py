"""What a hospital's message asks for, and what is refused by the name of the field that is wrong."""

import pytest

from dokuei.errors import Hl7Error
from dokuei.gateway.hl7.message import read_message
from dokuei.gateway.hl7.order import AccessionField, Said, understand
from tests.makers.hospital import correction, order, written


def _said(
    text: str, codec: str = "iso2022_jp", where: AccessionField = "first-found", default: str = "iso-2022-jp"
) -> Said:
    return understand(read_message(written(text, codec), default=default), accession_number=where)


def test_an_order_keeps_what_a_reader_needs() -> None:
    """REPORT-05 MRPET-08: the order in, with JJ1017 codes and names in three representations."""
    (one,) = _said(order()).orders
    assert (one.action, one.placer_order_number, one.filler_order_number) == ("new", "P1", "F1")
    assert (one.accession_number, one.issuer_of_accession_number) == ("A1", "BYOIN")
    assert (one.study_instance_uid, one.modality, one.examination_date) == ("1.2.392.1.5", "MG", "20261201")
    assert one.priority == "urgent"
    assert (one.procedure.value, one.procedure.scheme) == ("10010000000000000000000000000000", "JJ1017")
    assert one.procedure.meaning == "乳房撮影 両側"
    assert (one.patient.patient_id, one.patient.issuer_of_patient_id) == ("0001234", "BYOIN")
    assert one.patient.name.model_dump() == {
        "alphabetic": "YAMADA^HANAKO",
        "ideographic": "山田^花子",
        "phonetic": "ヤマダ^ハナコ",
    }
    assert (one.patient.birth_date, one.patient.sex) == ("19700203", "F")
    assert (one.requesting_physician, one.requesting_department) == ("鈴木 一郎", "乳腺外科")
    assert one.reason == "乳癌疑い"
    assert one.clinical_information.split("\n") == [
        "右乳房にしこり。",
        "家族歴 & 母",
        "ペースメーカーなし",
        "体重: 52 kg",
    ]


@pytest.mark.parametrize(
    ("charset", "codec", "default"),
    [
        ("~ISO IR87", "iso2022_jp", "utf-8"),
        ("UNICODE UTF-8", "utf-8", "iso-2022-jp"),
        ("", "iso2022_jp", "iso-2022-jp"),
        ("", "cp932", "shift_jis"),
        ("", "utf-8", "utf-8"),
    ],
)
def test_the_same_order_in_every_character_set(charset: str, codec: str, default: str) -> None:
    (one,) = _said(order(charset=charset), codec, default=default).orders
    assert one.patient.name.ideographic == "山田^花子"
    assert one.patient.name.phonetic == "ヤマダ^ハナコ"


@pytest.mark.parametrize(
    ("name", "ideographic", "phonetic", "alphabetic"),
    [
        ("山田^花子~ヤマダ^ハナコ", "山田^花子", "ヤマダ^ハナコ", ""),
        ("ヤマダ^ハナコ~山田^花子", "山田^花子", "ヤマダ^ハナコ", ""),
        ("YAMADA^HANAKO~山田^花子~やまだ^はなこ", "山田^花子", "やまだ^はなこ", "YAMADA^HANAKO"),
        ("さくら^ひなた~サクラ^ヒナタ", "さくら^ひなた", "サクラ^ヒナタ", ""),
        ("山田　花子", "山田　花子", "", ""),
        ("旧姓^花子^^^^^M^I~山田^花子^^^^^L^I", "山田^花子", "", ""),
        ("SMITH&VAN^JOHN^Q", "", "", "SMITH^JOHN^Q"),
        ("山田＝花子=^x", "山田＝花子^x", "", ""),
    ],
)
def test_names_without_codes_go_where_their_letters_belong(
    name: str, ideographic: str, phonetic: str, alphabetic: str
) -> None:
    (one,) = _said(order(name=name, charset="UNICODE UTF-8"), "utf-8").orders
    got = one.patient.name
    assert (got.ideographic, got.phonetic, got.alphabetic) == (ideographic, phonetic, alphabetic)


@pytest.mark.parametrize(
    ("where", "expected"),
    [("first-found", "A1"), ("IPC-1", "A1"), ("OBR-18", "O18"), ("OBR-19", "O19"), ("filler", "F1")],
)
def test_the_accession_number_stands_where_the_site_says(where: AccessionField, expected: str) -> None:
    obr = next(line.split("|") for line in order().split("\r") if line.startswith("OBR"))
    obr[18], obr[19] = "O18", "O19"
    text = "\r".join("|".join(obr) if line.startswith("OBR") else line for line in order().split("\r"))
    (one,) = _said(text, where=where).orders
    assert one.accession_number == expected


def test_without_ipc_and_obr_18_the_filler_names_the_images() -> None:
    text = "\r".join(line for line in order(kind="ORM^O01").split("\r") if not line.startswith("IPC"))
    (one,) = _said(text).orders
    assert (one.accession_number, one.study_instance_uid, one.modality) == ("F1", None, "MG")
    (older,) = _said(text + "\rZDS|1.2.3^100^Application^DICOM").orders
    assert older.study_instance_uid == "1.2.3"


@pytest.mark.parametrize(
    ("control", "status", "action"),
    [("NW", "", "new"), ("XO", "", "change"), ("CA", "", "cancel"), ("DC", "", "cancel"), ("SC", "CA", "cancel")],
)
def test_order_controls(control: str, status: str, action: str) -> None:
    text = order(control=control).replace(f"ORC|{control}|P1|F1||", f"ORC|{control}|P1|F1||{status}")
    (one,) = _said(text).orders
    assert one.action == action


def test_a_status_that_asks_nothing_is_no_order() -> None:
    assert _said(order(control="SC")) == Said()


@pytest.mark.parametrize(
    ("code", "priority"),
    [("S", "urgent"), ("STAT", "urgent"), ("A", "high"), ("R", "routine"), ("", "urgent"), ("TM30", "high")],
)
def test_priorities(code: str, priority: str) -> None:
    (one,) = _said(order().replace("||S^至急^HL70078", f"||{code}")).orders
    assert one.priority == priority


def test_several_orders_in_one_message_are_several() -> None:
    lines = order().split("\r")
    orc = next(number for number, line in enumerate(lines) if line.startswith("ORC"))
    second = [line.replace("|P1|", "|P2|").replace("IPC|A1^", "IPC|A2^") for line in lines[orc:]]
    orders = _said("\r".join([*lines, *second])).orders
    assert [(one.placer_order_number, one.accession_number) for one in orders] == [("P1", "A1"), ("P2", "A2")]
    assert orders[1].clinical_information == orders[0].clinical_information


def test_an_attachment_is_named_and_not_swallowed() -> None:
    (one,) = _said(order() + "\rOBX|2|ED|11502-2^紹介状^LN||^application^pdf^Base64^JVBERi0=").orders
    assert "紹介状: (添付は取り込まれません attachment not taken over)" in one.clinical_information
    assert "JVBER" not in one.clinical_information


def test_corrections_of_patients() -> None:
    (update,) = _said(correction()).corrections
    assert (update.action, update.patient.name.ideographic) == ("update", "鈴木^花子")
    (merge,) = _said(correction(event="A40", prior="0009999")).corrections
    assert (merge.action, merge.prior_patient_id, merge.prior_issuer_of_patient_id) == ("merge", "0009999", "BYOIN")


def _without(name: str, text: str | None = None) -> str:
    return "\r".join(line for line in (text or order()).split("\r") if not line.startswith(name))


@pytest.mark.parametrize(
    ("text", "location", "condition"),
    [
        (_without("PID"), "PID", 100),
        (_without("ORC"), "ORC", 100),
        (_without("OBR"), "OBR", 100),
        (order(patient_id=""), "PID-3", 101),
        (order(patient_id="9" * 65), "PID-3", 102),
        (order(name="A" * 300), "PID-5", 102),
        (order(study="not a uid"), "IPC-3", 102),
        (order(control=""), "ORC-1", 101),
        (order(control="ZZ"), "ORC-1", 103),
        (order(kind="ORU^R01"), "MSH-9", 200),
        (order(kind="OMI^O99"), "MSH-9", 201),
        (order(kind="ADT^A01"), "MSH-9", 201),
        (order(kind=""), "MSH-9", 200),
        (order(control_id=""), "MSH-10", 101),
        (order().replace("|P|2.5|", "|T|2.5|"), "MSH-11", 202),
        (order().replace("|P|2.5|", "|P|3.0|"), "MSH-12", 203),
        (order() + "\rPID|2||77", "PID", 100),
        (order().replace("右乳房", "右" * 17_000), "OBR-13", 102),
        (correction(event="A40"), "MRG", 100),
        (correction(event="A40") + "\rMRG|", "MRG-1", 101),
        (_without("PID", correction()), "PID", 100),
    ],
)
def test_what_is_wrong_is_named_without_saying_what_was_there(text: str, location: str, condition: int) -> None:
    with pytest.raises(Hl7Error) as refused:
        _said(text)
    assert (refused.value.location, refused.value.condition) == (location, condition)
    assert not any(secret in str(refused.value) for secret in ("山田", "0001234", "999", "AAA", "not a uid"))


def test_a_message_of_orders_without_end_is_refused_as_a_whole() -> None:
    """One of them, in one transaction, would keep the images of a morning waiting."""
    lines = order().split("\r")
    many = [f"IPC|B{number}^BYOIN|R1|1.2.{number}|S1|MG" for number in range(1, 102)]
    assert len(_said("\r".join([*lines[:-1], *many[1:]])).orders) == 100
    with pytest.raises(Hl7Error, match="more than 100"):
        _said("\r".join([*lines[:-1], *many]))


def test_an_order_without_any_number_is_refused() -> None:
    text = _without("IPC", order(placer="")).replace("|F1|", "||")
    with pytest.raises(Hl7Error) as refused:
        _said(text)
    assert refused.value.location == "ORC-2"
