"""SVG made into PNG by vl-convert, if it is installed; it brings its own fonts."""

from phaseflow.errors import NotDrawn

_DOTS_PER_INCH = 200
_POINTS_PER_INCH = 72
_PIXELS_PER_INCH = 96


def png(svg: str) -> bytes:
    """Return the picture that ``svg`` describes, 200 dots for an inch of it.

    Raises:
        NotDrawn: vl-convert is not installed, or could not draw it.
    """
    try:
        from vl_convert import svg_to_png  # noqa: PLC0415  an extra, and slow to load
    except ImportError as error:
        msg = (
            "PNG needs a renderer that is not installed; "
            "`pip install 'phaseflow[pictures]'` installs it, and SVG needs none"
        )
        raise NotDrawn(msg) from error
    try:
        scale = _DOTS_PER_INCH / _PIXELS_PER_INCH
        return bytes(svg_to_png(svg, scale=scale, ppi=_POINTS_PER_INCH))
    except ValueError as error:
        msg = f"vl-convert could not draw it: {error}"
        raise NotDrawn(msg) from error
