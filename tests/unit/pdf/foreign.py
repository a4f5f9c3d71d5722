"""PDFs as strangers make them, built part by part."""

import io
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

A4 = (595.2, 841.92)


def jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    return stream.getvalue()


def jpeg_stream(pdf: Pdf, image: Image.Image) -> Stream:
    space = Name.DeviceGray if image.mode == "L" else Name.DeviceRGB
    return image_stream(pdf, jpeg(image), image, space, 8, Filter=Name.DCTDecode)


def flate_stream(pdf: Pdf, image: Image.Image) -> Stream:
    space = Name.DeviceRGB if image.mode == "RGB" else Name.DeviceGray
    return image_stream(pdf, image.tobytes(), image, space, 1 if image.mode == "1" else 8)


def image_stream(
    pdf: Pdf, data: bytes, image: Image.Image, space: Name, bits: int, **entries: object
) -> Stream:
    return Stream(
        pdf,
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=space,
        BitsPerComponent=bits,
        **entries,
    )


def add_page(
    pdf: Pdf,
    image: Stream,
    *,
    size: tuple[float, float] = A4,
    matrix: str = "",
    before: str = "",
    after: str = "",
    **entries: object,
) -> pikepdf.Page:
    """A page with the image over all of it; `after` are more operators."""
    placed = matrix or f"{size[0]} 0 0 {size[1]} 0 0"
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    leaf = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, *size]),
        Resources=Dictionary(XObject=Dictionary(I=image), Font=Dictionary(F=helvetica)),
        Contents=Stream(pdf, f"{before} q {placed} cm /I Do Q {after}".encode()),
        **entries,
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(leaf)))
    return pdf.pages[-1]


def saved(pdf: Pdf, folder: Path, name: str = "foreign.pdf") -> Path:
    pdf.save(folder / name)
    return folder / name
