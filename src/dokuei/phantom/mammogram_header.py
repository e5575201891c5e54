"""Headers of mammograms and tomosyntheses: view, position, exposure, dose, and each vendor's way to display."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalMammographyXRayImageStorageForProcessing,
)

from dokuei.phantom.compression import Compression, Detector
from dokuei.phantom.headers import Series, code, describe_pixels, instance, sequence
from dokuei.phantom.mammogram import Processing
from dokuei.phantom.texture import generator

_VIEWS = {"CC": ("399162004", "cranio-caudal"), "MLO": ("399368009", "medio-lateral oblique")}
_ORIENTATION = {("L", "CC"): ["A", "R"], ("R", "CC"): ["P", "L"], ("L", "MLO"): ["A", "FR"], ("R", "MLO"): ["P", "FL"]}


@dataclass(frozen=True)
class Vendor:
    """A mammography device: matrix, processing, and how it asks to be displayed.

    ``windows`` are (centre, width, name); ``curve`` is how a VOI LUT Sequence bends, where there is one.
    """

    detector: Detector
    processing: Processing
    windows: tuple[tuple[float, float, str], ...] = ()
    function: Literal["LINEAR", "SIGMOID"] = "LINEAR"
    lut: bool = False
    monochrome1: bool = False
    anode: str = "TUNGSTEN"
    filter_material: str = "RHODIUM"
    detector_type: str = "DIRECT"


def exposure(ds: Dataset, view: Compression, vendor: Vendor) -> None:
    """X-ray facts that hang together: a thicker breast takes more of each."""
    rng = generator(view.woman.seed, view.laterality, view.view_position, "exposure")
    thick = view.thickness
    mas = round(28 + 1.5 * (thick - 30) + float(rng.uniform(-4, 4)))
    ds.KVP = str(round(25 + thick / 14))
    ds.DistanceSourceToDetector, ds.DistanceSourceToPatient = "660", "650"
    ds.EstimatedRadiographicMagnificationFactor = "1.0"
    ds.ExposureTime, ds.XRayTubeCurrent, ds.Exposure, ds.ExposureInuAs = mas * 10, 100, mas, mas * 1000
    ds.FilterType = "STRIP"
    ds.Grid = ["RECIPROCATING", "FOCUSED"]
    ds.FocalSpots = "0.3"
    ds.AnodeTargetMaterial, ds.FilterMaterial = vendor.anode, vendor.filter_material
    ds.BodyPartThickness = f"{thick:g}"
    ds.CompressionForce = f"{float(rng.uniform(85, 125)):.1f}"
    ds.ExposureControlMode = "AUTOMATIC"
    ds.HalfValueLayer = "0.52"
    ds.OrganDose = f"{(0.9 + 0.013 * thick) / 100:.5f}"
    ds.EntranceDoseInmGy = f"{2.6 + 0.07 * thick:.3f}"
    ds.EntranceDose = 0
    ds.OrganExposed = "BREAST"


def breast_anatomy(ds: Dataset, view: Compression) -> None:
    """Which breast, and from where (PS3.3 C.8.11.7, CID 4014)."""
    value, meaning = _VIEWS[view.view_position]
    item = code(value, "SCT", meaning)
    item.ViewModifierCodeSequence = sequence()
    ds.ViewCodeSequence = sequence(item)
    ds.ViewPosition = view.view_position
    ds.PatientOrientation = _ORIENTATION[view.laterality, view.view_position]
    ds.PositionerType = "MAMMOGRAPHIC"
    tilt = 0.0 if view.view_position == "CC" else (view.angle if view.laterality == "R" else -view.angle)
    ds.PositionerPrimaryAngle = f"{tilt:g}"
    ds.BreastImplantPresent = "NO"
    ds.AcquisitionContextSequence = sequence()
    ds.QualityControlImage = "NO"


def for_presentation(series: Series, view: Compression, vendor: Vendor, number: int, after: float) -> Dataset:
    """Digital Mammography X-Ray Image, for presentation (PS3.3 A.27), without its pixels."""
    ds = _common(series, view, vendor, DigitalMammographyXRayImageStorageForPresentation, number=number, after=after)
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.ImageType = ["DERIVED", "PRIMARY"]
    describe_pixels(ds, vendor.detector.rows, vendor.detector.columns, bits=vendor.processing.bits)
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", -1
    ds.PresentationLUTShape = "IDENTITY"
    ds.PixelPaddingValue = 0
    if vendor.monochrome1:
        ds.PhotometricInterpretation, ds.PresentationLUTShape = "MONOCHROME1", "INVERSE"
        ds.PixelIntensityRelationshipSign = 1
        ds.PixelPaddingValue = 2**vendor.processing.bits - 1
    if vendor.windows:
        ds.WindowCenter = [f"{centre:g}" for centre, _, _ in vendor.windows]
        ds.WindowWidth = [f"{width:g}" for _, width, _ in vendor.windows]
        ds.WindowCenterWidthExplanation = [name for _, _, name in vendor.windows]
        ds.VOILUTFunction = vendor.function
    if vendor.lut:
        curves = vendor.windows or ((vendor.processing.fat * 1.5, vendor.processing.fat * 1.6, "STANDARD"),)
        ds.VOILUTSequence = sequence(*(_lut(vendor, *curve) for curve in curves))
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0", "1", "US"
    return ds


def for_processing(series: Series, view: Compression, vendor: Vendor, number: int, after: float) -> Dataset:
    """The same as it left the detector, 14 bits and linear: stored, never read on."""
    ds = _common(series, view, vendor, DigitalMammographyXRayImageStorageForProcessing, number=number, after=after)
    ds.PresentationIntentType = "FOR PROCESSING"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    describe_pixels(ds, vendor.detector.rows, vendor.detector.columns, bits=14)
    ds.PhotometricInterpretation = "MONOCHROME1"
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LIN", 1
    ds.PresentationLUTShape = "INVERSE"
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0", "1", "US"
    return ds


def _common(
    series: Series, view: Compression, vendor: Vendor, sop_class_uid: str, *, number: int, after: float
) -> Dataset:
    ds = instance(series, sop_class_uid, number, after=after)
    breast_anatomy(ds, view)
    ds.ImageLaterality = view.laterality
    ds.AnatomicRegionSequence = sequence(code("76752008", "SCT", "Breast"))
    exposure(ds, view, vendor)
    spacing = [f"{vendor.detector.spacing:g}"] * 2
    ds.ImagerPixelSpacing, ds.DetectorElementSpacing, ds.DetectorElementPhysicalSize = spacing, spacing, spacing
    ds.DetectorType, ds.DetectorConfiguration = vendor.detector_type, "AREA"
    ds.DetectorConditionsNominalFlag, ds.DetectorActiveShape = "YES", "RECTANGLE"
    ds.FieldOfViewShape = "RECTANGLE"
    size = [vendor.detector.rows * vendor.detector.spacing, vendor.detector.columns * vendor.detector.spacing]
    ds.FieldOfViewDimensions = [round(length) for length in size]
    ds.FieldOfViewOrigin, ds.FieldOfViewRotation = ["0", "0"], "0"
    ds.FieldOfViewHorizontalFlip = "NO"
    ds.AcquisitionDeviceProcessingDescription = "SYNTHETIC"
    return ds


def _lut(vendor: Vendor, centre: float, width: float, name: str) -> Dataset:
    """A VOI LUT with toe and shoulder, as film had; it begins at the first pixel value and gives 12 bits."""
    entries = 2**vendor.processing.bits
    x = (np.arange(entries) - centre) / width
    inverted = (entries - 1 - np.arange(entries) - centre) / width
    curve = 4095 / (1 + np.exp(-4 * x)) if not vendor.monochrome1 else 4095 - 4095 / (1 + np.exp(-4 * inverted))
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [entries, 0, 12])
    item.LUTExplanation = name
    item.add_new("LUTData", "OW", np.rint(curve).astype("<u2").tobytes())
    return item
