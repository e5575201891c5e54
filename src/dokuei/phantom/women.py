"""Who and what the cases are about: women who do not exist, devices of no maker, and how each vendor displays."""

from dokuei.phantom.anatomy import Lesion, Woman
from dokuei.phantom.compression import Detector
from dokuei.phantom.headers import JAPANESE, UNICODE, Equipment, Patient, Study
from dokuei.phantom.mammogram import Processing
from dokuei.phantom.mammogram_header import Vendor

HANAKO = Patient("SYN-0001", "MOGI^HANAKO=模擬^花子=もぎ^はなこ", "19720403", 54.5, 1.57, JAPANESE)
AKANE = Patient("SYN-0002", "KASOU^AKANE=仮想^茜=かそう^あかね", "19780921", 51.0, 1.61, UNICODE)
SAKURA = Patient("SYN-0003", "GOUSEI^SAKURA=合成^桜=ごうせい^さくら", "19690115", 56.0, 1.58, JAPANESE)
SAKURA_UNICODE = Patient("SYN-0003", "GOUSEI^SAKURA=合成^桜=ごうせい^さくら", "19690115", 56.0, 1.58, UNICODE)
FUMI = Patient("SYN-0004", "KAKUU^FUMI=架空^文=かくう^ふみ", "19811130", 49.5, 1.55, JAPANESE)

_MASS = Lesion("left-mass", "spiculated-mass", "L", 1.5, 34, 44, 7.5, "5")
_OVAL = Lesion("right-oval-mass", "circumscribed-mass", "R", 8, 27, 38, 6.0, "2")
SCREENED = Woman("screened", 94, 80, 0.27, (_MASS, _OVAL))
SCREENED_BEFORE = Woman("screened", 94, 80, 0.27, (_MASS.at(0.5), _OVAL))
RECALLED = Woman(
    "recalled",
    82,
    70,
    0.38,
    (
        Lesion("right-distortion", "architectural-distortion", "R", 10, 30, 40, 11.0, "4"),
        Lesion("right-calcifications", "microcalcifications", "R", 7.5, 26, 46, 9.0, "4"),
        Lesion("left-oval-mass", "circumscribed-mass", "L", 4, 25, 40, 5.5, "2"),
    ),
)
STAGED = Woman(
    "staged",
    80,
    68,
    0.34,
    (
        Lesion("left-mass", "spiculated-mass", "L", 1.5, 32, 42, 11.0, "5"),
        Lesion("left-axillary-node", "axillary-node", "L", 1.35, 108, 6, 8.5, "5"),
        Lesion("right-oval-mass", "circumscribed-mass", "R", 8, 28, 40, 7.0, "2"),
    ),
)
HEALTHY = Woman("healthy", 84, 73, 0.50)

SCREENING = Study("screening", HANAKO, "20261116", 9 * 3600 + 1260, "マンモグラフィ検診 両側 MLO CC", "SYN26111601")
SCREENING_PRIOR = Study(
    "screening prior", HANAKO, "20251110", 10 * 3600 + 300, "マンモグラフィ検診 両側", "SYN25111001"
)
DIAGNOSTIC = Study("diagnostic", AKANE, "20261117", 13 * 3600 + 900, "精査 MG トモシンセシス 超音波", "SYN26111702")
DYNAMIC = Study("dynamic", SAKURA, "20261118", 15 * 3600 + 120, "乳房MRI 造影ダイナミック", "SYN26111803")
PET_CT = Study("pet ct", SAKURA_UNICODE, "20261119", 11 * 3600 + 600, "FDG PET/CT 病期診断", "SYN26111904")
NORMAL = Study("normal", FUMI, "20261116", 9 * 3600 + 2700, "マンモグラフィ検診 両側", "SYN26111605")

_MAKER_A, _MAKER_B, _MAKER_C = "SYNTHETIC IMAGING A", "SYNTHETIC IMAGING B", "SYNTHETIC IMAGING C"
ROOM_A = Equipment(_MAKER_A, "Phantom Mammo 65", "A-0001", "1.0", "MG-A1")
ROOM_B = Equipment(_MAKER_B, "Phantom Mammo 100", "B-0001", "3.2", "MG-B1")
ROOM_C = Equipment(_MAKER_C, "Phantom Plate 100", "C-0001", "2.1", "MG-C1")
ROOM_D = Equipment(_MAKER_A, "Phantom Mammo 70 Tomo", "A-0002", "1.4", "MG-A2")
PROBE = Equipment(_MAKER_B, "Phantom Echo", "B-0107", "7.0", "US-B1")
MAGNET = Equipment(_MAKER_C, "Phantom 3T", "C-0301", "5.5", "MR-C1")
RING = Equipment(_MAKER_A, "Phantom PET/CT", "A-0901", "2.0", "PT-A1")

VENDOR_A = Vendor(
    Detector(4096, 3328, 0.065),
    Processing(bits=12, fat=1150, per_mm=66, noise=27, sharpen=0.35),
    windows=((1880, 2060, "NORMAL"), (1880, 1500, "HARD"), (1880, 2800, "SOFT")),
)
VENDOR_B = Vendor(
    Detector(2294, 1914, 0.1),
    Processing(bits=12, fat=2050, per_mm=32, noise=21, sharpen=0.15, noise_blur=0.45),
    windows=((2430, 1000, "NORMAL"), (2430, 760, "HARDER"), (2430, 1300, "SOFTER")),
    function="SIGMOID",
    lut=True,
    anode="RHODIUM",
    detector_type="SCINTILLATOR",
)
VENDOR_C = Vendor(
    Detector(2370, 1770, 0.1),
    Processing(bits=10, fat=310, per_mm=14.5, noise=12, sharpen=0.5),
    lut=True,
    monochrome1=True,
    anode="MOLYBDENUM",
    filter_material="MOLYBDENUM",
    detector_type="STORAGE",
)
VENDOR_D = Vendor(
    Detector(3328, 2560, 0.07),
    Processing(bits=12, fat=1150, per_mm=66, noise=26, sharpen=0.3),
    windows=((1900, 2080, "NORMAL"), (1900, 1500, "HARD")),
    filter_material="SILVER",
)
TOMO_D = Vendor(
    Detector(2457, 1996, 0.1),
    Processing(bits=10, fat=300, per_mm=13, noise=12, sharpen=0),
    windows=((520, 560, "TOMO"),),
    filter_material="ALUMINUM",
)
