"""DOCX by python-docx: paragraphs and table cells, core properties. Archives that would swell are refused."""

import io
import zipfile
from typing import Any

from condotta.documents.parts import Parts, outlet, row_of, titled, written_date
from condotta.errors import DocumentError

_UNPACKED_LIMIT = 200 * 1024 * 1024


def read(data: bytes, address: str | None = None) -> Parts:
    """The text of a Word file. Raises E-DOC-06 (no Word file), E-DOC-02 (it would unpack to too much)."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise DocumentError("E-DOC-06", "the Word file is truncated or broken") from error
    if unpacked > _UNPACKED_LIMIT:
        raise DocumentError(
            "E-DOC-02", f"it would unpack to {unpacked:,} bytes", fix="This looks like a zip bomb; do not open it."
        )
    if "word/document.xml" not in archive.namelist():
        raise DocumentError(
            "E-DOC-03", "a zip archive, but no Word document", fix="Unpack it and add the files inside."
        )
    import docx

    document = docx.Document(io.BytesIO(data))
    about = document.core_properties
    body = "\n\n".join(part for part in map(_shown, document.iter_inner_content()) if part.strip())
    text, title_end = titled(about.title, body)
    day = written_date(body[:600]) or (about.created.date() if about.created else None)
    return Parts(text, about.title or None, outlet(body) or about.author or None, None, None, day, title_end)


def _shown(part: Any) -> str:
    """A paragraph's text; a table as lines with bars, a row a line."""
    if not hasattr(part, "rows"):
        return str(part.text)
    return "\n".join(row_of(" ".join(cell.text.split()) for cell in row.cells) for row in part.rows)
