"""Physical pixel sizes that a TIFF tells, in micrometres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tifffile

if TYPE_CHECKING:
    from collections.abc import Mapping

MICROMETRES = {
    "nm": 1e-3, "nanometer": 1e-3,
    "um": 1.0, "µm": 1.0, "μm": 1.0, "\\u00b5m": 1.0, "micron": 1.0, "microns": 1.0,
    "micrometer": 1.0,
    "mm": 1e3, "millimeter": 1e3, "cm": 1e4, "m": 1e6, "inch": 25_400.0,
}  # fmt: skip
CENTIMETRE = 1e4
# Coarser than this, a resolution per centimetre is that of a print or a scan.
COARSEST_PIXEL = 20.0


def pixel_size(tiff: tifffile.TiffFile, page: tifffile.TiffPage) -> tuple[float, float] | None:
    """Return the (row, column) size of a pixel in micrometres, or None where it is not told."""
    try:
        rows, columns = _told(tiff, page)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return None
    return (rows, columns) if 0 < rows < float("inf") and 0 < columns < float("inf") else None


def _told(tiff: tifffile.TiffFile, page: tifffile.TiffPage) -> tuple[float, float]:
    if tiff.is_ome:
        return _told_by_ome(tifffile.xml2dict(tiff.ome_metadata or ""))
    across, down = page.resolution
    if tiff.is_imagej:
        unit = MICROMETRES[str((tiff.imagej_metadata or {})["unit"]).lower()]
        return unit / down, unit / across
    if page.resolutionunit != tifffile.RESUNIT.CENTIMETER:
        raise ValueError(page.resolutionunit)
    if CENTIMETRE / across > COARSEST_PIXEL:
        raise ValueError(across)
    return CENTIMETRE / down, CENTIMETRE / across


def _told_by_ome(metadata: Mapping[str, Any]) -> tuple[float, float]:
    images = metadata["OME"]["Image"]
    told = (images[0] if isinstance(images, list) else images)["Pixels"]
    rows, columns = (
        float(told[f"PhysicalSize{axis}"])
        * MICROMETRES[told.get(f"PhysicalSize{axis}Unit", "µm").lower()]
        for axis in "YX"
    )
    return rows, columns
