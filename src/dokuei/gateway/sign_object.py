"""The gateway's own signature on what it has written anew: a report under the true identity again (PS3.15 C.1)."""

import io
from dataclasses import dataclass

from pydicom import dcmread
from pydicom.dataset import Dataset

from dokuei.clock import now
from dokuei.dicom.report_header import part10
from dokuei.dicom.signature import MODIFICATION, signed_file
from dokuei.gateway.enrol import Identity


@dataclass(frozen=True)
class ObjectSigner:
    """Signs with the key that the gateway was enrolled with, whose certificate the hub's authority issued."""

    identity: Identity

    def __call__(self, dataset: Dataset) -> Dataset:
        """The object with a signature over all of it.

        Raises:
            ConfigurationError: this gateway is not enrolled.
        """
        self.identity.demand()
        signed = signed_file(
            part10(dataset),
            key=self.identity.key(),
            certificate=self.identity.certificate(),
            at=now().replace(microsecond=0),
            purpose=MODIFICATION,
        )
        return dcmread(io.BytesIO(signed))
