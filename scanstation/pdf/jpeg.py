"""JPEG as the archive keeps it: luma steps tuned for structure, chroma finer than usual.

Quality is the caller's choice by what the picture holds. It refuses nothing and writes no file.
"""

import io

from PIL import Image

# Six pages (two real colour scans, four drawn ones), mean KB / SSIM of print / SSIM of coloured
# ink over R, G, B: quality 60 throughout 499 / 0.994 / 0.923; this luma table and chroma at 80
# 450 / 0.993 / 0.945; quality 75 641 / 0.996 / 0.960. Full chroma (4:4:4) costs 100 KB for 0.004.
_LUMA = (
    16, 16, 16, 18, 25, 37, 56, 85, 16, 17, 20, 27, 34, 40, 53, 75,
    16, 20, 24, 31, 43, 62, 91, 135, 18, 27, 31, 40, 53, 74, 106, 156,
    25, 34, 43, 53, 69, 94, 131, 189, 37, 40, 62, 74, 94, 124, 169, 238,
    56, 53, 91, 106, 131, 169, 226, 311, 85, 75, 135, 156, 189, 238, 311, 418,
)  # fmt: skip
"""N. Robidoux's table, tuned for SSIM (ImageMagick and mozjpeg carry it)."""
_CHROMA = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    *(99,) * 32,
)  # fmt: skip
"""T.81 table K.2."""
# A whole page must be as like its capture as SSIM 0.98, its seals and handwriting 0.97: more than
# the usual archive coder keeps (OCRmyPDF -O3: 0.93 and 0.95 on drawn pages, 0.80 to 0.88 on real
# ones). cong-van, KB / page / ink: 60, 80 319 / 0.990 / 0.972; 45, 85 279 / 0.986 / 0.976; 40, 70
# 260 / 0.984 / 0.963, where a seal fell under 0.9 in single colours.
PAGE = (45, 85)
"""Qualities of luma and chroma for a whole page."""


def coded(image: Image.Image, quality: tuple[int, int] = PAGE) -> bytes:
    """An RGB or grey image; `quality` is of luma and chroma, each 1 to 100 in libjpeg's scale."""
    stream = io.BytesIO()
    image.save(
        stream,
        "JPEG",
        qtables=[_scaled(_LUMA, quality[0]), _scaled(_CHROMA, quality[1])],
        subsampling="4:2:0" if image.mode == "RGB" else -1,
        optimize=True,
        progressive=True,
    )
    return stream.getvalue()


def _scaled(table: tuple[int, ...], quality: int) -> list[int]:
    """A quantisation table at a libjpeg quality."""
    percent = 200 - 2 * quality if quality >= 50 else 5000 // quality
    return [min(255, max(1, (step * percent + 50) // 100)) for step in table]
