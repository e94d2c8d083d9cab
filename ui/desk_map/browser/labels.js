// Names beside the shapes: as text nodes, the weightier first, none over another.

import { el } from "./dom.js";
import { TILE_PX, UNITS_PER_PX } from "./tiles.js";

const MOST = 220;
const MOST_CODES = 240;
// from which zoom a layer's names are written, how heavy they weigh, how large they are set
const LAYERS = {
  parks: { from: 11, weight: 5, size: 13 },
  towns: { from: 9, weight: 3, size: 12 },
  roads: { from: 12.5, weight: 2, size: 11 },
  facilities: { from: 14, weight: 1, size: 11 },
  power_sites: { from: 15.5, weight: 1, size: 11 },
  constraints: { from: 14.5, weight: 0, size: 11 },
};

export function makeLabels(L, desk) {
  const Labels = L.Layer.extend({
    initialize(options) {
      L.Util.setOptions(this, options);
    },
    onAdd(map) {
      this.node = map.createPane("chantu-labels");
      this.node.style.zIndex = String(this.options.pane);
      this.node.classList.add("leaflet-zoom-hide");
      map.on("moveend", this.soon, this);
      desk.hear("layers", () => this.soon());
      desk.hear("data", () => this.soon());
      desk.hear("painted", () => this.soon());
      map.on("zoomstart", () => this.node.classList.add("moving"));
    },
    onRemove(map) {
      map.off("moveend", this.soon, this);
    },
    soon() {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => !desk.gone && this.show(), 30);
    },
    async show() {
      const turn = (this.turn = (this.turn ?? 0) + 1);
      const zoom = this._map.getZoom();
      const wanted = [...names(desk, this._map, zoom)];
      if (desk.codesShown(zoom) && desk.visible("parcels")) wanted.push(...(await codes(desk, this._map)));
      if (turn !== this.turn || desk.gone) return;
      wanted.sort((a, b) => b.weight - a.weight);
      // on a slide nothing is written over a park that is smaller than its name
      const spots = wanted.filter((label) => label.spot).map(({ spot: [x, y] }) => [x - 14, y - 12, x + 14, y + 12]);
      const taken = [];
      const nodes = [];
      for (const label of wanted) {
        if (nodes.length >= MOST) break;
        const place = placed(label, taken, spots);
        if (!place) continue;
        taken.push(boxOf(place));
        nodes.push(write(place));
      }
      this.node.replaceChildren(...nodes);
      this.node.classList.remove("moving");
    },
  });
  return (options) => new Labels(options);
}

function* names(desk, map, zoom) {
  const view = map.getBounds().pad(0.05);
  for (const [layer, rule] of Object.entries(LAYERS)) {
    const sheet = desk.sheets.get(layer);
    // a slide has its names whatever the screen: those of a zoom on a large one, and every park's
    const from = desk.data.brief ? (layer === "parks" ? 0 : rule.from - desk.brief.shift) : rule.from;
    if (!sheet || zoom < from || !desk.visible(layer)) continue;
    for (const [row, lon, lat, text, note, angle, top] of sheet.labels) {
      const cls = sheet.classes[row];
      if (!view.contains([lat, lon]) || !desk.visible(layer, cls)) continue;
      const project = layer === "roads" && cls > 0;
      const at = map.latLngToLayerPoint([lat, lon]);
      // signs of facilities stand at the place itself: the name goes below
      const told = layer === "parks" ? desk.brief?.parkNote(text) : null;
      if (told?.known) continue;
      const half = told ? rule.size * desk.nameScale * 1.3 + 6 : 10;
      const drop = layer === "facilities" || layer === "power_sites" ? 17 : layer === "parks" ? overSmall(map, at, lon, top, half) : 0;
      yield {
        spot: told && drop ? [at.x, at.y] : null,
        x: at.x, y: at.y + drop, text: told?.name ?? text, note: told?.figure ?? (layer === "parks" && zoom >= 13 ? note : ""), alert: told?.alert ?? "", angle,
        kind: project ? "roads project" : layer, weight: rule.weight + (project ? 2.5 : 0), size: rule.size * (desk.nameScale ?? 1),
      };
    }
  }
}

/** A park smaller than its name is not written over: the name goes above it. */
function overSmall(map, at, lon, top, half) {
  const north = map.latLngToLayerPoint([top, lon]).y;
  return at.y - north < 34 ? north - at.y - half : 0;
}

/** Codes of the parcels in view that have room for one, below the sign of their cluster. */
async function codes(desk, map) {
  const group = desk.groups.get("parcels");
  const z = group._tileZoom;
  const scale = map.getZoomScale(map.getZoom(), z);
  const origin = map.getPixelOrigin();
  const size = map.getSize();
  const found = new Map();
  for (const tile of group.held.values()) {
    const signs = tile.coords.z === z ? tile.layers?.get("a") : null;
    for (let i = 0; i < (signs?.count ?? 0); i++) {
      const x = (tile.coords.x * TILE_PX + signs.xy[2 * i] / UNITS_PER_PX) * scale - origin.x;
      const y = (tile.coords.y * TILE_PX + signs.xy[2 * i + 1] / UNITS_PER_PX) * scale - origin.y;
      const at = map.layerPointToContainerPoint([x, y]);
      if (at.x > 0 && at.y > 0 && at.x < size.x && at.y < size.y) found.set(signs.ids[i], [x, y]);
    }
  }
  const rows = [...found.keys()].slice(0, MOST_CODES);
  if (!rows.length) return [];
  const known = await desk.names(rows);
  return rows.filter((row) => known.has(row)).map((row) => {
    const [x, y] = found.get(row);
    const dark = isDark(desk, row);
    return { x, y: y + (desk.theme === "cluster" && desk.clusters[desk.state.cluster[row]] ? 8 : 0), text: shortened(desk, known.get(row)[0]), note: "", angle: 0, kind: dark ? "code dark" : "code", weight: 0.5, size: 10.5 * (desk.nameScale ?? 1) };
  });
}

/** On a slide the last part of a code, as in its tables: the rest is the same all over. */
function shortened(desk, code) {
  return desk.data.brief ? code.split(/[-_]/).at(-1) : code;
}

function isDark(desk, row) {
  if (desk.theme !== "cluster" || desk.state.stage[row] === desk.style.supplied) return false;
  return desk.clusters[desk.state.cluster[row]]?.ink === "#FFFFFF";
}

function width(text, size) {
  let ems = 0;
  for (const sign of text) ems += sign.codePointAt(0) > 0x2e7f ? 1 : 0.58;
  return ems * size;
}

function boxOf({ x, y, text, note, alert = "", angle, size }) {
  const w = Math.max(width(text, size), width(note + alert, size * 0.9)) / 2 + 3;
  const h = (note || alert ? size * 1.3 : size * 0.65) + 2;
  const turn = (Math.abs(angle) * Math.PI) / 180;
  const halfWidth = w * Math.cos(turn) + h * Math.sin(turn), halfHeight = w * Math.sin(turn) + h * Math.cos(turn);
  return [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight];
}

/** The label where it covers none and no small park: a park's may stand on any side of it, and over another rather than nowhere. */
function placed(label, taken, spots) {
  const free = (one, others) => !others.some((other) => meets(boxOf(one), other));
  if (!label.spot) return free(label, [...taken, ...spots]) ? label : null;
  const [x, y] = label.spot;
  const [west, north, east, south] = boxOf(label);
  const aside = (east - west) / 2 + 16, below = (south - north) / 2 + 14;
  const sides = [label, { ...label, x, y: y + below }, { ...label, x: x + aside, y }, { ...label, x: x - aside, y }];
  return sides.find((one) => free(one, [...taken, ...spots])) ?? sides.find((one) => free(one, taken)) ?? null;
}

function meets(a, b) {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

function write({ x, y, text, note, alert, angle, kind }) {
  const node = el("div", `chantu-label ${kind}`, {}, el("span", "", { text }));
  if (note || alert) node.append(el("span", "note", { text: note }, ...(alert ? [el("span", "wrong", { text: ` ${alert}` })] : [])));
  node.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px) translate(-50%, -50%) rotate(${angle}deg)`;
  return node;
}
