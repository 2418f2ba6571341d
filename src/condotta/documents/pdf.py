"""PDF: the text layer by pypdfium2, page by page."""

import re
from datetime import date

from condotta.documents.parts import Parts, outlet, titled, written_date
from condotta.errors import DocumentError


def read(data: bytes, address: str | None = None) -> Parts:
    """The text of a PDF. Raises E-DOC-06 when it is truncated, broken or locked."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        reason = "locked with a password" if "assword" in str(error) else "truncated or broken"
        raise DocumentError(
            "E-DOC-06", f"the PDF is {reason}", fix="Get the file again, or save it without a password."
        ) from error
    try:
        about = document.get_metadata_dict()
        pages = [_page(document, i) for i in range(len(document))]
    finally:
        document.close()
    body = "\n\n".join(p for p in pages if p.strip())
    text, title_end = titled(about.get("Title"), body)
    day = written_date(body[:600]) or _stamp(about.get("CreationDate"))
    return Parts(
        text, about.get("Title") or None, outlet(body) or about.get("Author") or None, None, _link(body), day, title_end
    )


def _page(document: object, index: int) -> str:
    page = document[index]  # type: ignore[index]  # pypdfium2 ships no types
    layer = page.get_textpage()
    text = str(layer.get_text_bounded())
    layer.close()
    page.close()
    return _unwrapped(text)


def _unwrapped(text: str) -> str:
    """Lines of a page joined into paragraphs: a line that ends a sentence, or is short, ends its paragraph."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "").split("\n")
    longest = max((len(line) for line in lines), default=0)
    out = ""
    for line in lines:
        ends = not line.strip() or (line.rstrip().endswith((".", "!", "?", ":")) and len(line) < 0.8 * longest)
        out += line.rstrip() + ("\n\n" if ends else " ")
    return re.sub(r"\n{3,}", "\n\n", out).strip()


def _link(body: str) -> str | None:
    hit = re.search(r"https?://[^\s>)\]]+", body)
    return hit[0].rstrip(".,;") if hit else None


def _stamp(stamp: str | None) -> date | None:
    hit = re.match(r"D:(\d{4})(\d\d)(\d\d)", stamp or "")
    try:
        return date(int(hit[1]), int(hit[2]), int(hit[3])) if hit else None
    except ValueError:
        return None
