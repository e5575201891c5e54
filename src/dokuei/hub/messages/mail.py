"""A nudge by e-mail: that something unread waits, and where; no name, no number, no word of what was said."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final, Protocol

from dokuei.clock import now
from dokuei.errors import RequestError
from dokuei.hub.identity.model import Language
from dokuei.settings import MailSettings

LONGEST_ADDRESS: Final = 254
_TIMEOUT: Final = 10.0
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_SUBJECT: Final[dict[Language, str]] = {"ja": "dokuei：未読の連絡があります", "en": "dokuei: something unread waits"}
_TEXT: Final[dict[Language, str]] = {
    "ja": "担当・関係する検査に、未読の連絡または質問があります。\n\n{link}\n\n"
    "サインインすると内容を確認できます。このメールに患者情報は含まれません。\n"
    "同じ検査についてのお知らせは、1時間に1通までです。\n",
    "en": "A note or a question that you have not read waits in one of your cases.\n\n{link}\n\n"
    "Sign in to read it. This mail holds nothing about a patient.\n"
    "There is at most one such mail an hour for each case.\n",
}
_OVERDUE_SUBJECT: Final[dict[Language, str]] = {
    "ja": "dokuei：至急連絡の受領確認がありません",
    "en": "dokuei: a finding has not been acknowledged",
}
_OVERDUE_TEXT: Final[dict[Language, str]] = {
    "ja": "緊急・重要な所見の連絡が、期限を過ぎても施設で受領確認されていません。直接連絡してください。\n\n{link}\n\n"
    "サインインすると内容を確認できます。このメールに患者情報は含まれません。\n"
    "施設の担当者が受領を記録するまで、期限ごとにお知らせします。\n",
    "en": "A finding that must reach a person has not been acknowledged in time: speak to one another."
    "\n\n{link}\n\n"
    "Sign in to read it. This mail holds nothing about a patient.\n"
    "It is sent again with each limit that passes until somebody of the hospital acknowledges the finding.\n",
}
_UNREAD_SUBJECT: Final[dict[Language, str]] = {
    "ja": "dokuei：長く未読の報告書があります",
    "en": "dokuei: a report has stayed unread",
}
_UNREAD_TEXT: Final[dict[Language, str]] = {
    "ja": "重要な報告書が期限を過ぎても開かれていません。報告書確認管理者としてご確認ください。\n\n{link}\n\n"
    "サインインすると内容を確認できます。このメールに患者情報は含まれません。\n"
    "この報告書についてのお知らせは、この1通だけです。\n",
    "en": "A report that must not stay unread has not been opened in time: you are who looks after such reports."
    "\n\n{link}\n\n"
    "Sign in to read it. This mail holds nothing about a patient.\n"
    "There is only this one mail about it.\n",
}
_CONTACTS_SUBJECT: Final[dict[Language, str]] = {
    "ja": "dokuei：緊急連絡先の月次試験が必要です",
    "en": "dokuei: contacts are to be tried",
}
_CONTACTS_TEXT: Final[dict[Language, str]] = {
    "ja": "登録されている連絡先のうち、1か月以上試験していない、または応答がなかったものがあります。"
    "電話が通じるか確認し、結果を記録してください。\n\n{link}\n\n"
    "このメールに患者情報は含まれません。記録されるまで、お知らせは1週間に1通です。\n",
    "en": "A contact of your hospital has not been tried for a month, or did not answer. "
    "Please call, and record whether somebody answered.\n\n{link}\n\n"
    "This mail holds nothing about a patient. There is one such mail a week until it is recorded.\n",
}


class Mailer(Protocol):
    """Who carries a mail."""

    def send(self, address: str, *, subject: str, text: str) -> None:
        """Hand one mail over.

        Raises:
            OSError, smtplib.SMTPException: it was not taken.
        """


@dataclass(frozen=True)
class SmtpMailer:
    """A server for submission (RFC 6409)."""

    settings: MailSettings

    def send(self, address: str, *, subject: str, text: str) -> None:
        """Hand one mail over, with TLS unless the server is on loopback."""
        mail = EmailMessage()
        mail["From"] = self.settings.sender
        mail["To"] = address
        mail["Subject"] = subject
        mail["Date"] = format_datetime(now())
        mail["Message-ID"] = make_msgid(domain=self.settings.sender.rpartition("@")[2])
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no robot answers
        mail.set_content(text)
        with smtplib.SMTP(self.settings.host, self.settings.port, timeout=_TIMEOUT) as server:
            if self.settings.starttls:
                server.starttls(context=ssl.create_default_context(cafile=self.settings.ca))
            if self.settings.password_file is not None:
                server.login(self.settings.user, self.settings.password_file.read_text(encoding="utf-8").strip())
            server.send_message(mail)


def mailer(settings: MailSettings) -> Mailer | None:
    """Who carries nudges; None where nobody does."""
    return SmtpMailer(settings) if settings.host else None


def nudge(language: Language, link: str) -> tuple[str, str]:
    """Subject and text of a nudge."""
    return _SUBJECT[language], _TEXT[language].format(link=link)


def unread_report(language: Language, link: str) -> tuple[str, str]:
    """Subject and text of what tells a report manager of a report that nobody opened."""
    return _UNREAD_SUBJECT[language], _UNREAD_TEXT[language].format(link=link)


def overdue_communication(language: Language, link: str) -> tuple[str, str]:
    """Subject and text of what tells of a finding that nobody of the hospital has acknowledged in time."""
    return _OVERDUE_SUBJECT[language], _OVERDUE_TEXT[language].format(link=link)


def contacts_due(language: Language, link: str) -> tuple[str, str]:
    """Subject and text of what tells whoever keeps a hospital's contacts that one is to be tried."""
    return _CONTACTS_SUBJECT[language], _CONTACTS_TEXT[language].format(link=link)


def checked_address(address: str) -> str:
    """An address that one mail can go to, or nothing.

    Raises:
        RequestError: it is neither.
    """
    address = address.strip()
    if address and (len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address)):
        raise RequestError("this is no e-mail address", phase="setting an e-mail address")
    return address
