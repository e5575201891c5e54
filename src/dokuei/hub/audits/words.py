"""The Japanese words of the inspection form (LOG-02); the pages have the same ones in their catalogue."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from dokuei.dicom.audit_events import Group, meaning_of

GROUPS: Final[Mapping[Group, str]] = MappingProxyType(
    {
        Group.SIGN_IN: "サインイン",
        Group.IMAGES: "画像",
        Group.CASES: "読影リスト",
        Group.REQUESTS: "依頼",
        Group.REPORTS: "レポート",
        Group.MESSAGES: "連絡",
        Group.PEOPLE: "利用者・権限",
        Group.SITES: "施設・ゲートウェイ",
        Group.UPKEEP: "保守",
        Group.AUDIT: "監査",
        Group.ALERTS: "警告",
        Group.OTHER: "その他",
    }
)
EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "access.refused": "権限のない操作を拒否",
        "application.started": "システムを起動",
        "application.stopped": "システムを停止",
        "archive.queried": "検査を検索",
        "archive.reindexed": "索引を再作成",
        "archive.verified": "保管画像を点検",
        "association.rejected": "DICOM接続を拒否",
        "audit.anomaly-closed": "要確認事項を完了",
        "audit.anomaly-noted": "要確認事項を記録",
        "audit.broken": "監査証跡の異常を検出",
        "audit.exported": "監査証跡を書き出し",
        "audit.head.kept": "相手側の監査証跡の末尾を控えた",
        "audit.patient-sought": "監査対象の患者を検索",
        "audit.read": "監査証跡を閲覧",
        "audit.review-opened": "月次点検を開始",
        "audit.review-shown": "月次点検の署名画面を表示",
        "audit.review-signed": "月次点検に署名",
        "audit.review-refused": "月次点検の署名が不成立",
        "audit.verified": "監査証跡の連鎖を検証",
        "case.appeared": "読影リストに追加",
        "case.canceled": "読影リストから削除",
        "case.claimed": "読影を担当",
        "case.images-after-signature": "署名後に画像が到着",
        "case.moved": "優先度を変更",
        "case.released": "担当を解除",
        "case.restored": "読影リストに復帰",
        "enrolment.completed": "認証手段を登録",
        "enrolment.invited": "登録リンクを発行",
        "frame.rejected": "証明できない画像の表示を中止",
        "gateway.certificate-renewed": "ゲートウェイの証明書を更新",
        "gateway.enrolled": "ゲートウェイを登録",
        "gateway.invited": "ゲートウェイの登録コードを発行",
        "gateway.revoked": "ゲートウェイを失効",
        "instance.quarantined": "画像を隔離",
        "instance.refused": "画像の受け入れを拒否",
        "instances.stored": "画像を保管",
        "manifest.recorded": "画像の目録を記録",
        "media.imported": "媒体から取り込み",
        "password.locked": "パスワードを一時ロック",
        "people.listed": "利用者一覧を閲覧",
        "person.added": "利用者を追加",
        "person.locked": "アカウントを停止",
        "person.unlocked": "アカウントの停止を解除",
        "pseudonym.looked-up": "仮名から患者を照会",
        "report.amendment.opened": "レポートの修正を開始",
        "report.delivered": "レポートをPACSに配信",
        "report.exported": "レポートのPDFを取得",
        "report.opened": "レポートを作成",
        "report.read": "レポートを閲覧",
        "report.saved": "レポートを保存",
        "report.shown": "署名画面を表示",
        "report.signed": "レポートに署名",
        "report.stored": "レポートをPACSに保管",
        "role.granted": "役割を付与",
        "role.revoked": "役割を取り消し",
        "session.ended": "サインアウト",
        "session.opened": "サインイン",
        "sign-in.failed": "サインイン失敗",
        "signature.failed": "署名が不成立",
        "site.added": "施設を登録",
        "site.changed": "施設の設定を変更",
        "study.accessed": "画像を開いた",
        "study.at-hub": "検査の全画像が到着",
        "study.deleted": "検査を削除",
        "study.displayed": "画像を表示",
        "token.created": "APIトークンを発行",
        "token.revoked": "APIトークンを失効",
        "worklist.read": "読影リストを閲覧",
    }
)


def group_word(event: str) -> str:
    """The category of an entry."""
    return GROUPS[meaning_of(event).group]


def event_word(event: str) -> str:
    """What was done; an event without words of its own stands by its name."""
    return EVENTS.get(event, event)
