"""Where a hospital wants its reports: in the PACS as objects, there as pictures of the pages, and in a folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from pydicom import dcmread
from pydicom.dataset import Dataset

from dokuei.dicom.encapsulated_pdf import pdf_inside
from dokuei.dicom.report_header import part10
from dokuei.dicom.secondary_capture import SECONDARY_CAPTURE, captured_pages
from dokuei.errors import DokueiError, PeerRefusedError, UnreachableError
from dokuei.gateway.deliver_tables import Held
from dokuei.gateway.filing import FolderOutlet
from dokuei.gateway.pacs import UNREADABLE, Outcome, Parcel, as_sent, deliver
from dokuei.gateway.pages import drawn_pages, patient_line
from dokuei.settings import Settings
from dokuei.transfer.deliveries import OutletName, PlaceState

Reidentify = Callable[[Dataset], Dataset]
PathOf = Callable[[str], Path]


class Outlet(Protocol):
    """One of the hospital's systems that takes reports."""

    @property
    def name(self) -> OutletName:
        """How the record of what is done names it."""

    @property
    def destination(self) -> str:
        """How people name it."""

    @property
    def taken_as(self) -> PlaceState:
        """What a success there means: ``accepted`` where it is still asked whether it keeps it."""

    def wants(self, one: Held) -> bool:
        """Whether this object goes there at all."""

    def bring(self, held: Sequence[Held]) -> tuple[Outcome, ...]:
        """Try these now; an outcome for each, and nothing that goes wrong with one holds another back."""


@dataclass(frozen=True)
class PacsOutlet:
    """The objects themselves, by C-STORE."""

    settings: Settings
    path_of: PathOf
    reidentify: Reidentify
    name: OutletName = "pacs"

    @property
    def destination(self) -> str:
        """The PACS's AE title."""
        return _ae_title(self.settings)

    @property
    def taken_as(self) -> PlaceState:
        """Commitment follows."""
        return _taken_as(self.settings)

    def wants(self, one: Held) -> bool:
        """What the site has chosen of structured report and document."""
        return one.kind in self.settings.gateway.report_objects

    def bring(self, held: Sequence[Held]) -> tuple[Outcome, ...]:
        """Over one association."""
        parcels = [Parcel(one.delivery_id, one.sop_class_uid, self.path_of(one.sha256)) for one in held]
        try:
            return deliver(self.settings, parcels, reidentify=self.reidentify)
        except (UnreachableError, PeerRefusedError) as error:
            return tuple(Outcome(one.delivery_id, error=str(error)) for one in held)


@dataclass(frozen=True)
class PagesOutlet:
    """The document's pages as pictures; a document that was only stamped anew looks as it did."""

    settings: Settings
    path_of: PathOf
    reidentify: Reidentify
    name: OutletName = "pages"

    @property
    def destination(self) -> str:
        """The PACS's AE title, and that it has pictures."""
        return f"{_ae_title(self.settings)} (pages)"

    @property
    def taken_as(self) -> PlaceState:
        """Commitment follows."""
        return _taken_as(self.settings)

    def wants(self, one: Held) -> bool:
        """Documents, where the site has chosen pictures of them."""
        return one.kind == "pdf" and one.stamps == 0 and "pages" in self.settings.gateway.report_objects

    def bring(self, held: Sequence[Held]) -> tuple[Outcome, ...]:
        """One document after the other."""
        return tuple(self._bring(one) for one in held)

    def _bring(self, one: Held) -> Outcome:
        """It is there when every page is; a page that is there already is the same one."""
        path = self.path_of(one.sha256)
        try:
            with TemporaryDirectory(dir=path.parent) as folder:
                parcels = []
                for number, page in enumerate(self._pages(path), 1):
                    file = Path(folder) / f"{number}.dcm"
                    file.write_bytes(part10(page))
                    parcels.append(Parcel(f"{one.delivery_id}/{number}", SECONDARY_CAPTURE, file))
                outcomes = deliver(self.settings, parcels, reidentify=as_sent)
        except UNREADABLE as error:
            ours = isinstance(error, DokueiError)  # any other error may name the patient
            why = str(error) if ours else f"its pages cannot be made: {type(error).__name__}"
            return Outcome(one.delivery_id, error=why)
        failed = next((outcome for outcome in outcomes if outcome.error), None)
        if failed is not None:
            return replace(failed, delivery_id=one.delivery_id)
        return Outcome(one.delivery_id, objects=tuple(taken for outcome in outcomes for taken in outcome.objects))

    def _pages(self, path: Path) -> tuple[Dataset, ...]:
        """Under the true identity; where the document names a pseudonym, a line over each page says who it is."""
        report: Dataset = dcmread(path)
        told = str(report.PatientID)
        report = self.reidentify(report)
        patient = patient_line(report) if str(report.PatientID) != told else None
        return captured_pages(report, drawn_pages(pdf_inside(report), patient=patient))


def outlets_of(settings: Settings, path_of: PathOf, reidentify: Reidentify) -> tuple[Outlet, ...]:
    """What the settings name."""
    found: list[Outlet] = []
    if settings.gateway.pacs is not None:
        found += [PacsOutlet(settings, path_of, reidentify), PagesOutlet(settings, path_of, reidentify)]
    folder = settings.gateway.report_folder
    if folder.path is not None:
        found.append(FolderOutlet(folder.path, folder.encoding, path_of, reidentify))
    return tuple(found)


def _taken_as(settings: Settings) -> PlaceState:
    pacs = settings.gateway.pacs
    return "stored" if pacs is None or pacs.commitment == "off" else "accepted"


def _ae_title(settings: Settings) -> str:
    return settings.gateway.pacs.ae_title if settings.gateway.pacs else ""
