"""What the demo's hospital asks of the reader: a request for each case, and one whose images are still to come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from dokuei.clock import now
from dokuei.hub.app import Hub
from dokuei.hub.requests.model import Clinical, Code, Content, Name, Patient, Relative, Surgery, Symptom
from dokuei.hub.requests.notices import Notice, Ordered
from dokuei.hub.requests.placing import Author
from dokuei.phantom import women
from dokuei.phantom.headers import Study

_AUTHOR = Author("system", "みどり丘病院 オーダリング（デモ）")
_MAMMOGRAPHY = Code("2000000000000000", "JJ1017", "乳房撮影")


def place_requests(hub: Hub, site_id: str) -> None:
    """Place them as the hospital's order system does; a later start places none again."""
    for content in _requests():
        notice = Notice(f"demo-{content.accession_number}", "hl7", now(), Ordered("new", content))
        hub.requests.notices.take(site_id, notice, author=_AUTHOR)


def _requests() -> Iterator[Content]:
    screened = Clinical(
        reason="対策型乳がん検診（初回要精検後の逐年受診）",
        question="要精検の有無",
        history="既往なし",
        menstruation="peri",
        implants="none",
        pregnancy="none",
        prior_examinations="2025年11月10日 マンモグラフィ（同院）",
    )
    yield _content(women.SCREENING, "MG", screened, procedure=_MAMMOGRAPHY)
    yield replace(
        _content(women.DIAGNOSTIC, "MG", _recalled(), procedure=_MAMMOGRAPHY),
        priority="high",
        due_at=now() + timedelta(hours=3),
    )
    yield _content(women.DYNAMIC, "MR", _staged())
    yield _content(
        women.PET_CT,
        "PT",
        Clinical(
            reason="左乳癌 病期診断", question="腋窩・遠隔転移の有無", pathology="左 浸潤性乳管癌", menstruation="post"
        ),
    )
    healthy = Clinical(reason="対策型乳がん検診", question="要精検の有無", menstruation="pre", implants="none")
    yield _content(women.NORMAL, "MG", healthy, procedure=_MAMMOGRAPHY)
    later = replace(women.NORMAL, accession_number="SYN26112006", date=now().strftime("%Y%m%d"))
    yield _content(later, "US", Clinical(reason="検診超音波", question="乳腺の評価", menstruation="pre"))


def _recalled() -> Clinical:
    return Clinical(
        reason="検診マンモグラフィで右 構築の乱れ・石灰化、要精検",
        question="右乳房の構築の乱れと石灰化の良悪性について御評価ください。",
        symptoms=(
            Symptom("R", "lump", 10, None, "径1.5 cm、境界不明瞭、可動性やや不良"),
            Symptom("L", "pain", None, "axilla"),
        ),
        history="高血圧",
        surgeries=(Surgery("L", "線維腺腫 摘出術", 2014),),
        pathology="2014年 左 線維腺腫",
        family_history=(Relative("母", "breast", 52),),
        gene="not_tested",
        menstruation="pre",
        implants="none",
        pregnancy="none",
    )


def _staged() -> Clinical:
    return Clinical(
        reason="左乳癌 術前",
        question="広がり診断（乳頭までの距離、対側病変、腋窩リンパ節）をお願いします。",
        symptoms=(Symptom("L", "lump", 2, None, "径2.5 cm"),),
        pathology="針生検：左 浸潤性乳管癌（ER陽性 HER2陰性 Ki-67 25%）",
        family_history=(Relative("姉", "ovarian", 48),),
        gene="negative",
        menstruation="post",
        hormone_therapy="なし",
        implants="none",
        prior_examinations="他院 超音波 2026年11月2日",
        note="腎機能正常。造影剤アレルギーなし。",
    )


def _content(study: Study, modality: str, clinical: Clinical, *, procedure: Code | None = None) -> Content:
    patient = study.patient
    alphabetic, ideographic, phonetic = patient.name.split("=")
    return Content(
        accession_number=study.accession_number,
        placer_order_number=study.accession_number.replace("SYN", "ORD"),
        patient=Patient(
            patient_id=patient.patient_id,
            name=Name(alphabetic, ideographic, phonetic),
            birth_date=patient.birth_date,
            sex="F",
        ),
        modality=modality,
        examination_date=study.date,
        procedure=procedure or Code(),
        requesting_physician="主治^けいこ",
        requesting_department="乳腺外科",
        clinical=clinical,
    )
