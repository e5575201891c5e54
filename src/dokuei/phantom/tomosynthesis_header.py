"""Headers of Breast Tomosynthesis images: functional groups with each plane's place in the patient."""

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import BreastTomosynthesisImageStorage

from dokuei.phantom.compression import Compression, Detector
from dokuei.phantom.headers import Series, code, describe_pixels, instance, sequence, uid
from dokuei.phantom.mammogram_header import Vendor, breast_anatomy, exposure

Vector = tuple[float, float, float]


def directions(view: Compression) -> tuple[Vector, Vector, Vector]:
    """Unit vectors in the patient of a view's p (forward), m (up in the image) and c (from detector to paddle).

    In CC the paddle is above; in MLO up is the axilla, and the paddle is medial.
    """
    side = 1.0 if view.laterality == "L" else -1.0
    forward = (0.0, -1.0, 0.0)
    if view.view_position == "CC":
        return forward, (side, 0.0, 0.0), (0.0, 0.0, 1.0)
    angle = np.deg2rad(view.angle)
    sin, cos = float(np.sin(angle)), float(np.cos(angle))
    return forward, (side * sin, 0.0, cos), (side * cos, 0.0, -sin)


def in_patient(view: Compression, p: float, m: float, c: float) -> Vector:
    """Where a place in the view lies, with the nipple's level and the chest wall edge at the breast's centre."""
    side = 1.0 if view.laterality == "L" else -1.0
    centre = (side * 76.0, 0.0, 0.0)
    parts = zip(directions(view), (p, m, c - view.thickness / 2), strict=True)
    moved = np.sum([np.array(direction) * length for direction, length in parts], axis=0)
    x, y, z = (float(a + b) for a, b in zip(centre, moved, strict=True))
    return x, y, z


def plane_position(view: Compression, detector: Detector, planes: int, number: int) -> Vector:
    """The centre of the first pixel of a plane, as the image lies when it is hung (the right breast mirrored)."""
    last = (detector.columns - 0.5) * detector.spacing
    p = 0.5 * detector.spacing if view.laterality == "L" else last
    m = view.nipple_row - 0.5 * detector.spacing
    return in_patient(view, p, m, (number + 0.5) * view.thickness / planes)


def header(series: Series, view: Compression, vendor: Vendor, planes: int, *, number: int, after: float) -> Dataset:
    """Breast Tomosynthesis Image (PS3.3 A.55), without its pixels."""
    detector = vendor.detector
    ds = instance(series, BreastTomosynthesisImageStorage, number, after=after)
    ds.ImageType = ["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "NONE"]
    ds.ContentQualification = "PRODUCT"
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.PixelPresentation, ds.VolumetricProperties = "MONOCHROME", "VOLUME"
    ds.VolumeBasedCalculationTechnique = "TOMOSYNTHESIS"
    describe_pixels(ds, detector.rows, detector.columns, bits=10)
    ds.NumberOfFrames = planes
    ds.PresentationLUTShape = "IDENTITY"
    ds.PixelPaddingValue = 0
    breast_anatomy(ds, view)
    del ds.PositionerType, ds.PositionerPrimaryAngle
    ds.FrameOfReferenceUID = uid(series.study.key, "breast", view.laterality, view.view_position)
    ds.PositionReferenceIndicator = ""
    ds.AcquisitionDateTime = series.study.date + series.study.time(after)
    ds.AcquisitionNumber = number
    acquisition = Dataset()
    exposure(acquisition, view, vendor)
    acquisition.PositionerType = "MAMMOGRAPHIC"
    acquisition.PrimaryPositionerScanArc = 15.0
    ds.XRay3DAcquisitionSequence = sequence(acquisition)
    _dimensions(ds, series, view)
    ds.SharedFunctionalGroupsSequence = sequence(_shared(view, vendor, planes))
    ds.PerFrameFunctionalGroupsSequence = sequence(*(_frame(view, vendor, planes, n) for n in range(planes)))
    return ds


def _dimensions(ds: Dataset, series: Series, view: Compression) -> None:
    organization = Dataset()
    organization.DimensionOrganizationUID = uid(series.study.key, "dimensions", view.laterality, view.view_position)
    ds.DimensionOrganizationSequence = sequence(organization)
    items = []
    for pointer in (0x00209056, 0x00209057):  # Stack ID, In-Stack Position Number
        item = Dataset()
        item.add_new("DimensionIndexPointer", "AT", pointer)
        item.add_new("FunctionalGroupPointer", "AT", 0x00209111)
        item.DimensionOrganizationUID = organization.DimensionOrganizationUID
        items.append(item)
    ds.DimensionIndexSequence = sequence(*items)


def _item(**values: object) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def _shared(view: Compression, vendor: Vendor, planes: int) -> Dataset:
    step = f"{view.thickness / planes:.6g}"
    spacing = [f"{vendor.detector.spacing:g}"] * 2
    along, up, _ = directions(view)
    row = along if view.laterality == "L" else tuple(-v for v in along)
    orientation = [f"{v + 0.0:.8g}" for v in (*row, *(-v for v in up))]
    centre, width, name = vendor.windows[0]
    return _item(
        PixelMeasuresSequence=sequence(_item(PixelSpacing=spacing, SliceThickness=step, SpacingBetweenSlices=step)),
        PlaneOrientationSequence=sequence(_item(ImageOrientationPatient=orientation)),
        FrameAnatomySequence=sequence(
            _item(FrameLaterality=view.laterality, AnatomicRegionSequence=sequence(code("76752008", "SCT", "Breast")))
        ),
        FrameVOILUTSequence=sequence(
            _item(WindowCenter=f"{centre:g}", WindowWidth=f"{width:g}", WindowCenterWidthExplanation=name)
        ),
        PixelValueTransformationSequence=sequence(_item(RescaleIntercept="0", RescaleSlope="1", RescaleType="US")),
        XRay3DFrameTypeSequence=sequence(
            _item(
                FrameType=["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "NONE"],
                PixelPresentation="MONOCHROME",
                VolumetricProperties="VOLUME",
                VolumeBasedCalculationTechnique="TOMOSYNTHESIS",
            )
        ),
    )


def _frame(view: Compression, vendor: Vendor, planes: int, number: int) -> Dataset:
    position = [f"{v:.6g}" for v in plane_position(view, vendor.detector, planes, number)]
    content = _item(FrameAcquisitionNumber=1, StackID="1", InStackPositionNumber=number + 1)
    content.DimensionIndexValues = [1, number + 1]
    return _item(
        FrameContentSequence=sequence(content),
        PlanePositionSequence=sequence(_item(ImagePositionPatient=position)),
    )
