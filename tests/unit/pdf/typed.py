"""Born-digital PDFs as word processors export them: embedded glyphs, and what they mean."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

SERIF = Path("/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf")
LETTER = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Kính gửi: Ủy ban nhân dân xã Quỳnh Phương",
    "Tôi tên là Nguyễn Thị Thúy Hằng, sinh ngày 5 tháng 7 năm 1988,",
    "đề nghị cấp bản sao giấy khai sinh cho con tôi ở thôn 3.",
)
TCVN3 = dict(
    zip(
        "Đđăâêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        "§®¨©ª«¬\u00adµ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        strict=True,
    )
)


def typed(
    pdf: Pdf,
    lines: Sequence[str] = LETTER,
    means: Callable[[str], str] = str,
    mode: int = 0,
    **entries: object,
) -> pikepdf.Page:
    """An A4 page of print; `means` is what the file says its letters are, `mode` as in Tr."""
    font = TTFont(SERIF)
    shapes, glyphs = font.getBestCmap(), font.getReverseGlyphMap()
    ids = {each: glyphs[shapes[ord(each)]] for line in lines for each in line}
    rows = [
        f"1 0 0 1 72 {770 - 26 * number} Tm <{''.join(f'{ids[c]:04X}' for c in line)}> Tj"
        for number, line in enumerate(lines)
    ]
    body = f"BT {mode} Tr /T 14 Tf {' '.join(rows)} ET".encode()
    leaf = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, 595.2, 841.92]),
        Resources=Dictionary(Font=Dictionary(T=_face(pdf, font, ids, means))),
        Contents=Stream(pdf, body),
        **entries,
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(leaf)))
    return pdf.pages[-1]


def _face(
    pdf: Pdf, font: TTFont, ids: dict[str, int], means: Callable[[str], str]
) -> pikepdf.Object:
    scale = 1000 / font["head"].unitsPerEm
    names = font.getGlyphOrder()
    widths = Array()
    for number in sorted(set(ids.values())):
        widths.extend([number, Array([round(font["hmtx"][names[number]][0] * scale)])])
    program = SERIF.read_bytes()
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name.LiberationSerif,
        Flags=4,
        FontBBox=Array([-543, -303, 1278, 982]),
        ItalicAngle=0,
        Ascent=891,
        Descent=-216,
        CapHeight=655,
        StemV=80,
        FontFile2=Stream(pdf, program, Length1=len(program)),
    )
    described = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name.LiberationSerif,
        CIDSystemInfo=Dictionary(
            Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
        ),
        W=widths,
        FontDescriptor=pdf.make_indirect(descriptor),
        CIDToGIDMap=Name.Identity,
    )
    pairs = "\n".join(
        f"<{number:04X}> <{means(each).encode('utf-16-be').hex()}>" for each, number in ids.items()
    )
    meanings = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def "
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{len(ids)} beginbfchar\n{pairs}\nendbfchar endcmap end end"
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name.LiberationSerif,
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(described)]),
            ToUnicode=Stream(pdf, meanings.encode()),
        )
    )
