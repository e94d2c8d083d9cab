// The mouse on the map: what is under it, clicks, and shapes drawn by dragging or by points.

import { el } from "./dom.js";

const FAR = 4; // pixels a press may wander and still be a click

export function bindPointer(desk) {
  const { map } = desk;
  const box = map.getContainer();
  const tip = desk.root.appendChild(el("div", "chantu-tip", { role: "tooltip", hidden: "" }));
  const names = new Map();
  let press = null;
  let wanted = -1;

  map.on("mousemove", ({ latlng, containerPoint }) => {
    desk.tell("pointer", { latlng });
    if (press || desk.tool.drawing) return hush();
    const row = desk.visible("parcels") ? desk.groups.get("parcels").rowAt(latlng) : -1;
    desk.glass.setHover(row);
    box.classList.toggle("over-parcel", row >= 0 && desk.tool.mode === "pick");
    showTip(row, containerPoint);
  });
  map.on("mouseout movestart", hush);
  desk.state.addEventListener("change", hush);

  function hush() {
    wanted = -1;
    tip.hidden = true;
    desk.glass.setHover(-1);
    box.classList.remove("over-parcel");
  }

  function showTip(row, at) {
    if (row < 0) {
      wanted = -1;
      tip.hidden = true;
      return;
    }
    place(at);
    if (row === wanted) return;
    wanted = row;
    setTimeout(async () => {
      if (wanted !== row) return;
      const lines = await describe(row);
      if (wanted !== row || !lines) return;
      tip.replaceChildren(...lines.map((line, i) => el("div", i ? "" : "head", { text: line })));
      tip.hidden = false;
    }, 90);
  }

  function place({ x, y }) {
    const size = map.getSize();
    const left = x + 14 + tip.offsetWidth > size.x ? x - tip.offsetWidth - 12 : x + 14;
    const top = y + 16 + tip.offsetHeight > size.y ? y - tip.offsetHeight - 10 : y + 16;
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  /** Lines of text about a parcel: code, name, 亩, cluster and stage as the legend names them. */
  async function describe(row) {
    const named = await desk.names([row]);
    const [code, name] = named.get(row) ?? ["", ""];
    const areas = await desk.areas();
    const { state } = desk;
    const cluster = desk.clusters[state.cluster[row]]?.name ?? desk.t("unassigned");
    const lines = [code, ...(name && name !== code ? [name] : [])];
    if (areas.length > row) lines.push(`${desk.number((areas[row] / 100) * 0.0015, 2)} ${desk.t("mu")} · ${cluster}`);
    if (state.flags[row] & desk.style.flags.locked) lines.push(desk.t("locked"));
    return lines;
  }
  desk.describe = describe;

  desk.names = async (rows) => {
    const missing = rows.filter((row) => !names.has(row));
    if (missing.length) {
      const { revision } = desk.data.layers.parcels;
      const { encodeRows } = await import("./rows.js");
      const answer = await fetch(`/names?${new URLSearchParams({ rows: encodeRows(missing), revision })}`);
      if (answer.ok) for (const [row, code, name] of (await answer.json()).names) names.set(row, [code, name]);
    }
    return names;
  };
  desk.hear("data", ({ detail }) => {
    if (detail.before && detail.before.layers.parcels.revision !== desk.data.layers.parcels.revision) names.clear();
  });

  // --- pressing ------------------------------------------------------------------------------------------------------

  box.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest(".leaflet-control, .chantu-panel")) return;
    box.focus({ preventScroll: true });
    const mode = event.shiftKey && desk.tool.mode === "pick" ? "box" : desk.tool.mode;
    const at = map.mouseEventToContainerPoint(event);
    press = { at, mode, moved: false, extra: event.ctrlKey || event.metaKey, shift: event.shiftKey };
    if (mode === "box" || mode === "lasso") {
      event.preventDefault();
      event.stopPropagation();
      map.dragging.disable();
      box.setPointerCapture(event.pointerId);
      press.points = [map.containerPointToLatLng(at)];
      hush();
    }
  }, true);

  box.addEventListener("pointermove", (event) => {
    if (!press) return;
    const at = map.mouseEventToContainerPoint(event);
    press.moved ||= at.distanceTo(press.at) > FAR;
    if (!press.points || !press.moved) return;
    if (press.mode === "box") {
      press.points = boxOf(press.at, at).map((p) => map.containerPointToLatLng(p));
    } else if (at.distanceTo(map.latLngToContainerPoint(press.points.at(-1))) > 3) {
      press.points.push(map.containerPointToLatLng(at));
    }
    desk.glass.shape = { points: press.points, closed: true };
    desk.glass.draw();
  });

  box.addEventListener("pointerup", (event) => {
    if (!press) return;
    const { points, moved, mode, extra, shift, at } = press;
    press = null;
    map.dragging.enable();
    if (points && moved) {
      desk.glass.shape = null;
      desk.glass.draw();
      if (points.length >= 3) desk.tool.take(points, extra || (shift && desk.tool.mode !== "pick") ? "add" : "replace");
      swallowClick();
    } else if (!moved) {
      tap(map.containerPointToLatLng(at), { mode: desk.tool.mode, extra: extra || shift, event });
    }
  });
  box.addEventListener("pointercancel", () => {
    press = null;
    desk.glass.shape = null;
    desk.glass.draw();
    map.dragging.enable();
  });

  function tap(latlng, { mode, extra, event }) {
    if (desk.data.placing) return void desk.act("place", `${latlng.lng.toFixed(7)},${latlng.lat.toFixed(7)}`);
    if (["polygon", "distance", "area", "cut", "road", "draw"].includes(mode)) {
      if (event.detail > 1) desk.tool.finish();
      else desk.tool.addPoint(latlng);
      return undefined;
    }
    desk.pickAt(latlng, extra);
    return undefined;
  }

  desk.pickAt = (latlng, extra) => {
    if (!desk.visible("parcels")) return;
    const row = desk.groups.get("parcels").rowAt(latlng);
    if (row >= 0) desk.selection.take([row], extra ? "toggle" : "replace");
    else if (!extra) desk.selection.take([]);
  };

  // the click that a drag ends with is not a click on the map
  function swallowClick() {
    const stop = (event) => event.stopPropagation();
    box.addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => box.removeEventListener("click", stop, { capture: true }), 50);
  }
}

function boxOf(a, b) {
  return [[a.x, a.y], [b.x, a.y], [b.x, b.y], [a.x, b.y]];
}
