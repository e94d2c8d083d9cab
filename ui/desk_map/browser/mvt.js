// Vector tiles read into flat arrays: ids, kinds, and coordinate strings in tile units.

/** One layer of a tile. Strings of feature i are firstString[i] … firstString[i+1]; vertices of string s are at[s] … at[s+1]. */
class TileLayer {
  constructor(name) {
    this.name = name;
    this.ids = [];
    this.kinds = [];
    this.firstString = [0];
    this.at = [0];
    this.xy = [];
  }

  get count() {
    return this.ids.length;
  }

  finish() {
    this.ids = Uint32Array.from(this.ids);
    this.kinds = Uint8Array.from(this.kinds);
    this.firstString = Uint32Array.from(this.firstString);
    this.at = Uint32Array.from(this.at);
    this.xy = Int32Array.from(this.xy);
    this.boxes = this.#boxes();
    return this;
  }

  #boxes() {
    const boxes = new Int32Array(this.count * 4);
    for (let i = 0; i < this.count; i++) {
      let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
      for (let v = this.at[this.firstString[i]] * 2; v < this.at[this.firstString[i + 1]] * 2; v += 2) {
        const x = this.xy[v], y = this.xy[v + 1];
        if (x < west) west = x;
        if (x > east) east = x;
        if (y < north) north = y;
        if (y > south) south = y;
      }
      boxes.set([west, north, east, south], i * 4);
    }
    return boxes;
  }

  /** True when the point, in tile units, lies in polygon i (even-odd over all its rings). */
  holds(i, x, y) {
    const b = i * 4, boxes = this.boxes;
    if (x < boxes[b] || x > boxes[b + 2] || y < boxes[b + 1] || y > boxes[b + 3]) return false;
    let inside = false;
    for (let s = this.firstString[i]; s < this.firstString[i + 1]; s++) {
      const from = this.at[s], to = this.at[s + 1];
      for (let v = from, w = to - 1; v < to; w = v++) {
        const vx = this.xy[2 * v], vy = this.xy[2 * v + 1], wx = this.xy[2 * w], wy = this.xy[2 * w + 1];
        if (vy > y !== wy > y && x < ((wx - vx) * (y - vy)) / (wy - vy) + vx) inside = !inside;
      }
    }
    return inside;
  }
}

/** Read a tile; returns a Map of layer name to TileLayer. Layers of one name that come twice are kept one after another. */
export function decode(buffer) {
  const bytes = new Uint8Array(buffer);
  const layers = new Map();
  let at = 0;
  while (at < bytes.length) {
    const tag = varint();
    const end = varint() + at;
    if (tag === 0x1a) readLayer(end);
    at = end;
  }
  for (const layer of layers.values()) layer.finish();
  return layers;

  function varint() {
    let value = 0, shift = 1, byte;
    do {
      byte = bytes[at++];
      value += (byte & 0x7f) * shift;
      shift *= 128;
    } while (byte > 127);
    return value;
  }

  function readLayer(end) {
    let layer = null;
    while (at < end) {
      const tag = varint();
      if (tag === 0x0a) {
        const length = varint();
        const name = String.fromCharCode(...bytes.subarray(at, at + length));
        at += length;
        if (!layers.has(name)) layers.set(name, new TileLayer(name));
        layer = layers.get(name);
      } else if (tag === 0x12) {
        readFeature(layer, varint() + at);
      } else {
        varint();
      }
    }
  }

  function readFeature(layer, end) {
    while (at < end) {
      const tag = varint();
      const value = varint();
      if (tag === 0x08) layer.ids.push(value);
      else if (tag === 0x18) layer.kinds.push(value);
      else if (tag === 0x22) readGeometry(layer, value + at);
    }
    layer.firstString.push(layer.at.length - 1);
  }

  function readGeometry(layer, end) {
    let x = 0, y = 0;
    while (at < end) {
      const command = varint();
      const verb = command & 7;
      if (verb === 7) continue;
      if (verb === 1 && layer.xy.length / 2 > layer.at[layer.at.length - 1]) layer.at.push(layer.xy.length / 2);
      for (let n = command >>> 3; n > 0; n--) {
        const dx = varint(), dy = varint();
        x += dx % 2 ? -(dx + 1) / 2 : dx / 2;
        y += dy % 2 ? -(dy + 1) / 2 : dy / 2;
        layer.xy.push(x, y);
      }
    }
    layer.at.push(layer.xy.length / 2);
  }
}
