"""Rules for papers, and what of a study's objects they are held against, in SQL; always within one site."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, or_, select

from dokuei.clock import now
from dokuei.hub.archive.attributes import text
from dokuei.hub.archive.papers import (
    DEFAULT_RULES,
    DOCUMENTS,
    MODALITIES,
    SOP_CLASSES,
    Described,
    PaperKind,
    PaperRule,
    recognised,
)
from dokuei.hub.archive.store import unpack
from dokuei.hub.archive.tables import instance, paper_rules, series, study
from dokuei.storage.rows import put_row

_TITLES = ("DocumentTitle", "SeriesDescription", "ContentDescription", "ImageComments", "ProtocolName")


@dataclass(frozen=True)
class Paper:
    """An object of a study that is a paper; ``document``: it has no pixels."""

    series_instance_uid: str
    sop_instance_uid: str
    kind: PaperKind
    title: str
    document: bool
    to_be_read: bool


def rules_of(connection: Connection, site_id: str) -> tuple[PaperRule, ...]:
    """What holds at a site: its own rules, or the ones that everybody begins with."""
    found = connection.execute(select(paper_rules.c.rules).where(paper_rules.c.site_id == site_id)).scalar()
    if found is None:
        return DEFAULT_RULES
    return tuple(
        PaperRule(one["kind"], tuple(one["words"]), tuple(one["modalities"]), bool(one["to_be_read"]))
        for one in json.loads(found)
    )


def set_rules(connection: Connection, site_id: str, rules: Sequence[PaperRule], *, actor: str) -> None:
    """In place of what held before."""
    kept = json.dumps([asdict(one) for one in rules], ensure_ascii=False)
    put_row(connection, paper_rules, site_id=site_id, rules=kept, changed_at=now(), changed_by=actor)


def studies_of_papers(connection: Connection, site_id: str) -> tuple[str, ...]:
    """Studies in which every object may be a paper by its kind: other rules may make a case of one, or no case."""
    asked = (
        select(study.c.study_instance_uid)
        .select_from(instance.join(series, series.c.id == instance.c.series_key).join(study))
        .where(study.c.site_id == site_id)
        .where(or_(instance.c.sop_class_uid.in_(SOP_CLASSES), series.c.modality.in_(MODALITIES)))
        .group_by(study.c.study_instance_uid, study.c.number_of_instances)
        .having(func.count() == study.c.number_of_instances)
        .order_by(study.c.study_instance_uid)
    )
    return tuple(connection.execute(asked).scalars())


def papers_of(connection: Connection, site_id: str, study_instance_uid: str) -> tuple[Paper, ...]:
    """The papers among a study's objects, by series and instance number."""
    rules = rules_of(connection, site_id)
    asked = (
        select(
            series.c.series_instance_uid,
            series.c.modality,
            series.c.series_description,
            instance.c.sop_instance_uid,
            instance.c.sop_class_uid,
            instance.c.attributes,
        )
        .select_from(instance.join(series, series.c.id == instance.c.series_key).join(study))
        .where(study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid)
        .where(or_(instance.c.sop_class_uid.in_(SOP_CLASSES), series.c.modality.in_(MODALITIES)))
        .order_by(series.c.series_number, series.c.id, instance.c.instance_number, instance.c.id)
    )
    found = []
    for row in connection.execute(asked):
        attributes = unpack(row.attributes)
        texts = tuple(filter(None, (text(attributes, keyword) for keyword in _TITLES)))
        rule = recognised(Described(row.sop_class_uid, row.modality, (row.series_description, *texts)), rules)
        if rule is not None:
            title = next(iter(texts), "") or row.series_description
            document = row.sop_class_uid in DOCUMENTS
            uids = (row.series_instance_uid, row.sop_instance_uid)
            found.append(Paper(*uids, rule.kind, title, document, rule.to_be_read))
    return tuple(found)
