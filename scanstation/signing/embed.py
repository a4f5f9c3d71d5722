"""A stamp's font as PDF objects: a Type 0 font whose codes are glyph numbers.

Everything PDF/A-2u asks of a font: the program embedded, widths equal to the program's, and a
ToUnicode map for every letter.
"""

from collections.abc import Sequence

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from scanstation.signing.font import StampFont


def embed(writer: BasePdfFileWriter, font: StampFont) -> generic.IndirectObject:
    """Add `font` as a Type 0 font whose codes are glyph numbers (ISO 32000-1, 9.7)."""
    program = _stream(font.program, {"/Length1": _number(len(font.program))})
    described = _dictionary(
        {
            "/Type": pdf_name("/FontDescriptor"),
            "/FontName": pdf_name("/" + font.name),
            "/Flags": _number(4),
            "/FontBBox": _numbers(font.box),
            "/ItalicAngle": _number(0),
            "/Ascent": _number(font.ascent),
            "/Descent": _number(font.descent),
            "/CapHeight": _number(font.ascent),
            "/StemV": _number(80),
            "/FontFile2": writer.add_object(program),
        }
    )
    descendant = _dictionary(
        {
            "/Type": pdf_name("/Font"),
            "/Subtype": pdf_name("/CIDFontType2"),
            "/BaseFont": pdf_name("/" + font.name),
            "/CIDSystemInfo": _identity(),
            "/CIDToGIDMap": pdf_name("/Identity"),
            "/FontDescriptor": writer.add_object(described),
            "/W": generic.ArrayObject([_number(0), _numbers(font.widths)]),
        }
    )
    whole: dict[str, generic.PdfObject] = {
        "/Type": pdf_name("/Font"),
        "/Subtype": pdf_name("/Type0"),
        "/BaseFont": pdf_name(f"/{font.name}-Identity-H"),
        "/Encoding": pdf_name("/Identity-H"),
        "/DescendantFonts": generic.ArrayObject([writer.add_object(descendant)]),
        "/ToUnicode": writer.add_object(_stream(to_unicode(font.glyphs), {})),
    }
    return writer.add_object(_dictionary(whole))


def to_unicode(glyphs: dict[str, int]) -> bytes:
    """The CMap that lets a reader copy the stamp's text (ISO 32000-1, 9.10.3)."""
    pairs = sorted((number, letter) for letter, number in glyphs.items())
    rows = [f"<{number:04x}> <{letter.encode('utf-16-be').hex()}>" for number, letter in pairs]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    body = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()


def _identity() -> generic.DictionaryObject:
    return _dictionary(
        {
            "/Registry": generic.pdf_string("Adobe"),
            "/Ordering": generic.pdf_string("Identity"),
            "/Supplement": _number(0),
        }
    )


def _dictionary(entries: dict[str, generic.PdfObject]) -> generic.DictionaryObject:
    found = {pdf_name(key): value for key, value in entries.items()}
    return generic.DictionaryObject(found)  # type: ignore[no-untyped-call]  # pyHanko's gap


def _stream(data: bytes, entries: dict[str, generic.PdfObject]) -> generic.StreamObject:
    stream = generic.StreamObject(_dictionary(entries), stream_data=data)
    stream.compress()  # type: ignore[no-untyped-call]  # as above
    return stream


def _numbers(values: Sequence[int]) -> generic.ArrayObject:
    return generic.ArrayObject(_number(value) for value in values)


def _number(value: int) -> generic.PdfObject:
    return generic.NumberObject(value)  # type: ignore[no-untyped-call]  # as above
