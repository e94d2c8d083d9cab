// The map in briefing mode: no tools on it, the view in the address, keys for the next and the previous view of the story.
// A zoom in the address or in a view is that of a screen 1920 × 1080: every screen of that shape shows the same ground.

import { button, el, icon } from "./dom.js";
import { keptView } from "./keeping.js";

const WIDE = 1920, HIGH = 1080;
const IDLE_MS = 2500; // how long the bar of buttons stays after the pointer has stopped
const NAME_SCALE = 1.35; // names on a slide are read from farther away

export class Brief {
  #turn = null;
  #shown = null;
  #told = 0;
  #moving = false;
  #wholly = false; // all that the slide is about is shown, whatever the size of the map

  constructor(desk) {
    this.desk = desk;
    if (!this.said) return;
    desk.root.classList.add("brief");
    desk.map.options.zoomSnap = 0;
    // to come back to the very same zoom, no step may be rounded off
    desk.map.options.zoomDelta = 0.5;
    this.#scale();
    this.#bar();
    desk.map.on("moveend", () => this.#moved());
    desk.map.on("resize", () => this.#resized());
    desk.hear("data", () => this.follow());
    this.#hide();
  }

  get said() {
    return this.desk.data.brief ?? null;
  }

  /** How large this screen is beside one of 1920 × 1080. */
  get ratio() {
    return Math.min(window.innerWidth / WIDE, window.innerHeight / HIGH);
  }

  /** What a zoom here lacks of the zoom that shows the same ground on a screen of 1920 × 1080. */
  get shift() {
    return -Math.log2(this.ratio);
  }

  /** Take the first view: of the address, of the story, or all that the slide is about; false leaves it to the desk. */
  begin() {
    const { said } = this;
    if (!said) return false;
    this.#turn = said.turn;
    const [lat, lng, zoom] = (new URLSearchParams(location.search).get("at") ?? "").split(",").map(Number);
    const view = said.views.find((one) => one.id === said.view);
    if (Number.isFinite(zoom) && Math.abs(lat) < 90) this.#go([lat, lng, zoom], false);
    else if (view) this.#go(view.at, false);
    else if (said.whole || !keptView(this.desk.data.place)) this.whole(false);
    else return false;
    return true;
  }

  follow() {
    const { said } = this;
    if (!said) return;
    this.#hide();
    if (said.turn !== this.#turn) {
      this.#turn = said.turn;
      if (said.place) this.#go(said.place);
    }
    if (said.told.n !== this.#told) {
      this.#told = said.told.n;
      this.desk.say(said.told.text);
    }
    this.note.textContent = said.note;
    this.note.hidden = !said.note;
    this.#count();
    this.#address();
  }

  /** What the slide does not speak of is not on its map. */
  #hide() {
    const { desk, said } = this;
    const wanted = said.hidden;
    if (wanted.length === desk.hidden.size && wanted.every((key) => desk.hidden.has(key))) return;
    desk.hidden = new Set(wanted);
    for (const group of desk.groups.values()) group.repaint();
    desk.tell("layers");
  }

  /** What stands at a park of this name: its short name, a figure, what is wrong there, whether the title says it; null off a slide. */
  parkNote(name) {
    const { said } = this;
    if (!said) return null;
    const { figures, alerts, unnamed } = said;
    return { known: unnamed.includes(name), name: name.split(/[(（]/)[0].trim(), figure: figures[name] ?? "", alert: alerts[name] ?? "" };
  }

  // --- view ----------------------------------------------------------------------------------------------------------

  whole(animate = true) {
    const [west, south, east, north] = this.said.bounds;
    const pad = Math.round(24 * this.ratio);
    // a small park's name stands above it
    const above = Math.round(Math.max(64 * this.ratio, 50 * this.desk.nameScale));
    this.#moving = true;
    this.desk.map.fitBounds([[south, west], [north, east]], { animate: animate && !still(), duration: 0.35, paddingTopLeft: [pad, above], paddingBottomRight: [pad, pad], maxZoom: 17 });
    this.#moving = false;
    this.#moved();
    this.#wholly = true;
  }

  #go([lat, lng, zoom], animate = true) {
    const { map } = this.desk;
    this.#shown = [lat, lng, zoom];
    this.#wholly = false;
    this.#moving = true;
    map.setView([lat, lng], zoom - this.shift, { animate: animate && !still(), duration: 0.4 });
    this.#moving = false;
    this.#address();
  }

  #moved() {
    if (this.#moving || this.#stands()) return;
    const { lat, lng } = this.desk.map.getCenter();
    this.#shown = [lat, lng, this.desk.map.getZoom() + this.shift];
    this.#wholly = false;
    this.#address();
  }

  /** Whether the map stands where it was sent, but for the whole pixel that Leaflet rounds a centre to. */
  #stands() {
    if (!this.#shown) return false;
    const { map } = this.desk;
    const [lat, lng, zoom] = this.#shown;
    const off = map.latLngToContainerPoint([lat, lng]).distanceTo(map.getSize().divideBy(2));
    return off < 1.5 && Math.abs(map.getZoom() + this.shift - zoom) < 1e-3;
  }

  #resized() {
    this.#scale();
    // the map is half as wide when another comes to stand beside it
    if (this.#wholly) this.whole(false);
    else if (this.#shown) this.#go(this.#shown, false);
  }

  #scale() {
    this.desk.nameScale = Math.max(1, NAME_SCALE * this.ratio);
    this.desk.root.style.setProperty("--names", String(this.desk.nameScale));
  }

  #address() {
    const { said } = this;
    if (!said || this.desk.gone || new URLSearchParams(location.search).get("mode") !== "brief") return;
    const given = new URLSearchParams(location.search);
    const put = (key, value) => (value === "" || value === null ? given.delete(key) : given.set(key, String(value)));
    put("scenario", said.scenario);
    put("template", said.template);
    put("theme", said.theme);
    put("park", said.park);
    put("against", said.against);
    put("view", said.view);
    if (this.#shown) put("at", this.#at());
    // commas and Chinese stay as they are read
    const words = [...given].map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2C", ",")}`).join("&");
    if (`?${words}` !== location.search) history.replaceState(history.state, "", `${location.pathname}?${words}`);
  }

  #at() {
    const [lat, lng, zoom] = this.#shown;
    return `${lat.toFixed(6)},${lng.toFixed(6)},${zoom.toFixed(3)}`;
  }

  // --- story ---------------------------------------------------------------------------------------------------------

  step(by) {
    const { views, view, words } = this.said;
    const { desk } = this;
    if (!views.length) return desk.say(words.none);
    const at = views.findIndex((one) => one.id === view);
    const next = at < 0 ? (by > 0 ? 0 : views.length - 1) : at + by;
    if (next < 0) return desk.say(words.first);
    if (next >= views.length) return desk.say(words.last);
    // the map goes at once; the words and figures follow when Python has answered
    this.#go(views[next].at);
    desk.act("brief_view", views[next].id);
  }

  save() {
    const { desk, said: { words } } = this;
    if (desk.root.querySelector("dialog")) return;
    const [lat, lng, zoom] = this.#shown;
    const input = el("input", "", { type: "text", maxlength: "40", required: "", "aria-label": words.caption, placeholder: words.caption });
    const cancel = button("", words.cancel, () => dialog.close());
    cancel.textContent = words.cancel;
    const form = el("form", "", { method: "dialog" }, el("label", "", { text: words.caption }), input,
      el("div", "acts", {}, el("button", "main", { type: "submit", text: words.keep }), cancel));
    const dialog = el("dialog", "chantu-keep", {}, form);
    form.addEventListener("submit", () => desk.act("brief_save", JSON.stringify({ caption: input.value, lat, lng, zoom })));
    dialog.addEventListener("close", () => dialog.remove());
    desk.root.append(dialog);
    dialog.showModal();
  }

  // --- keys and buttons ----------------------------------------------------------------------------------------------

  /** What a key does here; nothing of what it does on the desk. */
  key(event) {
    const { desk } = this;
    const { map } = desk;
    const acts = {
      ArrowRight: () => this.step(1), PageDown: () => this.step(1), " ": () => this.step(1),
      ArrowLeft: () => this.step(-1), PageUp: () => this.step(-1),
      "+": () => map.zoomIn(), "=": () => map.zoomIn(), "-": () => map.zoomOut(), 0: () => this.whole(),
      s: () => this.save(),
      t: () => desk.act("brief_theme"),
      v: () => (desk.data.compare ? desk.compare.hold() : desk.say(this.said.words.noBefore)),
      f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
      Escape: () => this.leave(),
    };
    return acts[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
  }

  leave() {
    this.desk.act("brief_leave");
  }

  #bar() {
    const { desk, said: { words } } = this;
    const sign = (path, label, key, act) => {
      const made = button("", `${label} (${key})`, act);
      made.append(icon(path));
      return made;
    };
    this.count = el("span", "count");
    const bar = el("div", "chantu-panel chantu-brief-bar", { role: "toolbar", "aria-label": words.leave },
      sign("M12.5 4.5 L7 10 L12.5 15.5", words.previous, "←", () => this.step(-1)), this.count,
      sign("M7.5 4.5 L13 10 L7.5 15.5", words.next, "→", () => this.step(1)),
      sign("M5.5 3.5 H14.5 V16.5 L10 12.8 L5.5 16.5 Z", words.save, "S", () => this.save()),
      sign("M3.5 6 H10 M3.5 10 H16.5 M3.5 14 H13", words.theme, "T", () => desk.act("brief_theme")),
      sign("M3.5 9.5 L10 4 L16.5 9.5 M5.5 8.5 V16 H14.5 V8.5", words.whole, "0", () => this.whole()),
      sign("M5 5 L15 15 M15 5 L5 15", words.leave, "Esc", () => this.leave()));
    this.note = el("p", "chantu-brief-note", { hidden: "" });
    desk.root.append(bar, this.note);
    desk.L.DomEvent.disableClickPropagation(bar);
    let idle = 0;
    const seen = () => {
      bar.classList.add("seen");
      clearTimeout(idle);
      idle = setTimeout(() => bar.classList.remove("seen"), IDLE_MS);
    };
    desk.root.addEventListener("pointermove", seen);
  }

  #count() {
    const { views, view } = this.said;
    const at = views.findIndex((one) => one.id === view);
    this.count.textContent = views.length ? `${at < 0 ? "–" : at + 1}/${views.length}` : "";
  }
}

function still() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
