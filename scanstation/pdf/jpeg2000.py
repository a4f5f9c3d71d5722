"""JPEG 2000 for the pictures of a layered page (ISO 15444-1, by Pillow's openjpeg).

On 27 crops of drawn and real pages it takes 28 to 35 % fewer bytes than our JPEG at equal
likeness. One layer, irreversible, in the JP2 form that PDF/A-2 permits (ISO 19005-2 6.2.8.3).
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FRAME = 200
"""Bytes of a file with nothing in it."""
_RESOLUTIONS = 4
"""On ten real seals and stamps up to 0.02 more alike at equal bytes than openjpeg's six."""
_COMMENT = b"-"
"""Without one, openjpeg writes its version into each picture: 32 bytes that change by update."""


def coded(picture: NDArray[np.uint8], size: float) -> bytes:
    """(height, width, 3) RGB or (height, width) levels in about `size` bytes and FRAME."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(
        stream,
        "JPEG2000",
        quality_mode="rates",
        quality_layers=[max(1.0, picture.size / (FRAME + size))],
        num_resolutions=_RESOLUTIONS,
        irreversible=True,
        mct=int(picture.ndim == 3),
        comment=_COMMENT,
    )
    return stream.getvalue()


def decoded(data: bytes) -> NDArray[np.uint8]:
    """What `coded` was given, as a viewer will see it."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)
