// The keyboard: everything that the mouse can do. Keys are heard wherever the focus is, except where one types.

import { showHelp } from "./help.js";

const STEP = 90; // pixels a pan goes
const NUDGE = 12; // pixels the cross-hair goes; with Shift one
const THEMES = ["cluster", "stage", "area"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function bindKeys(desk) {
  const { map } = desk;
  const box = map.getContainer();
  box.setAttribute("tabindex", "0");
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", desk.t("map"));

  const onKey = (event) => {
    if (event.defaultPrevented || event.altKey || typing(event.target) || document.querySelector("dialog[open], [role=dialog]")) return;
    const inMap = desk.root.contains(event.target);
    // arrows, Space and Enter belong to whatever has the focus, when that is not the map itself
    if (!inMap && event.target !== document.body && (event.key in ARROWS || event.key === " " || event.key === "Enter")) return;
    if (inMap && event.target.closest("button, [role=option]") && (event.key === " " || event.key === "Enter")) return;
    const act = desk.data.brief ? desk.brief.key(event) : event.ctrlKey || event.metaKey ? withControl(event) : plain(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  // the other scenario shows for as long as the key is down, wherever it is let go
  const onKeyUp = (event) => event.key.toLowerCase() === "v" && desk.compare.release();
  const onLeave = () => desk.compare.release();
  document.addEventListener("keydown", onKey);
  document.addEventListener("keyup", onKeyUp);
  window.addEventListener("blur", onLeave);
  desk.unbindKeys = () => {
    document.removeEventListener("keydown", onKey);
    document.removeEventListener("keyup", onKeyUp);
    window.removeEventListener("blur", onLeave);
  };

  function withControl(event) {
    const key = event.key.toLowerCase();
    if (key === "z") return () => desk.act(event.shiftKey ? "redo" : "undo");
    if (key === "y") return () => desk.act("redo");
    return null;
  }

  function plain(event) {
    if (event.key in ARROWS) return () => go(ARROWS[event.key], event.shiftKey);
    if (/^[1-9]$/.test(event.key)) return () => pick(Number(event.key) - 1);
    if (event.key === "K") return () => change("unlock");
    return ACTS[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
  }

  const ACTS = {
    "+": () => map.zoomIn(1),
    "=": () => map.zoomIn(1),
    "-": () => map.zoomOut(1),
    "0": () => desk.showWhole(),
    "?": () => showHelp(desk),
    "/": () => desk.search.focus(),
    " ": () => (desk.glass.cross ? toggleUnder() : openCross()),
    x: () => (desk.glass.cross ? closeCross() : openCross()),
    a: () => desk.selectInView(),
    b: () => desk.tool.choose("box"),
    l: () => desk.tool.choose("lasso"),
    p: () => desk.tool.choose("polygon"),
    r: () => desk.tool.nextPredicate(),
    g: () => desk.tool.choose("distance"),
    m: () => desk.tool.choose("area"),
    c: () => desk.tool.choose("cut"),
    w: () => desk.tool.choose("road"),
    d: () => desk.tool.choose("draw"),
    n: () => desk.growToNeighbours(),
    z: () => desk.flyToSelection(),
    u: () => desk.act("next_unassigned"),
    k: () => change("lock"),
    Delete: () => change("clear"),
    "]": () => desk.act("next_fault"),
    "[": () => desk.act("previous_fault"),
    f: () => desk.tool.fullScreen(),
    v: () => desk.compare.hold(),
    t: () => desk.act("theme", THEMES[(THEMES.indexOf(desk.theme) + 1) % THEMES.length]),
    Enter: enter,
    Backspace: () => desk.tool.dropPoint(),
    Escape: escape,
  };

  function pick(place) {
    const cluster = desk.clusters[place];
    if (!cluster) return;
    desk.act("pick", place);
    desk.say(desk.t("chosen", { name: cluster.name }));
  }

  function paint() {
    if (desk.brush === null && !desk.data.readOnly && desk.selection.rows.size) desk.say(desk.t("noBrush"));
    else change("paint");
  }

  function change(verb) {
    if (desk.data.readOnly) desk.say(desk.t("readOnly"));
    else if (desk.selection.rows.size) desk.act(verb);
    else desk.say(desk.t("noneSelected"));
  }

  // nothing is written that was not shown, and no other act stands in for one that is on its way
  function enter() {
    if (desk.tool.drawing) desk.tool.finish();
    else if (desk.draft === "shown") desk.act("edit_confirm");
    else if (!desk.draft) paint();
  }

  // one step back at a time: drawing, draft, cross-hair, tool, selection
  function escape() {
    if (desk.tool.cancel() || desk.draft === "left") return;
    if (desk.draft) return void desk.act("edit_cancel");
    if (desk.glass.cross) closeCross();
    else if (desk.tool.mode !== "pick") desk.tool.choose("pick");
    else desk.selection.take([]);
  }

  // --- cross-hair: selecting without a mouse -------------------------------------------------------------------------

  function go([dx, dy], fine) {
    const { cross } = desk.glass;
    if (!cross) {
      map.panBy([dx * STEP, dy * STEP], { animate: false });
      return;
    }
    const step = fine ? 1 : NUDGE, size = map.getSize(), rim = 40;
    const x = cross.x + dx * step, y = cross.y + dy * step;
    const pan = [x < rim || x > size.x - rim ? dx * STEP : 0, y < rim || y > size.y - rim ? dy * STEP : 0];
    desk.glass.cross = { x: x - pan[0], y: y - pan[1] };
    if (pan[0] || pan[1]) map.panBy(pan, { animate: false });
    desk.glass.draw();
    announce();
  }

  function openCross() {
    const size = map.getSize();
    desk.glass.cross = { x: size.x / 2, y: size.y / 2 };
    desk.glass.draw();
    desk.say(desk.t("crosshair"));
  }

  function closeCross() {
    desk.glass.cross = null;
    desk.glass.setHover(-1);
    desk.glass.draw();
  }

  function under() {
    const { x, y } = desk.glass.cross;
    return map.containerPointToLatLng([x, y]);
  }

  /** In a shape tool Space sets a point of it; otherwise it takes or leaves the parcel under the cross-hair. */
  function toggleUnder() {
    if (["polygon", "distance", "area", "lasso", "cut", "road", "draw"].includes(desk.tool.mode)) {
      if (desk.tool.mode === "lasso") desk.tool.choose("polygon");
      desk.tool.addPoint(under());
      return;
    }
    desk.pickAt(under(), true);
  }

  let waiting = 0;
  function announce() {
    const row = desk.groups.get("parcels").rowAt(under());
    desk.glass.setHover(row);
    desk.tell("pointer", { latlng: under() });
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      if (row < 0) desk.say(desk.t("noParcelHere"), { quiet: true });
      else desk.say(desk.t("underCrosshair", { name: (await desk.describe(row)).join("，") }), { quiet: true });
    }, 250);
  }
}

function typing(target) {
  return target instanceof Element && Boolean(target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=grid], [data-testid=stDataFrame]"));
}
