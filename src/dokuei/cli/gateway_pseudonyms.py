"""``dokuei gateway pseudonyms``: what the site lets through, and who stands behind a pseudonym."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dokuei.cli.options import operator
from dokuei.errors import NotFoundError
from dokuei.gateway import pseudonym_tables
from dokuei.gateway.pseudonyms import identity_mode
from dokuei.gateway.spool import open_spool
from dokuei.settings import PseudonymSettings
from dokuei.storage.audit import gateway_trail

if TYPE_CHECKING:
    from dokuei.settings import Settings

_WORDS = {
    "ja": {
        "mode": "患者の識別",
        "true": "実名",
        "pseudonym": "仮名",
        "none": "未登録",
        "option": "設定 [gateway.pseudonyms]",
        "value": "値",
        "meaning": "内容",
        "required": "ハブでの選択にかかわらず、実名を送らない（病院側の決定を優先）",
        "dates": "日付: keep = そのまま、shift = 患者ごとに同じ日数だけ過去へ、remove = 送らない",
        "patient_characteristics": "年齢・性別・身長・体重",
        "device_identity": "装置名と製造番号",
        "institution_identity": "施設名と所在地",
        "descriptors": "検査・シリーズ・プロトコルの説明（氏名を含むものは空にする）",
        "structured_content": "構造化レポートの計測値・コード・参照（文章は送らない）",
        "burned_in": "画素に文字がある、または無いと明示されない画像（超音波など）",
    },
    "en": {
        "mode": "patients",
        "true": "true identity",
        "pseudonym": "pseudonyms",
        "none": "not enrolled",
        "option": "[gateway.pseudonyms]",
        "value": "value",
        "meaning": "what it lets through",
    },
}


def tell_options(settings: Settings) -> None:
    """The choice of the site, and each option with its value and meaning."""
    words = _WORDS["ja" if settings.language == "ja" else "en"]
    typer.echo(f"{words['mode']}: {words[identity_mode(settings) or 'none']}")
    table = Table(words["option"], words["value"], words["meaning"])
    for name, field in PseudonymSettings.model_fields.items():
        value = json.dumps(getattr(settings.gateway.pseudonyms, name))
        table.add_row(name, escape(value), words.get(name, field.description or ""))
    Console(soft_wrap=True).print(table)


def tell_patient(settings: Settings, pseudonym: str) -> None:
    """Who it is, with the studies; that somebody asked stands in the gateway's trail.

    Raises:
        NotFoundError: no study of this gateway went out under it.
    """
    spool = open_spool(settings.home)
    try:
        with spool.database.begin() as connection:
            found = pseudonym_tables.behind(connection, pseudonym)
            if not found:
                raise NotFoundError("no study went out under this pseudonym", phase="looking up a pseudonym")
            gateway_trail.append(connection, actor=operator(), event="pseudonym.looked-up", subject=pseudonym)
    finally:
        spool.database.close()
    table = Table("patient ID", "name", "birth date", "study date", "accession number", "study")
    for one in found:
        table.add_row(
            escape(one.patient_id),
            escape(one.patient_name),
            one.patient_birth_date,
            one.study_date,
            escape(one.accession_number),
            one.study_instance_uid,
        )
    Console(soft_wrap=True).print(table)
