// The one Leaflet layer that draws everything: vector tiles painted on canvases.

import { decode } from "./mvt.js";
import { paintGroup, paintSelected } from "./paint.js";

export const TILE_PX = 512;
export const UNITS_PER_PX = 4096 / TILE_PX;

/** Tiles by address; the two groups that draw roads share one fetch. */
class TileStore {
  #held = new Map();

  get(url) {
    let tile = this.#held.get(url);
    if (!tile) {
      tile = this.#fetch(url);
      this.#held.set(url, tile);
      if (this.#held.size > 160) this.#held.delete(this.#held.keys().next().value);
      tile.catch(() => this.#held.delete(url));
    }
    return tile;
  }

  async #fetch(url) {
    const answer = await fetch(url);
    if (answer.status === 204) return new Map();
    if (!answer.ok) throw Object.assign(new Error(`tile ${answer.status}`), { status: answer.status });
    return decode(await answer.arrayBuffer());
  }
}

const CONTEXT = ["landscape", "towns", "constraints", "conflicts", "parks", "roads", "facilities", "power_sites"];

export function makeCanvasTiles(L, desk) {
  const store = (desk.tileStore ??= new TileStore());

  const CanvasTiles = L.GridLayer.extend({
    initialize(options) {
      L.GridLayer.prototype.initialize.call(this, {
        tileSize: TILE_PX, updateWhenZooming: false, updateInterval: 80, keepBuffer: 1,
        pane: `chantu-${options.group}`, group: options.group, place: options.pane, sources: options.sources,
      });
      this.held = new Map();
    },

    onAdd(map) {
      const pane = map.getPane(this.options.pane) ?? map.createPane(this.options.pane);
      pane.style.zIndex = String(this.options.place);
      pane.classList.add("chantu-tiles");
      L.GridLayer.prototype.onAdd.call(this, map);
      desk.groups.set(this.options.group, this);
      map.on("zoomend", this.sharpen, this);
    },

    onRemove(map) {
      map.off("zoomend", this.sharpen, this);
      L.GridLayer.prototype.onRemove.call(this, map);
    },

    url(z, x, y) {
      const names = this.options.sources.includes("parcels") ? ["parcels"] : CONTEXT.filter((name) => desk.data.layers[name]);
      if (!names.length) return null;
      const revisions = names.map((name) => desk.data.layers[name].revision);
      return new URL(`/tiles/${names.join("+")}/${revisions.join("+")}/${z}/${x}/${y}.pbf`, location.origin).href;
    },

    createTile(coords, done) {
      const element = document.createElement("div");
      const canvas = element.appendChild(document.createElement("canvas"));
      const tile = { element, canvas, coords: { ...coords }, layers: null };
      this.held.set(this._tileCoordsToKey(coords), tile);
      const url = this.url(coords.z - 1, coords.x, coords.y);
      if (!url) {
        queueMicrotask(() => done(null, element));
        return element;
      }
      Promise.all([store.get(url), desk.ready]).then(([layers]) => {
        tile.layers = layers;
        this.paint(tile);
        done(null, element);
      }).catch((fault) => {
        done(fault, element);
        if (fault.status === 410) desk.stale();
        else if (fault.status) desk.warn(fault);
      });
      return element;
    },

    _removeTile(key) {
      this.held.delete(key);
      L.GridLayer.prototype._removeTile.call(this, key);
    },

    ratio() {
      const zoom = this._map.getZoom();
      return Math.min(3, (window.devicePixelRatio || 1) * Math.max(1, 2 ** (zoom - (this._tileZoom ?? zoom))));
    },

    // the selection has canvases of its own, above roads and parks: a click repaints nothing else
    paint(tile) {
      if (this.options.group === "selected") {
        const wanted = desk.visible("parcels") ? selectedIn(tile, desk.selection) : [];
        if (!wanted.length && !tile.marked) return;
        tile.marked = wanted.length > 0;
        const ctx = fit(tile.canvas, this.ratio());
        if (wanted.length) paintSelected(ctx, tile, wanted, desk);
      } else {
        paintGroup(fit(tile.canvas, this.ratio()), tile, this.options.group, desk);
      }
    },

    /** Repaint; with rows, only the tiles that hold one of them. */
    repaint(rows = null) {
      for (const tile of this.held.values()) if (tile.layers && (!rows || holdsAny(tile, rows))) this.paint(tile);
    },

    // at half zooms the tiles are stretched: paint them again at the size they are shown at
    sharpen() {
      const ratio = this.ratio();
      if (ratio === this.sharpness) return;
      this.sharpness = ratio;
      this.repaint();
    },

    /** The row of the parcel at a place, or -1. */
    rowAt(latlng) {
      const z = this._tileZoom;
      if (z === undefined) return -1;
      const at = this._map.project(latlng, z);
      const key = `${Math.floor(at.x / TILE_PX)}:${Math.floor(at.y / TILE_PX)}:${z}`;
      const tile = this.held.get(key);
      if (!tile?.layers) return -1;
      return rowIn(tile, (at.x - tile.coords.x * TILE_PX) * UNITS_PER_PX, (at.y - tile.coords.y * TILE_PX) * UNITS_PER_PX);
    },

    /** Forget what was fetched: a new revision has another address. */
    renew() {
      this.held.clear();
      this.redraw();
    },
  });

  return (options) => new CanvasTiles(options);
}

function fit(canvas, ratio) {
  const side = Math.round(TILE_PX * ratio);
  if (canvas.width !== side) {
    canvas.width = canvas.height = side;
  }
  const ctx = canvas.getContext("2d");
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, side, side);
  ctx.setTransform(side / TILE_PX, 0, 0, side / TILE_PX, 0, 0);
  return ctx;
}

export function overviewOf(layers) {
  for (const cell of [2, 3, 4]) if (layers.has(`o${cell}`)) return { cell, layer: layers.get(`o${cell}`) };
  return null;
}

function selectedIn(tile, selection) {
  const ids = tile.layers.get("parcels")?.ids;
  if (!selection.rows.size || !ids) return [];
  const found = [];
  for (let i = 0; i < ids.length; i++) if (selection.has(ids[i])) found.push(i);
  return found;
}

function holdsAny(tile, rows) {
  for (const layer of tile.layers.values()) {
    if (layer.name === "a") continue;
    for (const id of layer.ids) if (rows.has(id)) return true;
  }
  return false;
}

function rowIn(tile, x, y) {
  const shapes = tile.layers.get("parcels");
  for (let i = (shapes?.count ?? 0) - 1; i >= 0; i--) if (shapes.holds(i, x, y)) return shapes.ids[i];
  const overview = overviewOf(tile.layers);
  if (!overview) return -1;
  const units = overview.cell * UNITS_PER_PX;
  const { layer } = overview;
  for (let i = 0; i < layer.count; i++) {
    if (Math.floor(x / units) * units === layer.xy[2 * i] && Math.floor(y / units) * units === layer.xy[2 * i + 1]) return layer.ids[i];
  }
  return -1;
}
