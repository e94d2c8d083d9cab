// Another scenario beside the one that is shown: one map with a handle to swipe, two maps that move together, or the other
// one for as long as a key is held. The other picture is drawn from the same tiles, in its own colours.

import { State } from "./state.js";
import { decodeRows } from "./rows.js";
import { makeCanvasTiles } from "./tiles.js";
import { makeLabels } from "./labels.js";
import { el, retire } from "./dom.js";

const STEP = 0.02; // of the map's width, by an arrow key on the handle
const GROUND = ["landscape", "constraints", "roads", "towns"];
const ABOVE = ["conflicts", "parks", "roads", "facilities", "power_sites"];

export class Compare {
  #key = "";
  #rows = null;
  #before = null;
  #held = false;

  constructor(desk) {
    this.desk = desk;
    this.other = new State();
    this.fraction = 0.5;
    // all that the painters ask of a desk, but for the colours and the layers
    this.twin = Object.assign(Object.create(desk), {
      state: this.other, groups: new Map(), stale: () => desk.stale(), warn: (fault) => desk.warn(fault),
    });
    this.twin.ready = desk.ready.then(() => this.coloured);
    this.other.addEventListener("change", ({ detail }) => this.twin.groups.get("parcels")?.repaint(detail));
    desk.selection.addEventListener("change", ({ detail }) => this.twin.groups.get("selected")?.repaint(detail.changed));
    desk.hear("data", () => this.follow());
    desk.hear("font", () => this.#repaint());
    desk.hear("layers", () => this.#repaint());
    desk.map.on("move zoomend resize viewreset", () => this.#clip());
  }

  get said() {
    return this.desk.data.compare ?? null;
  }

  /** Follow what Python says: which other scenario, and how it is to be seen. */
  follow() {
    const { said, desk } = this;
    const mode = said?.mode ?? "";
    const rows = said?.rows ?? null;
    if (rows !== this.#rows) {
      this.#rows = rows;
      desk.changed = rows === null ? null : new Set(decodeRows(rows));
      desk.groups.get("parcels")?.repaint();
      this.twin.groups.get("parcels")?.repaint();
    }
    if (mode !== this.mode) this.#setMode(mode);
    if (mode === "swipe" || mode === "split") this.#colour();
    const layers = JSON.stringify([desk.data.layers, desk.theme]);
    if (layers !== this.#key) {
      if (this.#key) for (const group of this.twin.groups.values()) group.renew();
      this.#key = layers;
    }
    this.#name();
  }

  #colour() {
    const { said, desk } = this;
    this.coloured = this.other.follow(said.state, (status) => (status === 410 ? desk.stale() : desk.warn(new Error(`state ${status}`))));
    return this.coloured;
  }

  #repaint() {
    for (const group of this.twin.groups.values()) group.repaint();
  }

  #setMode(mode) {
    const { desk } = this;
    this.#takeDown();
    this.mode = mode;
    desk.root.classList.toggle("split", mode === "split");
    desk.root.classList.toggle("swipe", mode === "swipe");
    if (mode === "split") {
      // half the map is too little for both
      desk.root.querySelector('.chantu-legend .toggle[aria-expanded="true"]')?.click();
      this.#split();
    }
    if (mode === "swipe") {
      this.#layBefore();
      this.#handle();
      this.#clip();
    }
    desk.map.invalidateSize({ animate: false });
  }

  #takeDown() {
    retire(this.second);
    this.second = null;
    this.box?.remove();
    this.handle?.remove();
    this.names?.remove();
    this.handle = this.names = this.box = null;
    this.#before?.remove();
    this.#before = null;
    this.#held = false;
    this.twin.groups.clear();
    this.#clip();
  }

  // --- one map, the other picture over part of it ----------------------------------------------------------------------

  #layBefore() {
    if (this.#before) return;
    const make = makeCanvasTiles(this.desk.L, this.twin);
    this.#before = make({ group: "parcels", pane: 221, sources: ["parcels"] });
    this.#before.options.pane = "chantu-before";
    this.#before.addTo(this.desk.map);
  }

  /** Show the other on the left of the handle, or everywhere while the key is held. */
  #clip() {
    const { map } = this.desk;
    const before = map.getPane("chantu-before");
    const parcels = map.getPane("chantu-parcels");
    if (!parcels) return;
    const fraction = this.#held ? 1 : this.mode === "swipe" ? this.fraction : 0;
    const size = map.getSize();
    const from = map.containerPointToLayerPoint([0, 0]);
    const to = map.containerPointToLayerPoint([size.x, size.y]);
    const at = from.x + size.x * fraction;
    const box = (west, east) => `polygon(${west}px ${from.y}px, ${east}px ${from.y}px, ${east}px ${to.y}px, ${west}px ${to.y}px)`;
    parcels.style.clipPath = fraction ? box(at, to.x) : "";
    if (before) before.style.clipPath = box(from.x, at);
    if (this.handle) this.handle.style.left = `${size.x * fraction}px`;
  }

  #handle() {
    const { desk } = this;
    const grip = el("button", "grip", { type: "button", role: "slider", "aria-label": desk.t("swipe"), "aria-valuemin": "0", "aria-valuemax": "100", title: desk.t("swipe"), text: "⇔" });
    this.handle = el("div", "chantu-swipe", {}, grip);
    const set = (fraction) => {
      this.fraction = Math.min(1, Math.max(0, fraction));
      grip.setAttribute("aria-valuenow", String(Math.round(this.fraction * 100)));
      this.#clip();
    };
    const move = (event) => {
      const box = desk.map.getContainer().getBoundingClientRect();
      set((event.clientX - box.left) / box.width);
    };
    this.handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      event.stopPropagation();
      grip.focus({ preventScroll: true });
      this.handle.setPointerCapture(event.pointerId);
      this.handle.addEventListener("pointermove", move);
    });
    const done = () => this.handle?.removeEventListener("pointermove", move);
    this.handle.addEventListener("pointerup", done);
    this.handle.addEventListener("pointercancel", done);
    grip.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -1, End: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      set(this.fraction + by);
    });
    desk.root.append(this.handle);
    set(this.fraction);
  }

  // --- two maps that move together ----------------------------------------------------------------------------------

  #split() {
    const { desk } = this;
    const { L } = desk;
    this.box = el("div", "chantu-twin");
    desk.root.append(this.box);
    const { zoomSnap, zoomDelta, wheelPxPerZoomLevel, minZoom, maxZoom } = desk.map.options;
    this.second = L.map(this.box, {
      zoomSnap, zoomDelta, wheelPxPerZoomLevel, minZoom, maxZoom, zoomControl: false, attributionControl: false, keyboard: false,
      boxZoom: false, doubleClickZoom: false, fadeAnimation: false, center: desk.map.getCenter(), zoom: desk.map.getZoom(),
    });
    this.box.style.background = desk.style.land;
    const make = makeCanvasTiles(L, this.twin);
    make({ group: "ground", pane: 210, sources: GROUND }).addTo(this.second);
    make({ group: "parcels", pane: 220, sources: ["parcels"] }).addTo(this.second);
    make({ group: "above", pane: 230, sources: ABOVE }).addTo(this.second);
    make({ group: "selected", pane: 240, sources: ["parcels"] }).addTo(this.second);
    makeLabels(L, this.twin)({ pane: 640 }).addTo(this.second);
    let moving = false;
    const tie = (from, to) => from.on("move zoomend", () => {
      if (moving || !this.second) return;
      moving = true;
      to.setView(from.getCenter(), from.getZoom(), { animate: false });
      moving = false;
    });
    tie(desk.map, this.second);
    tie(this.second, desk.map);
    this.second.on("click", ({ latlng, originalEvent }) => desk.pickAt(latlng, originalEvent.ctrlKey || originalEvent.metaKey || originalEvent.shiftKey));
    desk.map.on("resize", () => this.second?.invalidateSize({ animate: false }));
  }

  #name() {
    const { said, desk } = this;
    this.names?.remove();
    this.names = null;
    if (this.mode !== "swipe" && this.mode !== "split") return;
    const [left, right] = said.names;
    this.names = el("div", "chantu-sides", {}, el("span", "", { text: left }), el("span", "", { text: right }));
    desk.root.append(this.names);
  }

  // --- the other for as long as a key is held ------------------------------------------------------------------------

  /** Show the other picture until `release`. */
  async hold() {
    const { said, desk } = this;
    if (!said || this.#held || this.mode === "split") return;
    this.#held = true;
    desk.say(desk.t("before", { name: said.names[0] }));
    this.#colour();
    await this.coloured;
    if (!this.#held) return;
    this.#layBefore();
    this.#clip();
    desk.root.dataset.before = "shown";
  }

  release() {
    if (!this.#held) return;
    this.#held = false;
    delete this.desk.root.dataset.before;
    if (this.mode !== "swipe") {
      this.#before?.remove();
      this.#before = null;
      this.twin.groups.clear();
    }
    this.#clip();
  }
}
