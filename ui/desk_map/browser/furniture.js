// What a map carries: zoom buttons, north mark, scale bar, coordinates, graticule, and the mark of sample data.

import { button, control, el, icon } from "./dom.js";
import { transverseMercator } from "./tm.js";

export function makeFurniture(L, desk) {
  return {
    graticule: (options) => graticule(L, desk, options),
    zoomButtons: () => control(L, "topleft", (map) => zoomButtons(desk, map)),
    northMark: () => control(L, "bottomright", () => north(desk)),
    scaleBar: (options) => control(L, "bottomright", (map) => scaleBar(desk, map, options)),
    position: () => control(L, "bottomright", () => position(desk)),
  };
}

function zoomButtons(desk, map) {
  const plus = button("", `${desk.t("zoomIn")} (+)`, () => map.zoomIn(1));
  plus.append(icon("M10 4.5 V15.5 M4.5 10 H15.5"));
  const minus = button("", `${desk.t("zoomOut")} (−)`, () => map.zoomOut(1));
  minus.append(icon("M4.5 10 H15.5"));
  const whole = button("", `${desk.t("whole")} (0)`, () => desk.showWhole());
  whole.append(icon("M3.5 9.5 L10 4 L16.5 9.5 M5.5 8.5 V16 H14.5 V8.5"));
  return el("div", "chantu-panel chantu-zoom", {}, plus, minus, whole);
}

function north(desk) {
  const mark = icon("M10 1.5 L14.5 18 L10 14.6 L5.5 18 Z", { filled: true });
  const sample = el("div", "chantu-sample", { hidden: "" });
  const show = () => {
    sample.hidden = !desk.data.sample;
    sample.textContent = desk.t("sample");
  };
  desk.hear("data", show);
  return el("div", "chantu-north", { role: "img", "aria-label": desk.t("north") }, el("span", "", { text: desk.t("north") }), mark, sample);
}

/** A bar of 1, 2 or 5 × 10ⁿ metres, true at the middle of the map. */
function scaleBar(desk, map, { widest_px: widest }) {
  const text = el("span", "");
  const bar = el("div", "bar");
  const show = () => {
    const size = map.getSize();
    const metres = map.distance(map.containerPointToLatLng([0, size.y / 2]), map.containerPointToLatLng([widest, size.y / 2]));
    if (!(metres > 0)) return;
    const power = 10 ** Math.floor(Math.log10(metres));
    const length = [5, 2, 1].map((m) => m * power).find((m) => m <= metres);
    bar.style.width = `${Math.round((widest * length) / metres)}px`;
    text.textContent = length >= 1000 ? `${desk.number(length / 1000)} ${desk.t("kilometres")}` : `${desk.number(length, length < 1 ? 1 : 0)} ${desk.t("metres")}`;
  };
  map.on("moveend zoomend resize", show);
  desk.hear("data", show);
  return el("div", "chantu-scale", {}, text, bar);
}

function position(desk) {
  const node = el("div", "chantu-position");
  let name = "", project = null;
  const settle = () => {
    const { crs } = desk.data;
    if (crs.name === name) return;
    name = crs.name;
    project = crs.tm ? transverseMercator(crs.tm) : null;
  };
  desk.hear("pointer", ({ detail: { latlng } }) => {
    settle();
    const { lng, lat } = latlng.wrap();
    if (project) {
      const { northing, easting } = project(lng, lat);
      node.textContent = `${desk.t("northing")} ${desk.number(northing, 1)}   ${desk.t("easting")} ${desk.number(easting, 1)}`;
    } else {
      node.textContent = `${desk.t("longitude")} ${lng.toFixed(6)}°   ${desk.t("latitude")} ${lat.toFixed(6)}°`;
    }
    node.title = name;
  });
  return node;
}

/** Meridians and parallels at a step that leaves three to eight in view, with their degrees at the rim. */
function graticule(L, desk, { pane }) {
  const Graticule = L.Layer.extend({
    onAdd(map) {
      const node = map.getPane("chantu-graticule") ?? map.createPane("chantu-graticule");
      node.style.zIndex = String(pane);
      this.lines = L.layerGroup([], { pane: "chantu-graticule" }).addTo(map);
      this.renderer = L.svg({ pane: "chantu-graticule", padding: 0.5 });
      map.on("moveend", this.show, this);
      this.show();
    },
    onRemove(map) {
      map.off("moveend", this.show, this);
    },
    show() {
      const map = this._map, b = map.getBounds();
      const step = stepFor(b.getEast() - b.getWest());
      this.lines.clearLayers();
      const style = { renderer: this.renderer, pane: "chantu-graticule", color: "#DAD8D0", weight: 0.8, interactive: false };
      const south = b.getSouth() - step, north_ = b.getNorth() + step, west = b.getWest() - step, east = b.getEast() + step;
      for (let x = Math.ceil(west / step) * step; x < east; x += step) L.polyline([[south, x], [north_, x]], style).addTo(this.lines);
      for (let y = Math.ceil(south / step) * step; y < north_; y += step) L.polyline([[y, west], [y, east]], style).addTo(this.lines);
    },
  });
  return new Graticule();
}

function stepFor(width) {
  const steps = [10, 5, 2, 1, 0.5, 1 / 6, 1 / 12, 1 / 30, 1 / 60, 1 / 120, 1 / 360, 1 / 720, 1 / 1800, 1 / 3600];
  return steps.find((step) => width / step >= 4) ?? steps.at(-1);
}
