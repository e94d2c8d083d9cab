// Remarks pinned to the map: a small flag each, open or settled; a press on one tells Python which.

import { el } from "./dom.js";

export class Remarks {
  #shown = "[]";

  constructor(desk) {
    this.desk = desk;
    this.group = desk.L.layerGroup().addTo(desk.map);
    const pane = desk.map.createPane("chantu-remarks");
    pane.style.zIndex = "660";
    desk.hear("data", () => this.follow(desk.data.remarks ?? []));
  }

  follow(remarks) {
    const said = JSON.stringify(remarks);
    if (said === this.#shown) return;
    this.#shown = said;
    this.group.clearLayers();
    const { L } = this.desk;
    for (const one of remarks) {
      const [lon, lat] = one.at;
      // the words of a person go in as text and never as markup
      const flag = el("button", `chantu-remark${one.open ? "" : " settled"}${one.chosen ? " chosen" : ""}`, {
        type: "button", title: one.text, "aria-label": one.text, text: one.label, onclick: () => this.desk.act("remark", one.id),
      });
      const icon = L.divIcon({ html: flag, className: "chantu-pin", iconSize: [26, 26], iconAnchor: [4, 26] });
      this.group.addLayer(L.marker([lat, lon], { icon, pane: "chantu-remarks", keyboard: false }));
    }
  }
}
