// The tools: pick, box, lasso, polygon, with the predicate; distance and area; full screen; help.

import { ask, button, control, el, icon } from "./dom.js";
import { showHelp } from "./help.js";
import { spoken } from "./edit.js";

const ICONS = {
  pick: "M5 2.5 L5 15 L8.3 12 L10.6 17.2 L12.6 16.3 L10.4 11.3 L15 11.3 Z",
  box: "M3.5 4.5 H16.5 V15.5 H3.5 Z",
  lasso: "M10 4 C15 4 17.5 6.5 17 9 C16.5 12 12 13 8.5 12.6 C5 12.2 2.6 10.6 3 8 C3.4 5.4 6.5 4 10 4 M6.5 12.3 C5 14 6 16.5 8.5 16",
  polygon: "M4 8 L10 3.5 L16.5 7.5 L14 15.5 L5.5 15.5 Z",
  distance: "M3 14 L14 3 L17 6 L6 17 Z M6 11 L7.6 12.6 M8.6 8.4 L11 10.8 M11.4 5.6 L13 7.2",
  area: "M3.5 6.5 L9 3.5 L16.5 6 L15 16 L5 14.5 Z M7 9 H13 M7 11.8 H12.4",
  cut: "M4 5 H16 V16 H4 Z M2.5 13.5 L17.5 7.5",
  road: "M7 3 L4 17 M13 3 L16 17 M10 4 V6.5 M10 8.8 V11.2 M10 13.5 V16",
  draw: "M4 8 L9 4 L16 7 L14 15 L6 15 Z M10 8 V13 M7.5 10.5 H12.5",
  full: "M3.5 7.5 V3.5 H7.5 M12.5 3.5 H16.5 V7.5 M16.5 12.5 V16.5 H12.5 M7.5 16.5 H3.5 V12.5",
  help: "M7 7.5 C7 3.8 13.2 3.8 13.2 7.5 C13.2 10 10 9.8 10 12.3 M10 15.2 V15.6",
};
const MODES = ["pick", "box", "lasso", "polygon"];
const MEASURES = ["distance", "area"];
export const EDITS = ["cut", "road", "draw"];
const PREDICATES = ["within", "majority", "touches"];
const KEYS = { box: "B", lasso: "L", polygon: "P", distance: "G", area: "M", cut: "C", road: "W", draw: "D" };

export function makeTools(L, desk) {
  desk.tool = new Tool(desk);
  return () => control(L, "topleft", () => bar(desk));
}

function bar(desk) {
  const { tool } = desk;
  const node = el("div", "chantu-panel chantu-tools", { role: "toolbar", "aria-label": desk.t("predicate") });
  const buttons = new Map();
  for (const mode of [...MODES, ...MEASURES, ...EDITS]) {
    const label = KEYS[mode] ? `${desk.t(mode)} (${KEYS[mode]})` : desk.t(mode);
    const one = button(mode === "distance" || mode === "cut" ? "gap" : "", label, () => tool.choose(mode === tool.mode ? "pick" : mode));
    one.append(icon(ICONS[mode], { filled: mode === "pick" }));
    buttons.set(mode, one);
    node.append(one);
  }
  const full = button("gap", `${desk.t("fullScreen")} (F)`, () => tool.fullScreen());
  full.append(icon(ICONS.full));
  const help = button("", `${desk.t("help")} (?)`, () => showHelp(desk));
  help.append(icon(ICONS.help));
  node.append(full, help);

  const choice = el("div", "chantu-panel chantu-predicate", { role: "radiogroup", "aria-label": desk.t("predicate") });
  const radios = new Map(PREDICATES.map((name) => {
    const one = el("button", "", { type: "button", role: "radio", text: desk.t(name), onclick: () => tool.setPredicate(name) });
    choice.append(one);
    return [name, one];
  }));
  const wrap = el("div", "chantu-toolbox", {}, node, choice);

  tool.shown = () => {
    for (const [mode, one] of buttons) one.setAttribute("aria-pressed", String(mode === tool.mode));
    for (const [name, one] of radios) one.setAttribute("aria-checked", String(name === tool.predicate));
    choice.hidden = !["box", "lasso", "polygon"].includes(tool.mode);
    desk.root.dataset.tool = tool.mode;
  };
  tool.shown();
  return wrap;
}

class Tool {
  mode = "pick";
  predicate = "majority";
  points = [];
  live = null;
  #asked = 0;

  constructor(desk) {
    this.desk = desk;
    desk.hear("pointer", ({ detail }) => this.#follow(detail.latlng));
  }

  get drawing() {
    return this.points.length > 0;
  }

  choose(mode) {
    this.cancel();
    if (EDITS.includes(mode) && this.desk.data.readOnly) return void this.desk.say(this.desk.t("readOnly"));
    if ((mode === "cut" || mode === "road") && !this.desk.selection.rows.size) return void this.desk.say(this.desk.t("noneSelected"));
    this.mode = mode;
    this.shown();
    const hints = { polygon: "polygonHint", lasso: "lassoHint", distance: "measureHint", area: "measureHint", cut: "cutHint", road: "roadHint", draw: "polygonHint" };
    if (hints[mode]) this.desk.say(this.desk.t(hints[mode]));
    else this.desk.live?.classList.add("quiet"); // what was said of the tool before is over
  }

  setPredicate(name) {
    this.predicate = name;
    this.shown();
  }

  nextPredicate() {
    this.setPredicate(PREDICATES[(PREDICATES.indexOf(this.predicate) + 1) % PREDICATES.length]);
    this.desk.say(this.desk.t(this.predicate));
  }

  /** A finished ring: the server says which parcels. */
  take(points, how) {
    const shape = points.map(({ lng, lat }) => [lng, lat]);
    this.desk.askParcels("select", { shape, predicate: this.predicate }, how);
  }

  addPoint(latlng) {
    if (this.result) this.cancel();
    this.points.push(latlng);
    this.#draw();
    if (this.mode !== "polygon") this.#measure(this.points);
  }

  /** Take back the last point. */
  dropPoint() {
    this.points.pop();
    this.#draw();
  }

  finish() {
    const { points, mode } = this;
    if (mode === "polygon") {
      if (points.length >= 3) this.take(points, "replace");
      this.cancel();
    } else if (EDITS.includes(mode)) {
      if (points.length >= (mode === "draw" ? 3 : 2)) {
        const drawn = spoken(points);
        this.choose("pick");
        this.desk.act(mode, drawn);
      }
    } else if (points.length >= (mode === "area" ? 3 : 2)) {
      this.live = null;
      this.result = true;
      this.#draw();
      this.#measure(points, true);
    }
  }

  /** Let go of what is being drawn; true when there was something. */
  cancel() {
    const was = this.drawing || Boolean(this.result);
    this.points = [];
    this.live = null;
    this.result = false;
    this.desk.glass.shape = null;
    this.desk.glass.draw();
    this.#show(null);
    return was;
  }

  async fullScreen() {
    const { root } = this.desk;
    if (document.fullscreenElement) await document.exitFullscreen();
    else await root.requestFullscreen();
  }

  #follow(latlng) {
    if (!this.drawing || this.result) return;
    this.live = latlng;
    this.#draw();
    if (this.mode !== "polygon") this.#measure([...this.points, latlng]);
  }

  #draw() {
    const points = this.live ? [...this.points, this.live] : this.points;
    this.desk.glass.shape = { points, closed: !["distance", "cut", "road"].includes(this.mode) && points.length > 2, dots: true };
    this.desk.glass.draw();
  }

  /** The server measures; while a question is out, only the newest one waits. */
  async #measure(points, last = false) {
    const kind = ["area", "draw"].includes(this.mode) ? "area" : "length";
    if (points.length < (kind === "area" ? 3 : 2)) return;
    if (this.asking && !last) {
      this.waiting = points;
      return;
    }
    this.asking = true;
    const turn = ++this.#asked;
    const answer = await ask("/measure", { kind, points: points.map(({ lng, lat }) => [lng, lat]) });
    this.asking = false;
    if (answer.ok && turn === this.#asked && this.drawing) this.#show({ kind, ...(await answer.json()) });
    const { waiting } = this;
    this.waiting = null;
    if (waiting && this.drawing && !this.result) this.#measure(waiting);
  }

  #show(measured) {
    const { desk } = this;
    this.card ??= desk.root.appendChild(el("div", "chantu-panel chantu-measure", { role: "status", hidden: "" }));
    this.card.hidden = !measured;
    if (!measured) return;
    const lines = measured.kind === "area" ? areaLines(desk, measured) : lengthLines(desk, measured);
    this.card.replaceChildren(...lines.map(([label, value], i) => el("div", i ? "minor" : "major", {},
      el("span", "label", { text: label }), el("span", "value", { text: value }))));
  }
}

function lengthLines(desk, { plane, ellipsoid }) {
  const say = (m) => (m >= 1000 ? `${desk.number(m / 1000, 3)} ${desk.t("kilometres")}` : `${desk.number(m, 2)} ${desk.t("metres")}`);
  return [[desk.t("plane"), say(plane)], [desk.t("ellipsoid"), say(ellipsoid)]];
}

function areaLines(desk, { plane, ellipsoid }) {
  const mu = (m2) => `${desk.number(Math.abs(m2) * 0.0015, 2)} ${desk.t("mu")}`;
  return [
    [desk.t("plane"), mu(plane)],
    [desk.t("plane"), `${desk.number(Math.abs(plane) / 10000, 4)} ${desk.t("hectares")} · ${desk.number(Math.abs(plane), 2)} ${desk.t("squareMetres")}`],
    [desk.t("ellipsoid"), `${mu(ellipsoid)} · ${desk.number(Math.abs(ellipsoid), 2)} ${desk.t("squareMetres")}`],
  ];
}
