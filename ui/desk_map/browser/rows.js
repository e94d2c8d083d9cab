// A set of rows as short text: sorted, differences as variable-length integers, base64.

export function encodeRows(rows) {
  const sorted = Uint32Array.from(rows).sort();
  const bytes = [];
  let last = 0;
  for (const row of sorted) {
    let gap = row - last;
    last = row;
    while (gap > 127) {
      bytes.push((gap & 0x7f) | 0x80);
      gap >>>= 7;
    }
    bytes.push(gap);
  }
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.slice(i, i + 8192));
  return btoa(text);
}

export function decodeRows(text) {
  const raw = atob(text);
  const rows = [];
  let row = 0, gap = 0, shift = 0;
  for (let i = 0; i < raw.length; i++) {
    const byte = raw.charCodeAt(i);
    gap |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte < 128) {
      row += gap >>> 0;
      rows.push(row);
      gap = 0;
      shift = 0;
    }
  }
  return rows;
}
