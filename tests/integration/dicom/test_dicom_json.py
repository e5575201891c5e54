"""The JSON model beside pydicom's."""

import io
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pydicom
import pytest

from dokuei.dicom import uids
from dokuei.dicom.bulk import find_bulk
from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.dicom_json import to_json
from dokuei.dicom.intake import intake
from dokuei.dicom.native import to_explicit_little_endian
from dokuei.errors import NotFoundError
from tests.makers.objects import element, header, identity, image, item, noise, part10, save

Model = dict[str, Any]


def _coded(path: Path) -> tuple[Path, CodedInstance]:
    target = path.with_suffix(".coded")
    return target, intake(path, target)


def _bulk(target: Path, attribute_path: str) -> bytes:
    found = find_bulk(target, attribute_path)
    return b"".join(found.pieces(0, found.length))


def _model(path: Path) -> Model:
    target, coded = _coded(path)
    model = to_json(target, coded, bulk_data_uri="bulk")
    assert orjson.loads(orjson.dumps(model)) == model
    return model


def _plain(model: Model) -> Model:
    """What two writers of the model may do differently is made the same: empty values, character set, bulk data."""
    result: Model = {}
    for tag, entry in model.items():
        if tag in {"00080005", "7FE00010", "FFFCFFFC"} or tag.endswith("0000"):
            continue
        values = entry.get("Value")
        if entry["vr"] == "SQ":
            result[tag] = [_plain(one) for one in values or []]
            continue
        if values is not None:
            values = [one.strip() or None if isinstance(one, str) else one for one in values]
            values = None if all(one in (None, {}, {"Alphabetic": ""}) for one in values) else values
        result[tag] = (entry["vr"], values, entry.get("InlineBinary"))
    return result


def _theirs(path: Path) -> Model:
    target, coded = _coded(path)
    native = pydicom.dcmread(io.BytesIO(b"".join(to_explicit_little_endian(target, coded))))
    return dict(native.to_json_dict(bulk_data_threshold=1365, bulk_data_element_handler=lambda _: "bulk"))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("folder", ["1-", "2-mr-enhanced", "3-", "5-"])
def test_the_model_is_pydicoms_in_content(folder: str, test_data: Path, tmp_path: Path) -> None:
    names = [row.split("\t")[0] for row in (test_data / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()]
    compared = 0
    for name in (name for name in names if name.startswith(folder) and "dwv034" not in name):
        copy = tmp_path / "source.dcm"
        copy.write_bytes((test_data / name).read_bytes())
        ours, theirs = _plain(_model(copy)), _plain(_theirs(copy))
        odd = {"00451026", "07A11070", "0040A730"}  # blanks that pydicom takes for nothing, values that it leaves out
        assert {t: v for t, v in ours.items() if t not in odd} == {t: v for t, v in theirs.items() if t not in odd}
        compared += 1
    assert compared


@pytest.mark.parametrize("character_set", [["", "ISO 2022 IR 87"], "ISO_IR 192", "GB18030"])
def test_names_come_out_in_three_groups(character_set: str | list[str], tmp_path: Path) -> None:
    data_set = header()
    data_set.SpecificCharacterSet = character_set
    data_set.PatientName = "Yamada^Hanako=山田^花子=やまだ^はなこ"
    model = _model(save(tmp_path / "s.dcm", data_set))
    assert model["00100010"]["Value"] == [
        {"Alphabetic": "Yamada^Hanako", "Ideographic": "山田^花子", "Phonetic": "やまだ^はなこ"}
    ]
    assert model["00080005"]["Value"] == ["ISO_IR 192"]


def test_half_width_kana_and_supplementary_kanji_come_out(tmp_path: Path) -> None:
    first, last = identity()
    name = b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$(D0c\x1b(J "
    path = tmp_path / "s.dcm"
    kana = element(0x00080005, "CS", rb"ISO 2022 IR 13\ISO 2022 IR 87\ISO 2022 IR 159")
    path.write_bytes(part10(kana + first + element(0x00100010, "PN", name) + last))
    assert _model(path)["00100010"]["Value"] == [{"Alphabetic": "ﾔﾏﾀﾞ^ﾀﾛｳ", "Ideographic": "山田^伹"}]


def test_a_name_without_a_character_set_is_replaced_and_never_stops_anything(tmp_path: Path) -> None:
    first, last = identity()
    path = tmp_path / "s.dcm"
    path.write_bytes(part10(first + element(0x00100010, "PN", b"\x8e\x52\x93\x63") + last))
    assert _model(path)["00100010"]["Value"] == [{"Alphabetic": "�R�c"}]


def test_an_items_own_character_set_holds_inside_it(tmp_path: Path) -> None:
    """PS3.5 7.5.3."""
    first, last = identity()
    inner = element(0x00080005, "CS", b"ISO_IR 192") + element(0x00081030, "LO", "乳房 ".encode())
    path = tmp_path / "s.dcm"
    path.write_bytes(part10(first + element(0x00081110, "SQ", item(inner)) + last))
    assert _model(path)["00081110"]["Value"][0]["00081030"]["Value"] == ["乳房"]


def test_large_values_are_bulk_data_and_can_be_fetched(tmp_path: Path) -> None:
    data = bytes(range(256)) * 8
    nested = header()
    nested.EncapsulatedDocument = data
    cells = noise((20, 30))
    data_set = image(cells, ReferencedStudySequence=[header(), nested], EncapsulatedDocument=b"short")
    target, coded = _coded(save(tmp_path / "s.dcm", data_set))
    model = to_json(target, coded, bulk_data_uri="bulk")
    assert b64decode(model["00420011"]["InlineBinary"]) == b"short\0"
    uri = model["00081110"]["Value"][1]["00420011"]["BulkDataURI"]
    assert uri == "bulk/00081110/1/00420011"
    assert _bulk(target, uri.removeprefix("bulk/")) == data
    assert model["7FE00010"] == {"vr": "OW", "BulkDataURI": "bulk/7FE00010"}
    assert _bulk(target, "7FE00010") == cells.tobytes()
    with pytest.raises(NotFoundError):
        find_bulk(target, "00081110/7/00420011")


def test_the_model_says_what_came_and_not_how_it_is_coded(tmp_path: Path) -> None:
    model = _model(save(tmp_path / "s.dcm", image(noise((8, 9, 3), bits=8, dtype="u1")), uids.IMPLICIT_LITTLE))
    assert model["00280004"]["Value"] == ["RGB"]
    assert "04000561" not in model
    assert not any(tag.startswith(("7FF1", "0002")) for tag in model)


def test_private_values_of_known_makers_are_told_from_implicit_objects_too(tmp_path: Path) -> None:
    data_set = header()
    data_set.private_block(0x7053, "Philips PET Private Group", create=True).add_new(0, "DS", "0.5")
    model = _model(save(tmp_path / "s.dcm", data_set, uids.IMPLICIT_LITTLE))
    assert model["70531000"] == {"vr": "DS", "Value": [0.5]}


def test_numbers_in_every_width_are_told(tmp_path: Path) -> None:
    data_set = header()
    data_set.add_new(0x00189087, "FD", [0.5, float("nan")])
    data_set.add_new(0x00720083, "UV", [2**63])
    data_set.add_new(0x00280106, "SS", -5)
    data_set.add_new(0x00280103, "US", 1)
    model = _model(save(tmp_path / "s.dcm", data_set, uids.IMPLICIT_LITTLE))
    assert model["00189087"]["Value"] == [0.5, "NaN"]
    assert model["00720083"]["Value"] == [2**63]
    assert model["00280106"] == {"vr": "SS", "Value": [-5]}
    assert np.iinfo("<i2").min < -5
