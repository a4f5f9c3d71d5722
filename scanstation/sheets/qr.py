"""Text -> QR code (ISO/IEC 18004), as modules to be drawn; the only importer of segno."""

import segno


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of modules, True is dark, without the quiet zone of 4 modules.

    Level Q: a slip carried home in a pocket may lose a quarter of its code and still be read.
    """
    code = segno.make_qr(text, error="q", boost_error=False)
    return tuple(tuple(bool(cell) for cell in row) for row in code.matrix)
