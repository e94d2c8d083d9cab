// The fault that is looked at: a ring at its place, its shape in red, and the boundaries as they would be.

import { canvas } from "./dom.js";
import { Remarks } from "./remarks.js";

const FAULT = "#C0272D";
const AFTER = "#1F7A4D";

export class Marks {
  #seq = null;
  #shown = "";

  constructor(desk) {
    this.desk = desk;
  }

  addTo(map) {
    const pane = map.createPane("chantu-marks");
    pane.style.zIndex = "640";
    pane.style.pointerEvents = "none";
    this.map = map;
    this.renderer = canvas(this.desk.L, { pane: "chantu-marks", padding: 0.5 });
    this.group = this.desk.L.layerGroup().addTo(map);
    this.desk.remarks = new Remarks(this.desk);
  }

  /** Show what Python says; fly there when it is another fault. */
  follow(mark) {
    const said = JSON.stringify(mark ?? null);
    if (said === this.#shown) return;
    this.#shown = said;
    this.group.clearLayers();
    if (!mark) return;
    const { L } = this.desk;
    const base = { renderer: this.renderer, pane: "chantu-marks", interactive: false, fill: false };
    const turned = (line) => line.map(([lon, lat]) => [lat, lon]);
    const add = (layer) => this.group.addLayer(layer);
    for (const line of mark.after) add(L.polyline(turned(line), { ...base, color: AFTER, weight: 2, dashArray: "6 4" }));
    for (const line of mark.fault) {
      const closed = line.length > 3 && line[0][0] === line.at(-1)[0] && line[0][1] === line.at(-1)[1];
      const style = { ...base, color: FAULT, weight: 2, fill: closed, fillColor: FAULT, fillOpacity: 0.4 };
      add(closed ? L.polygon(turned(line), style) : L.polyline(turned(line), style));
    }
    // a mark without a place only says where to look
    if (mark.place) {
      const [lon, lat] = mark.place;
      add(L.circleMarker([lat, lon], { ...base, radius: 17, color: "#FFFFFF", weight: 6, opacity: 0.9 }));
      add(L.circleMarker([lat, lon], { ...base, radius: 17, color: FAULT, weight: 3 }));
    }
    if (mark.seq !== this.#seq) {
      this.#seq = mark.seq;
      this.desk.fly(mark.bounds, { maxZoom: 19 });
    }
  }
}
