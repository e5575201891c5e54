"""The demo and test cases: made once, in threads, and kept."""

import json
import shutil
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from dokuei.errors import ConfigurationError
from dokuei.phantom import truth, women
from dokuei.phantom.anatomy import Laterality, Woman, build
from dokuei.phantom.compression import Compression, ViewPosition
from dokuei.phantom.headers import Equipment, Series, Study, uid
from dokuei.phantom.mammogram_header import Vendor
from dokuei.phantom.mri import phase_time
from dokuei.phantom.pet_ct import Tracer
from dokuei.phantom.recipes import (
    FULL,
    PHASES,
    SMALL,
    Breasts,
    Job,
    Scale,
    ct,
    dynamic,
    mammogram,
    pet,
    tomosynthesis_view,
    ultrasound_clip,
)
from dokuei.phantom.ultrasound import Screen

VERSION = 1
"""Raised when the same call gives other bytes: what was kept is then made again."""
Progress = Callable[[str, int, int], None]
Plan = list[tuple[str, Job]]


@dataclass(frozen=True)
class Case:
    """One woman's story: ``woman`` for the breasts, ``plan`` gives the jobs with the folder each writes to."""

    case_id: str
    title: str
    woman: Woman
    studies: tuple[Study, ...]
    category_right: str
    category_left: str
    plan: Callable[[Scale, Breasts], Plan]


@dataclass(frozen=True)
class PhantomCase:
    """A case on disk."""

    case_id: str
    folder: Path
    truth: Path
    files: tuple[Path, ...]


@dataclass(frozen=True)
class PhantomSet:
    """The cases that were asked for, on disk."""

    root: Path
    cases: tuple[PhantomCase, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """Every DICOM file, case after case."""
        return tuple(file for case in self.cases for file in case.files)


@dataclass(frozen=True)
class _FourViews:
    """R and L, CC and MLO of one visit; with ``raw`` the for-processing image of one view too."""

    folder: str
    study: Study
    room: Equipment
    vendor: Vendor
    woman: Woman
    thickness: float
    angle: float = 47.0
    raw: tuple[Laterality, ViewPosition] | None = None

    def plan(self, scale: Scale, breasts: Breasts) -> Plan:
        """A job for each view."""
        vendor = scale.vendor(self.vendor)
        height = vendor.detector.rows * vendor.detector.spacing
        series = Series(self.study, 1, "MG", "SCREENING 4 VIEWS", self.room, after=120)
        jobs: Plan = []
        for number, (side, position) in enumerate(_VIEWS, start=1):
            thickness, share = (self.thickness, 0.49) if position == "CC" else (self.thickness + 3, 0.60)
            view = Compression(self.woman, side, position, thickness, height * share, self.angle)
            raw = self.raw == (side, position)
            jobs.append((self.folder, mammogram(series, number, breasts, view, vendor, raw=raw)))
        return jobs


_VIEWS: tuple[tuple[Laterality, ViewPosition], ...] = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
_SCREENING = _FourViews(
    "2026-mammogram", women.SCREENING, women.ROOM_A, women.VENDOR_A, women.SCREENED, thickness=56, raw=("L", "MLO")
)
_PRIOR = _FourViews(
    "2025-mammogram",
    women.SCREENING_PRIOR,
    women.ROOM_B,
    women.VENDOR_B,
    women.SCREENED_BEFORE,
    thickness=58,
    angle=45,
)
_RECALLED = _FourViews("mammogram", women.DIAGNOSTIC, women.ROOM_D, women.VENDOR_D, women.RECALLED, thickness=48)
_HEALTHY = _FourViews("mammogram", women.NORMAL, women.ROOM_C, women.VENDOR_C, women.HEALTHY, thickness=42, angle=50)


def _screening(scale: Scale, breasts: Breasts) -> Plan:
    return _SCREENING.plan(scale, breasts) + _PRIOR.plan(scale, breasts)


def _diagnostic(scale: Scale, breasts: Breasts) -> Plan:
    woman, study = women.RECALLED, women.DIAGNOSTIC
    vendor = scale.vendor(women.TOMO_D)
    height = vendor.detector.rows * vendor.detector.spacing
    planes = max(6, 48 // scale.planes)
    tomo = Series(study, 2, "MG", "TOMOSYNTHESIS R", women.ROOM_D, after=400)
    views = (
        Compression(woman, "R", "CC", 48, height * 0.49),
        Compression(woman, "R", "MLO", 50, height * 0.60),
    )
    plan: Plan = [
        ("tomosynthesis", tomosynthesis_view(tomo, number, breasts, view, vendor, planes=planes))
        for number, view in enumerate(views, start=1)
    ]
    return plan + _RECALLED.plan(scale, breasts) + _echoes(scale)


def _echoes(scale: Scale) -> Plan:
    whole = scale.pixels == 1
    k = 1 if whole else 4
    screen = Screen(768 // k, 1024 // k, 90 // k, 152 // k, 640 // k, 720 // k // 8 * 8, 40.0)
    series = Series(women.DIAGNOSTIC, 3, "US", "BREAST US", women.PROBE, after=2400)
    distortion, calcifications, oval = women.RECALLED.lesions
    shots = [(distortion, 1, "RAD"), (distortion, 1, "ANTIRAD"), (calcifications, 1, "RAD"), (oval, 1, "RAD")]
    shots.append((distortion, 60 if whole else 6, "SWEEP"))
    return [
        ("ultrasound", ultrasound_clip(series, number, women.RECALLED, lesion, screen, frames=frames, note=note))
        for number, (lesion, frames, note) in enumerate(shots, start=1)
    ]


def _dynamic(scale: Scale, breasts: Breasts) -> Plan:
    names = ["DYN PRE", *(f"DYN POST {phase}" for phase in range(1, PHASES))]
    series = [
        Series(women.DYNAMIC, 5 + phase, "MR", name, women.MAGNET, after=600 + phase_time(phase))
        for phase, name in enumerate(names)
    ]
    matrix = scale.matrix(512, 250, 0.684, 0.9, 45)
    return [("mri", job) for job in dynamic(series, breasts, matrix, max(2, 10 // scale.planes * 2))]


def _pet_ct(scale: Scale, breasts: Breasts) -> Plan:
    study, top = women.PET_CT, 118.0
    frame_of_reference = uid(study.key, "frame of reference")
    tracer = Tracer(dose=2.31e8, before=3720, weight=study.patient.weight)
    emission = Series(study, 3, "PT", "PET WB AC", women.RING, after=300, body_part="CHEST")
    transmission = Series(study, 2, "CT", "CT WB 2.5", women.RING, after=120, body_part="CHEST")
    body = scale.matrix(512, 160, 0.9766, 2.5, 95)
    k = max(1, scale.planes // 4)
    field = replace(scale.matrix(200, 134, 3.0, 3.0, 95), size=200 // k, spacing=3.0 * k, slices=134 // k, step=3.0 * k)
    plan: Plan = [("pet", pet(emission, breasts, field, top=top, tracer=tracer, frame_of_reference=frame_of_reference))]
    slices = ct(transmission, breasts, body, top=top, chunk=10, frame_of_reference=frame_of_reference)
    return plan + [("ct", job) for job in slices]


CASES = (
    Case(
        "screening",
        "screening mammogram with prior",
        women.SCREENED,
        (women.SCREENING, women.SCREENING_PRIOR),
        category_right="2",
        category_left="5",
        plan=_screening,
    ),
    Case(
        "diagnostic",
        "diagnostic mammogram, tomosynthesis, ultrasound",
        women.RECALLED,
        (women.DIAGNOSTIC,),
        category_right="4",
        category_left="2",
        plan=_diagnostic,
    ),
    Case("dynamic-mri", "dynamic MRI", women.STAGED, (women.DYNAMIC,), "2", "5", _dynamic),
    Case("pet-ct", "PET/CT", women.STAGED, (women.PET_CT,), "2", "5", _pet_ct),
    Case("normal", "normal screening mammogram", women.HEALTHY, (women.NORMAL,), "1", "1", _HEALTHY.plan),
)


def make(target: Path, *, cases: Iterable[str] | None = None, progress: Progress | None = None) -> PhantomSet:
    """Make the cases below ``target`` in full size, or only those named; what is there already is kept.

    Raises:
        ConfigurationError: no case has such a name.
    """
    return _make(target, cases, FULL, progress)


def make_small(target: Path, *, cases: Iterable[str] | None = None, progress: Progress | None = None) -> PhantomSet:
    """The same cases by the same code in tiny matrices, for tests."""
    return _make(target, cases, SMALL, progress)


def _make(target: Path, cases: Iterable[str] | None, scale: Scale, progress: Progress | None) -> PhantomSet:
    known = {case.case_id: case for case in CASES}
    wanted = list(known) if cases is None else list(dict.fromkeys(cases))
    for name in wanted:
        if name not in known:
            raise ConfigurationError(f"no case {name}", phase="phantom", remedy=f"one of {', '.join(known)}")
    target.mkdir(parents=True, exist_ok=True)
    for stale in target.glob(".*.partial"):
        shutil.rmtree(stale)
    kept = _kept(target, scale)
    for name in wanted:
        if name not in kept:
            _make_case(target, known[name], scale, progress)
            kept.add(name)
            _mark(target, scale, kept)
    return PhantomSet(target, tuple(_on_disk(target, name) for name in wanted))


def _marker(target: Path) -> Path:
    return target / "complete"


def _kept(target: Path, scale: Scale) -> set[str]:
    try:
        marker = json.loads(_marker(target).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return set()
    same = marker["version"] == VERSION and marker["pixels"] == scale.pixels
    return {name for name in marker["cases"] if same and (target / name / "truth.json").exists()}


def _mark(target: Path, scale: Scale, kept: set[str]) -> None:
    text = json.dumps({"version": VERSION, "pixels": scale.pixels, "cases": sorted(kept)})
    part = target / ".complete.new"
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(_marker(target))


def _on_disk(target: Path, name: str) -> PhantomCase:
    folder = target / name
    return PhantomCase(name, folder, folder / "truth.json", tuple(sorted(folder.rglob("*.dcm"))))


def _make_case(target: Path, case: Case, scale: Scale, progress: Progress | None) -> None:
    folder = target / f".{case.case_id}.partial"
    folder.mkdir()
    with ThreadPoolExecutor(2, thread_name_prefix="phantom") as pool:
        breasts: Breasts = {side: pool.submit(build, case.woman, side, spacing=scale.voxel) for side in ("R", "L")}
        plan = case.plan(scale, breasts)
        total, done, lock = sum(job.images for _, job in plan), 0, threading.Lock()
        waiting = {}
        for order, (name, job) in enumerate(plan):
            (folder / name).mkdir(exist_ok=True)
            waiting[pool.submit(job.run, folder / name)] = (order, job.images)
        sightings: list[tuple[int, truth.Sighting]] = []
        for future in as_completed(waiting):
            order, images = waiting[future]
            sightings += [(order, seen) for seen in future.result()]
            with lock:
                done += images
            if progress is not None:
                progress(case.title, done, total)
    ordered = [seen for _, seen in sorted(sightings, key=lambda pair: pair[0])]
    truth.write(folder / "truth.json", _document(case, ordered, folder))
    if (target / case.case_id).exists():
        shutil.rmtree(target / case.case_id)
    folder.rename(target / case.case_id)


def _document(case: Case, sightings: list[truth.Sighting], folder: Path) -> dict[str, object]:
    patient = case.studies[0].patient
    return {
        "case": case.case_id,
        "title": case.title,
        "version": VERSION,
        "patient": {"patient_id": patient.patient_id, "name": patient.name},
        "studies": [
            {
                "study_instance_uid": study.study_instance_uid,
                "study_date": study.date,
                "accession_number": study.accession_number,
                "description": study.description,
                "role": "current" if study is case.studies[0] else "prior",
            }
            for study in case.studies
        ],
        "files": len(list(folder.rglob("*.dcm"))),
        "category_right": case.category_right,
        "category_left": case.category_left,
        "findings": [truth.finding(lesion) for lesion in case.woman.lesions],
        "sightings": [seen.to_json() for seen in sightings],
    }
