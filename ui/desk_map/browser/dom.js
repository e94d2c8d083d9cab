// Small helpers for elements; text from data goes in by textContent only.

export function el(tag, className = "", attributes = {}, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function button(className, label, onclick, attributes = {}) {
  return el("button", className, { type: "button", "aria-label": label, title: label, onclick, ...attributes });
}

/** An icon of our own: a path in a 20 × 20 box, drawn with the current colour. */
export function icon(path, { filled = false } = {}) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(space, "path");
  shape.setAttribute("d", path);
  shape.setAttribute("fill", filled ? "currentColor" : "none");
  shape.setAttribute("stroke", filled ? "none" : "currentColor");
  svg.append(shape);
  return svg;
}

export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

export function ask(path, body) {
  return fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

const loads = new Map();

export function loadOnce(address) {
  if (!loads.has(address)) {
    loads.set(address, new Promise((resolve, reject) => {
      const script = el("script", "", { src: address });
      script.async = false;
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => reject(new Error(address)));
      document.head.append(script);
    }));
  }
  return loads.get(address);
}

/** Put style sheets on the page; resolves when all of them hold. One that fails is not waited for: nothing depends on it but looks. */
export function loadStyles(addresses) {
  return Promise.all(addresses.map((address) => {
    if (!loads.has(address)) {
      loads.set(address, new Promise((resolve) => {
        const link = el("link", "", { rel: "stylesheet", href: address });
        link.addEventListener("load", resolve);
        link.addEventListener("error", resolve);
        document.head.append(link);
      }));
    }
    return loads.get(address);
  }));
}

/** A Leaflet control that holds our element and keeps the map from hearing what happens in it. */
export function control(L, position, build) {
  const Own = L.Control.extend({
    options: { position },
    onAdd(map) {
      const node = build(map);
      L.DomEvent.disableClickPropagation(node);
      L.DomEvent.disableScrollPropagation(node);
      return node;
    },
  });
  return new Own();
}

/** Wait for a font; true when it was not there at once, so that what was drawn without it is to be drawn again. */
export async function fontCame(family) {
  const sign = `600 12px ${family}`;
  if (document.fonts.check(sign, "产")) return false;
  return document.fonts.load(sign, "产").then(() => true, () => false);
}

/** Take a map down for good: Leaflet's timers, which end a zoom or a change of size, do not ask whether it is still there. */
export function retire(map) {
  if (!map) return;
  map._animatingZoom = false;
  map.remove();
  clearTimeout(map._sizeTimer);
  map.off();
}

/** Leaflet's canvas, which forgets to call off a drawing that was asked for before it was drawn for another reason. */
export function canvas(L, options) {
  const Guarded = L.Canvas.extend({
    _redraw() {
      if (this._ctx) L.Canvas.prototype._redraw.call(this);
    },
  });
  return new Guarded(options);
}
