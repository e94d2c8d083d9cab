// The pieces of a plan that waits for a word: their outlines and 亩 over the map. Text goes in by textContent only.

import { el } from "./dom.js";

export function showPlans(L, desk) {
  const pane = desk.map.createPane("chantu-plan");
  pane.style.zIndex = "640";
  pane.style.pointerEvents = "none";
  const renderer = L.svg({ pane: "chantu-plan", padding: 0.5 });
  const group = L.layerGroup([], { pane: "chantu-plan" }).addTo(desk.map);
  let shown = "[]";
  const show = () => {
    const pieces = desk.data.preview ?? [];
    const now = JSON.stringify(pieces);
    if (now === shown) return;
    shown = now;
    group.clearLayers();
    for (const piece of pieces) {
      const rings = piece.rings.map((ring) => ring.map(([lng, lat]) => [lat, lng]));
      const style = { renderer, pane: "chantu-plan", interactive: false, fillColor: desk.style.accent, fillOpacity: 0.16 };
      L.polygon(rings, { ...style, color: "#FFFFFF", weight: 5, fill: false }).addTo(group);
      L.polygon(rings, { ...style, color: desk.style.accent, weight: 2.5, dashArray: "7 4" }).addTo(group);
      const label = el("span", "", { text: piece.label });
      const icon = L.divIcon({ className: "chantu-plan-label", html: label, iconSize: null });
      L.marker([piece.at[1], piece.at[0]], { pane: "chantu-plan", icon, interactive: false, keyboard: false }).addTo(group);
    }
    desk.root.dataset.plan = String(pieces.length);
  };
  desk.hear("data", show);
  show();
}

/** What was drawn, as text: "longitude,latitude;…". */
export function spoken(points) {
  return points.map(({ lng, lat }) => `${lng.toFixed(9)},${lat.toFixed(9)}`).join(";");
}
