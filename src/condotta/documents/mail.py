"""EML by the standard library: the plain part, else the HTML part; sender and date from the headers."""

from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

from condotta.documents import html
from condotta.documents.parts import Parts, outlet, titled
from condotta.errors import DocumentError


def read(data: bytes, address: str | None = None) -> Parts:
    """The text of a message. Raises E-DOC-06 without headers."""
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    if not message.keys():
        raise DocumentError("E-DOC-06", "no mail headers")
    part = message.get_body(preferencelist=("plain", "html"))
    content = str(part.get_content()).replace("\r\n", "\n") if part else ""
    if part is not None and part.get_content_type() == "text/html":
        content = html.read(content.encode()).text
    title = str(message["subject"] or "").strip() or None
    name, mailbox = parseaddr(str(message["from"] or ""))
    sent = _day(str(message["date"] or ""))
    text, title_end = titled(title, content)
    return Parts(text, title, outlet(content) or name or mailbox or None, None, None, sent, title_end)


def _day(text: str) -> date | None:
    try:
        return parsedate_to_datetime(text).date() if text else None
    except ValueError:
        return None
