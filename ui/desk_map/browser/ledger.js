// The sums beside the map, brought up to date in the frame in which a stroke is painted.
//
// Python draws the figures; each names its cluster and what it is by its classes (live-mu live-3). What is foreseen of a
// stroke changes them at once; when Python has answered it says the same, or the colours and the sums go back together.

import { fill } from "./dom.js";

const NONE = 255;
const CENTI_MU = 10000; // hundredths of a m² × 15 ÷ 10,000 are hundredths of a 亩
const WHOLE_FROM = 100 * 100 * CENTI_MU;

export function followLedger(desk) {
  let areas = null, wanted = false, revision = null;
  const renew = async () => {
    if (revision !== desk.data.layers.parcels.revision) {
      revision = desk.data.layers.parcels.revision;
      areas = null;
      areas = await desk.areas();
    }
    soon();
  };
  const soon = () => {
    if (wanted) return;
    wanted = true;
    // after all listeners of this moment, and before it is painted
    queueMicrotask(() => {
      wanted = false;
      if (!desk.gone && areas) write(desk, sums(desk.state, areas));
    });
  };
  desk.state.addEventListener("change", soon);
  desk.hear("data", renew);
  // what Streamlit draws anew may be of before the stroke
  const panel = desk.place.closest(".st-key-desk")?.querySelector(".st-key-panel");
  if (panel) new MutationObserver(soon).observe(panel, { childList: true, subtree: true });
  renew();
}

/** Parcels and hundredths of a m² of each cluster byte; whole numbers below 2^53, so exact. */
export function sums({ cluster }, areas) {
  const count = new Float64Array(256), area = new Float64Array(256);
  for (let row = 0; row < cluster.length; row++) {
    count[cluster[row]] += 1;
    area[cluster[row]] += areas[row];
  }
  return { count, area };
}

function write(desk, { count, area }) {
  const { quotas, over } = desk.data.ledger ?? {};
  for (const node of document.querySelectorAll(".live [class*='live-']")) {
    const said = node.className.match(/live-(mu|count|left) live-(none|\d+)/);
    if (!said) continue;
    const at = said[2] === "none" ? NONE : Number(said[2]);
    if (said[1] === "mu") put(node, muText(desk, area[at]));
    else if (said[1] === "count") put(node, desk.number(count[at]));
    else left(desk, node, quotas?.[at], area[at], over);
  }
}

function left(desk, node, quota, area, over) {
  if (quota === null || quota === undefined) return;
  const rest = quota * CENTI_MU - area * 15;
  node.classList.toggle("over", rest < 0);
  const text = rest ? figure(desk, Math.abs(rest)) : "0";
  put(node, rest < 0 ? fill(over, { mu: text }) : text);
}

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** 亩 as Python writes a sum: whole from 100 亩 on, two decimals below, halves up, a dash for nothing. */
export function muText(desk, centi) {
  return centi ? figure(desk, centi * 15) : "—";
}

function figure(desk, exact) {
  if (exact >= WHOLE_FROM) return desk.number(Math.floor((exact + 50 * CENTI_MU) / (100 * CENTI_MU)));
  const rounded = Math.floor((exact + CENTI_MU / 2) / CENTI_MU);
  return rounded ? desk.number(rounded / 100, 2) : "<0.01";
}
