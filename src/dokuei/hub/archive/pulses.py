"""The test patient's study in the archive: it goes without a record, for nobody was ever in it."""

from dataclasses import dataclass

from dokuei.hub.archive import manifests, reading, store
from dokuei.hub.archive.model import receipt_key
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database


@dataclass(frozen=True)
class PulseStudies:
    """Whoever asks has made sure that the study is a pulse."""

    database: Database
    blobs: Blobs

    def holds(self, site_id: str, study_instance_uid: str) -> bool:
        """Whether there is such a study."""
        with self.database.read() as connection:
            return reading.study_row(connection, site_id, study_instance_uid) is not None

    def forget(self, site_id: str, study_instance_uid: str) -> None:
        """Rows first, then files: a cut in between leaves files of a study that the next pulse makes anew."""
        with self.database.begin() as connection:
            removed = store.remove_study(connection, site_id, study_instance_uid)
            manifests.remove(connection, site_id, study_instance_uid)
        keys = set() if removed is None else set(removed[1])
        with self.database.read() as connection:
            keys -= store.needed_blobs(connection, site_id, sorted(keys))
            keys |= manifests.files_left(connection, self.blobs, site_id, study_instance_uid)
        keys.add(receipt_key(site_id, study_instance_uid))
        for key in sorted(keys):
            self.blobs.delete(key)
