// How much is selected, and what can be done with it.

import { button, control, el, icon } from "./dom.js";

const NEXT_TO = "M3 7 H9 V13 H3 Z M9 4 H15 V10 H9 M9 13 H15 V10";
const FIT = "M3.5 7 V3.5 H7 M13 3.5 H16.5 V7 M16.5 13 V16.5 H13 M7 16.5 H3.5 V13 M7.5 7.5 H12.5 V12.5 H7.5 Z";

export function makeChip(L, desk) {
  return () => control(L, "bottomleft", () => {
    const text = el("output", "text");
    const grow = button("", `${desk.t("neighbours")} (N)`, () => desk.growToNeighbours());
    grow.append(icon(NEXT_TO));
    const fit = button("", `${desk.t("zoomTo")} (Z)`, () => desk.flyToSelection());
    fit.append(icon(FIT));
    const clear = button("", `${desk.t("clear")} (Esc)`, () => desk.selection.take([]));
    clear.append(icon("M5.5 5.5 L14.5 14.5 M14.5 5.5 L5.5 14.5"));
    const node = el("div", "chantu-panel chantu-chip", { "aria-live": "polite", hidden: "" }, text, grow, fit, clear);
    const show = async () => {
      const { rows } = desk.selection;
      node.hidden = rows.size === 0;
      node.dataset.count = String(rows.size);
      if (!rows.size) return;
      const areas = await desk.areas();
      let sum = 0;
      for (const row of desk.selection.rows) sum += areas[row] ?? 0;
      const mu = (sum / 100) * 0.0015;
      text.textContent = desk.t("selected", { count: desk.number(desk.selection.rows.size), mu: desk.number(mu, mu < 100 ? 2 : mu < 10000 ? 1 : 0) });
    };
    desk.hear("selection", show);
    desk.hear("data", show);
    return node;
  });
}
