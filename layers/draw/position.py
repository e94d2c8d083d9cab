"""The storage CRS as the browser needs it, to show the coordinates under the pointer."""

from __future__ import annotations

from functools import cache

from pyproj import CRS


@cache
def projection_for_browser(epsg: int) -> dict[str, object]:
    """Name of the CRS and, for a transverse Mercator, its parameters; the browser shows degrees for any other.

    ``tm``: latitude and longitude of origin in degrees, scale, false easting and northing in metres, semi-major axis in
    metres, inverse flattening.
    """
    crs = CRS.from_epsg(epsg)
    told: dict[str, object] = {"name": crs.name, "epsg": epsg, "tm": None}
    operation, ellipsoid = crs.coordinate_operation, crs.ellipsoid
    if operation is None or ellipsoid is None or operation.method_name != "Transverse Mercator":
        return told
    values = {parameter.code: parameter.value for parameter in operation.params}
    # codes of the EPSG registry for the parameters of method 9807
    told["tm"] = {
        "lat0": values["8801"],
        "lon0": values["8802"],
        "k0": values["8805"],
        "x0": values["8806"],
        "y0": values["8807"],
        "a": ellipsoid.semi_major_metre,
        "rf": ellipsoid.inverse_flattening,
    }
    return told
