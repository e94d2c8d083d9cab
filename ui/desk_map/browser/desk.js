// The map and all that stands on it, following what Python says.

import { State, Selection } from "./state.js";
import { makeCanvasTiles } from "./tiles.js";
import { makeLabels } from "./labels.js";
import { makeFurniture } from "./furniture.js";
import { makeLegend } from "./legend.js";
import { makeChip } from "./chip.js";
import { EDITS, makeTools } from "./tools.js";
import { makeSearch } from "./search.js";
import { bindKeys } from "./keys.js";
import { bindPointer } from "./pointer.js";
import { Glass } from "./glass.js";
import { Stroke } from "./stroke.js";
import { keep, kept, keptView } from "./keeping.js";
import { Marks } from "./marks.js";
import { Compare } from "./compare.js";
import { Brief } from "./brief.js";
import { followPlans } from "./edit.js";
import { ask, el, fill, fontCame, loadOnce, loadStyles, retire } from "./dom.js";

const HEX = /^#[0-9A-Fa-f]{6}$/;

export class Desk {
  gone = false;
  groups = new Map();
  hidden = new Set();
  sheets = new Map();
  state = new State();
  selection = new Selection();
  stroke = new Stroke(this);
  heard = new EventTarget();
  #started = null;
  #commandSeq = null;
  #areas = null;
  #sending = 0;
  #asking = null;
  #acted = 0;
  #acts = [];

  constructor(place) {
    this.place = place;
    this.root = el("div", "chantu-desk");
    this.root.desk = this; // for who looks in from the console, and for tests
    place.append(this.root);
    this.ready = new Promise((resolve) => (this.setReady = resolve));
    this.#mark("busy");
  }

  // --- what Python says ----------------------------------------------------------------------------------------------

  async follow(component) {
    const before = this.data;
    this.component = component;
    this.data = component.data;
    this.theme = this.data.theme;
    this.style = this.data.style;
    this.clusters = this.data.clusters.map((c) => ({ ...c, color: HEX.test(c.color) ? c.color : "#8A94A0" }));
    this.#size();
    // colours and labels are fetched while Leaflet and the map's script are
    const facts = Promise.all([this.#followSheets(), this.state.follow(this.data.state, (status) => this.#stateFailed(status), this.stroke.answered)]);
    this.#started ??= this.#start();
    await this.#started;
    if (this.gone) return;
    const layersChanged = before && JSON.stringify(before.layers) !== JSON.stringify(this.data.layers);
    if (layersChanged) {
      this.selection.take([], "replace", { told: false });
      this.#areas = null;
      for (const group of this.groups.values()) group.renew();
    }
    await facts;
    if (this.gone) return;
    this.setReady();
    this.#size();
    this.#followCommand();
    this.marks.follow(this.data.mark);
    if (before && (before.theme !== this.theme || before.tint?.key !== this.data.tint?.key || JSON.stringify(before.clusters) !== JSON.stringify(this.data.clusters))) {
      this.groups.get("parcels")?.repaint();
    }
    this.root.dataset.revision = String(this.data.state.revision);
    this.tell("data", { before });
  }

  async #start() {
    const { boot } = this.data;
    // a map that is made before its styles hold has no size, and takes a view that is not the one to be seen
    await Promise.all([loadStyles(boot.styles), loadOnce(boot.leaflet), loadOnce(boot.map)]);
    if (this.gone) return;
    const L = (this.L = window.L);
    this.font = getComputedStyle(this.root).fontFamily;
    this.root.append(el("div", "chantu-map", { id: boot.element }));
    this.glass = new Glass(this);
    const makers = {
      canvasTiles: makeCanvasTiles(L, this),
      labels: makeLabels(L, this),
      legend: makeLegend(L, this),
      selectionChip: makeChip(L, this),
      toolBar: makeTools(L, this),
      searchBox: makeSearch(L, this),
      ...makeFurniture(L, this),
    };
    // without a place to begin with, layers wait for ours: no tile of another view is asked for
    const placeless = Object.assign(Object.create(L), { map: (id, options) => L.map(id, { ...options, center: undefined }) });
    this.map = window.chantuMaps[boot.sha](placeless, makers);
    this.map.getContainer().style.background = this.style.land;
    this.glass.addTo(this.map);
    this.marks = new Marks(this);
    this.marks.addTo(this.map);
    this.brief = new Brief(this);
    if (!this.brief.begin()) this.#view();
    this.selection.addEventListener("change", ({ detail }) => this.#selectionChanged(detail));
    this.state.addEventListener("change", ({ detail }) => this.groups.get("parcels")?.repaint(detail));
    bindPointer(this);
    this.compare = new Compare(this);
    followPlans(this);
    bindKeys(this);
    this.resizes = new ResizeObserver(() => this.#resized());
    this.resizes.observe(this.root);
    this.onWindow = () => this.#size();
    window.addEventListener("resize", this.onWindow);
    // rows above the map come and go without a word to it
    this.above = new ResizeObserver(this.onWindow);
    const page = this.place.closest('[data-testid="stMainBlockContainer"]');
    for (const node of [page, ...(page?.querySelectorAll('[data-testid="stElementContainer"]') ?? [])]) if (node) this.above.observe(node);
    this.map.on("moveend", () => this.#keepView());
    for (const group of this.groups.values()) {
      group.on("loading", () => this.#mark("busy"));
      group.on("load", () => this.#settled());
    }
    this.#restoreSelection();
    this.#repaintWithFont();
  }

  /** Signs drawn before our font has come are drawn again with it: another font may lack them. */
  async #repaintWithFont() {
    if (!(await fontCame(this.font)) || this.gone) return;
    for (const group of this.groups.values()) group.repaint();
    this.tell("font");
  }

  takeDown() {
    this.gone = true;
    this.resizes?.disconnect();
    this.above?.disconnect();
    this.unbindKeys?.();
    this.stroke.unbind();
    window.removeEventListener("resize", this.onWindow);
    retire(this.map);
    this.root.remove();
  }

  // --- view ----------------------------------------------------------------------------------------------------------

  #view() {
    const last = keptView(this.data.place);
    if (last) this.map.setView([last.lat, last.lng], last.zoom, { animate: false });
    else this.showWhole(false);
  }

  showWhole(animate = true) {
    const box = this.data.bounds;
    if (box) this.fly(box, { animate, maxZoom: 16 });
    else this.map.setView([29.3, 120.07], 11, { animate: false });
  }

  /** Bring a box [west, south, east, north] into the part of the map that no panel covers. */
  fly(box, { animate = true, maxZoom = 17 } = {}) {
    if (this.gone) return;
    const panel = this.root.querySelector(".chantu-legend .body:not([hidden])");
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.fitBounds([[box[1], box[0]], [box[3], box[2]]], {
      animate: animate && !still, duration: 0.35, maxZoom,
      paddingTopLeft: [56, 56], paddingBottomRight: [panel ? panel.offsetWidth + 36 : 30, 48],
    });
  }

  #keepView() {
    const { lat, lng } = this.map.getCenter();
    keep("view", { place: this.data.place, lat, lng, zoom: this.map.getZoom() });
  }

  #size() {
    const { height } = this.data;
    const px = height === "fill" ? this.#floor() - this.root.getBoundingClientRect().top : height;
    const whole = `${Math.max(320, Math.floor(px))}px`;
    if (whole === this.root.style.height) return;
    this.root.style.height = whole;
    this.root.style.setProperty("--desk-height", whole);
  }

  /** The lowest line that can be seen: the window's, or that of a part of the page that cuts off what is below. */
  #floor() {
    let floor = window.innerHeight - 14;
    for (let node = this.place; node && node !== document.body; node = node.parentElement) {
      if (node.scrollTop) node.scrollTop = 0;
      if (getComputedStyle(node).overflowY !== "visible") floor = Math.min(floor, node.getBoundingClientRect().bottom);
    }
    return floor;
  }

  #resized() {
    this.map.invalidateSize({ animate: false });
    this.root.classList.toggle("narrow", this.root.clientWidth < 900);
  }

  // --- layers --------------------------------------------------------------------------------------------------------

  visible(layer, cls = null) {
    return !this.hidden.has(layer) && (cls === null || !this.hidden.has(`${layer}/${cls}`));
  }

  setVisible(key, shown) {
    shown ? this.hidden.delete(key) : this.hidden.add(key);
    for (const group of this.groups.values()) group.repaint();
    this.tell("layers");
  }

  classOf(layer, row) {
    return this.sheets.get(layer)?.classes[row] ?? 255;
  }

  gradeOf(row) {
    return this.sheets.get("roads")?.grades?.[row] ?? 255;
  }

  codesShown(zoom) {
    return zoom >= (this.data.brief?.codes ? 14 : 16);
  }

  async #followSheets() {
    const wanted = Object.keys(this.data.layers).filter((name) => name !== "parcels" && name !== "conflicts");
    await Promise.all(wanted.map(async (name) => {
      const { revision } = this.data.layers[name];
      if (this.sheets.get(name)?.revision === revision) return;
      const answer = await fetch(`/labels/${name}/${revision}.json`);
      if (answer.status === 410) return this.stale();
      if (!answer.ok) return this.warn(new Error(`labels ${answer.status}`));
      this.sheets.set(name, { ...(await answer.json()), revision });
    }));
  }

  // --- selection -----------------------------------------------------------------------------------------------------

  #followCommand() {
    const { seq, rows, fly } = this.data.command;
    if (seq === this.#commandSeq) return;
    this.#commandSeq = seq;
    this.selection.take(Selection.decode(rows), "replace", { told: false });
    if (fly) this.fly(fly);
  }

  #selectionChanged({ changed, told }) {
    this.groups.get("selected")?.repaint(changed.size > 20000 ? null : changed);
    this.tell("selection");
    clearTimeout(this.#sending);
    // two quick clicks make one message
    this.#sending = told ? setTimeout(() => this.#sendSelection(), 40) : 0;
  }

  #sendSelection() {
    clearTimeout(this.#sending);
    this.#sending = 0;
    const { seq } = this.data.command;
    const value = { base: seq, revision: this.data.layers.parcels.revision, rows: this.selection.encoded };
    keep("selection", { ...value, nonce: this.data.nonce });
    this.component.setStateValue("selection", value);
  }

  /** Another page was shown in between: the selection that Python still holds is taken up where it was. */
  #restoreSelection() {
    const last = kept("selection");
    const { seq } = this.data.command;
    if (last?.nonce !== this.data.nonce || last.base !== seq || last.revision !== this.data.layers.parcels.revision) return;
    this.#commandSeq = seq;
    this.selection.take(Selection.decode(last.rows), "replace", { told: false });
  }

  /** Areas in hundredths of a m² by row: fetched when they are first asked for. */
  areas() {
    this.#areas ??= fetch(`/areas/${this.data.layers.parcels.revision}.bin`)
      .then((answer) => (answer.ok ? answer.arrayBuffer() : new ArrayBuffer(0)))
      .then((buffer) => new Uint32Array(buffer));
    return this.#areas;
  }

  /** Ask the server which parcels: `what` is "select" or "neighbours". */
  askParcels(what, question, how) {
    const asking = this.#askParcels(what, question, how).finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    this.#asking = asking;
    return asking;
  }

  async #askParcels(what, question, how) {
    const answer = await ask(`/${what}`, { ...question, revision: this.data.layers.parcels.revision });
    if (answer.status === 410) return this.stale();
    if (!answer.ok) return this.warn(new Error(`${what} ${answer.status}`));
    const { rows } = await answer.json();
    this.selection.take(Selection.decode(rows), how);
  }

  growToNeighbours() {
    if (this.selection.rows.size) this.askParcels("neighbours", { rows: this.selection.encoded }, "add");
  }

  selectInView() {
    const b = this.map.getBounds();
    const ring = [[b.getWest(), b.getSouth()], [b.getEast(), b.getSouth()], [b.getEast(), b.getNorth()], [b.getWest(), b.getNorth()]];
    this.askParcels("select", { shape: ring, predicate: "touches" }, "replace");
  }

  async flyToSelection() {
    if (!this.selection.rows.size) return;
    const answer = await ask("/extent", { rows: this.selection.encoded, revision: this.data.layers.parcels.revision });
    if (!answer.ok) return;
    const { bounds } = await answer.json();
    if (bounds) this.fly(bounds);
  }

  /** The cluster that the brush holds, counting the keys that Python has not heard yet; null for none. */
  get brush() {
    const asked = this.#acts.findLast((act) => act.verb === "pick" && act.n > this.data.actsDone);
    return this.clusters[asked?.value] ? asked.value : this.data.brush;
  }

  /** A change of boundaries that waits for a word, counting the keys that Python has not heard yet: "asked" for and not
   *  seen, "shown", "left" for good or ill, or "" for none. */
  get draft() {
    const asked = this.#acts.findLast((act) => act.n > this.data.actsDone && (act.verb.startsWith("edit_") || EDITS.includes(act.verb)));
    if (asked) return EDITS.includes(asked.verb) ? "asked" : "left";
    return this.data.preview?.length ? "shown" : "";
  }

  // --- talk ----------------------------------------------------------------------------------------------------------

  /** Ask Python for something. All that it has not acknowledged goes along, so that quick keys are not lost. */
  act(verb, value = null) {
    // what was drawn around is not selected before the server has answered
    if (this.#asking) return void this.#asking.then(() => this.act(verb, value));
    if (this.#sending) this.#sendSelection();
    const done = this.data.actsDone;
    this.#acted = Math.max(this.#acted, done) + 1;
    this.#acts = [...this.#acts.filter((act) => act.n > done), { n: this.#acted, verb, value }];
    this.component.setStateValue("acts", { nonce: this.data.nonce, list: this.#acts });
    if (verb === "paint") this.stroke.asked({ n: this.#acted });
  }

  /** Python holds a newer revision than we know: ask it to say everything again. */
  stale() {
    this.act("stale");
  }

  #stateFailed(status) {
    if (status === 410) this.stale();
    else this.warn(new Error(`state ${status}`));
  }

  warn(fault) {
    this.say(this.t("failed"));
    this.lastFault = fault;
  }

  t(key, values = {}) {
    return fill(this.data.strings[key] ?? key, values);
  }

  number(value, digits = 0) {
    return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  /** Say something to who cannot see it, and show it for a moment to who can. */
  say(text, { quiet = false } = {}) {
    this.live ??= this.root.appendChild(el("div", "chantu-live", { role: "status", "aria-live": "polite" }));
    this.live.textContent = text;
    this.live.classList.toggle("quiet", quiet);
    clearTimeout(this.hush);
    this.hush = setTimeout(() => this.live.classList.add("quiet"), 3500);
  }

  tell(name, detail = {}) {
    this.heard.dispatchEvent(new CustomEvent(name, { detail }));
  }

  hear(name, listener) {
    this.heard.addEventListener(name, listener);
  }

  #mark(word) {
    this.root.dataset.chantuMap = word;
  }

  #settled() {
    for (const group of this.groups.values()) if (group.isLoading()) return;
    // the canvases are painted: say so after the browser has shown them
    requestAnimationFrame(() => this.#mark("ready"));
    this.tell("painted");
  }
}
