"""The pedigree of an object: what it came as, what was made of it, who signed for it and brought it, and when (IMG-03).

What each frame must decode to stands in the viewer's document; whether it does, the browser finds for itself.
"""

import orjson
from sqlalchemy import Connection, select

from dokuei.errors import NotFoundError
from dokuei.hub.archive import manifests
from dokuei.hub.archive.reading import Scope, within
from dokuei.hub.archive.tables import instance, series, study
from dokuei.hub.archive.viewer_shapes import ObjectPedigree


def of_object(connection: Connection, scope: Scope) -> ObjectPedigree:
    """All that is known here of one object's way.

    Raises:
        NotFoundError: no such object in the scope.
    """
    c = instance.c
    columns = (
        c.source_transfer_syntax_uid, c.transfer_syntax_uid, c.source_sha256, c.sha256, c.size, c.content_digest,
        c.proof, c.reason, c.lossy, c.received_at, c.received_from,
    )  # fmt: skip
    joined = instance.join(series, series.c.id == c.series_key).join(study, study.c.id == series.c.study_key)
    row = connection.execute(within(select(*columns).select_from(joined), scope)).one_or_none()
    if row is None:
        raise NotFoundError("no such object", phase="reading the archive")
    signed = manifests.signers(connection, scope.site_id, scope.study_instance_uid)
    return {
        "source_transfer_syntax_uid": row.source_transfer_syntax_uid,
        "transfer_syntax_uid": row.transfer_syntax_uid,
        "source_sha256": row.source_sha256,
        "sha256": row.sha256,
        "size": row.size,
        "content_digest": row.content_digest,
        "proof": row.proof,
        "reason": row.reason,
        "lossy": None if row.lossy is None else orjson.loads(row.lossy),
        "received_at": row.received_at.isoformat(),
        "received_from": row.received_from,
        "signed": [{"by": one.signed_by, "at": one.at.isoformat(), "verified": one.verified} for one in signed],
    }
