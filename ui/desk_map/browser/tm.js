// Transverse Mercator of the ellipsoid, forward: Krüger's series to the fourth order in n, good to far below a millimetre
// within a 3- or 6-degree zone.

export function transverseMercator({ lat0, lon0, k0, x0, y0, a, rf }) {
  const f = 1 / rf;
  const n = f / (2 - f);
  const n2 = n * n, n3 = n2 * n, n4 = n3 * n;
  const e = Math.sqrt(f * (2 - f));
  const A = (a / (1 + n)) * (1 + n2 / 4 + n4 / 64);
  const alpha = [
    n / 2 - (2 / 3) * n2 + (5 / 16) * n3 + (41 / 180) * n4,
    (13 / 48) * n2 - (3 / 5) * n3 + (557 / 1440) * n4,
    (61 / 240) * n3 - (103 / 140) * n4,
    (49561 / 161280) * n4,
  ];
  const onSphere = (lat, dlon) => {
    const s = Math.sin(lat);
    const t = Math.sinh(Math.atanh(s) - e * Math.atanh(e * s));
    const xi = Math.atan2(t, Math.cos(dlon)), eta = Math.asinh(Math.sin(dlon) / Math.hypot(t, Math.cos(dlon)));
    let north = xi, east = eta;
    alpha.forEach((c, i) => {
      const m = 2 * (i + 1);
      north += c * Math.sin(m * xi) * Math.cosh(m * eta);
      east += c * Math.cos(m * xi) * Math.sinh(m * eta);
    });
    return [north, east];
  };
  const rad = Math.PI / 180;
  const [origin] = onSphere(lat0 * rad, 0);
  return (lon, lat) => {
    const [north, east] = onSphere(lat * rad, (lon - lon0) * rad);
    return { easting: x0 + k0 * A * east, northing: y0 + k0 * A * (north - origin) };
  };
}
