// The legend, which is also where layers are switched: classes of the theme with 宗 and 亩, then the other layers.

import { button, control, el, icon } from "./dom.js";
import { followLedger } from "./ledger.js";
import { drawSymbol } from "./paint.js";

export function makeLegend(L, desk) {
  return () => control(L, "topright", () => {
    const body = el("div", "body", { id: "chantu-legend" });
    const toggle = button("toggle", desk.t("legend"), () => open(body.hidden), { "aria-controls": "chantu-legend" });
    toggle.append(el("span", "", { text: desk.t("legend") }), icon("M5 8 L10 13 L15 8"));
    const node = el("section", "chantu-panel chantu-legend", { "aria-label": desk.t("legend") }, toggle, body);
    const open = (shown) => {
      body.hidden = !shown;
      toggle.setAttribute("aria-expanded", String(shown));
    };
    let said = "";
    const show = () => {
      const { legend, switches, theme, language } = desk.data;
      const now = JSON.stringify([legend, switches, theme, language]);
      if (now === said) return;
      said = now;
      body.replaceChildren(themePart(desk), ...switches.map((entry) => layerPart(desk, entry)));
      toggle.firstChild.textContent = desk.t("legend");
    };
    open(desk.root.clientWidth >= 1100 && desk.root.clientHeight >= 560);
    desk.hear("data", show);
    followLedger(desk);
    desk.hear("font", () => {
      said = "";
      show();
    });
    queueMicrotask(show);
    return node;
  });
}

function themePart(desk) {
  const { legend } = desk.data;
  const live = desk.theme === "cluster" ? (what, cls) => `${what} live-${what} live-${cls === desk.style.none ? "none" : cls}` : (what) => what;
  const rows = legend.map((entry) => el("div", "row", {},
    swatch(themeSign(desk, entry.class)), el("span", "name", { text: entry.name }),
    el("span", live("count", entry.class), { text: desk.number(entry.count) }), el("span", live("mu", entry.class), { text: muText(desk, entry.mu) })));
  const head = legend.length ? [el("div", "row head", {}, el("span"), el("span"), el("span", "count", { text: desk.t("parcelsUnit") }), el("span", "mu", { text: desk.t("mu") }))] : [];
  return el("div", "layer", {}, box(desk, "parcels", desk.t("parcels")), el("div", "table live", {}, ...head, ...rows));
}

function muText(desk, mu) {
  return mu ? desk.number(mu, mu < 100 ? 2 : 0) : "—";
}

function layerPart(desk, { layer, name, classes }) {
  const sign = classes.length ? null : layerSign(desk, layer);
  const rows = classes.map((c) => box(desk, `${layer}/${c.class}`, c.name, layerSign(desk, layer, c.class), c.count));
  return el("div", "layer", {}, box(desk, layer, name, sign), ...rows);
}

function box(desk, key, name, sign = null, count = null) {
  const input = el("input", "", { type: "checkbox" });
  input.checked = !desk.hidden.has(key);
  input.addEventListener("change", () => desk.setVisible(key, input.checked));
  const label = el("label", key.includes("/") ? "row sub" : "row", {}, input);
  if (sign) label.append(swatch(sign));
  label.append(el("span", "name", { text: name }));
  if (count !== null) label.append(el("span", "count", { text: desk.number(count) }));
  return label;
}

/** A small canvas with a sign painted the way the map paints it. */
function swatch(paint) {
  const ratio = window.devicePixelRatio || 1;
  const canvas = el("canvas", "chantu-sign", { width: String(26 * ratio), height: String(16 * ratio), "aria-hidden": "true" });
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  paint(ctx);
  return canvas;
}

function themeSign(desk, cls) {
  const { style, theme, clusters, font } = desk;
  return (ctx) => {
    const cluster = theme === "cluster" ? clusters[cls] : null;
    const fills = { stage: style.stageFills, area: style.areaFills, readiness: desk.data.tint?.fills, score: desk.data.tint?.fills }[theme];
    const line = theme === "stage" ? style.stageLines[cls] : null;
    rect(ctx, cluster?.color ?? fills?.[cls] ?? style.unassigned.fill, line ?? { ...style.unassigned.line, dash: [] });
    if (!cluster) return;
    ctx.fillStyle = cluster.ink;
    ctx.font = `600 11px ${font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(cluster.glyph, 13, 8.5);
  };
}

function rect(ctx, fill, line) {
  ctx.fillStyle = fill;
  ctx.fillRect(1.5, 1.5, 23, 13);
  if (!line) return;
  ctx.strokeStyle = line.color;
  ctx.lineWidth = line.width;
  ctx.setLineDash(line.dash);
  ctx.strokeRect(1.5, 1.5, 23, 13);
}

function layerSign(desk, layer, cls = 0) {
  const { style } = desk;
  return (ctx) => {
    if (layer === "facilities" || layer === "power_sites") {
      const { form, color, glyph } = layer === "facilities" ? style.facilities[cls] : style.powerSite;
      drawSymbol(ctx, form, 13, 8, 6.5, color);
      ctx.fillStyle = "#FFFFFF";
      ctx.font = `600 8.5px ${desk.font}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText(glyph, 13, 8.5);
    } else if (layer === "roads") {
      const line = style.roads[cls];
      bar(ctx, line.casing, 6.5, []);
      bar(ctx, line.color, 4, line.dash);
    } else if (layer === "towns") {
      bar(ctx, style.town.color, 1.2, style.town.dash);
    } else if (layer === "parks") {
      rect(ctx, "#FFFFFF", style.park.line);
    } else if (layer === "constraints") {
      const area = style.constraints[cls];
      rect(ctx, area.opacity ? area.fill : "#FFFFFF", area.line);
    } else if (layer === "conflicts") {
      rect(ctx, "#FFFFFF", style.conflict.line);
      ctx.save();
      ctx.beginPath();
      ctx.rect(1.5, 1.5, 23, 13);
      ctx.clip();
      for (let x = -12; x < 30; x += 5) stripe(ctx, x, style.conflict.hatch);
      ctx.restore();
    } else {
      style.landscape.forEach((area, i) => {
        ctx.fillStyle = area.fill;
        ctx.fillRect(1.5 + i * 7.7, 1.5, 7.7, 13);
      });
    }
  };
}

function stripe(ctx, x, color) {
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.2;
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(x, 16);
  ctx.lineTo(x + 16, 0);
  ctx.stroke();
}

function bar(ctx, color, width, dash) {
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(0, 8);
  ctx.lineTo(26, 8);
  ctx.stroke();
}
