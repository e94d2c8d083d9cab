// How each layer is painted on the canvas of a tile.

import { UNITS_PER_PX, TILE_PX, overviewOf } from "./tiles.js";

const BATCH = 32; // shapes in one path: a single path for all is slower by orders of magnitude, one path each by some

export function paintGroup(ctx, tile, group, desk) {
  if (!tile.layers) return;
  const zoom = tile.coords.z;
  const brush = { ctx, zoom, desk, style: desk.style, layers: tile.layers };
  if (group === "parcels") {
    if (desk.visible("parcels")) paintParcels(brush);
  } else if (group === "ground") {
    classed(brush, "landscape", (c) => paintArea(brush, "landscape", c, brush.style.landscape[c], zoom >= 12));
    classed(brush, "constraints", (c) => paintArea(brush, "constraints", c, brush.style.constraints[c], false));
    paintRoads(brush, (state) => state === 0);
    if (desk.visible("towns")) stroke(brush, brush.layers.get("towns"), all(brush.layers.get("towns")), brush.style.town, widen(zoom));
  } else {
    if (desk.visible("conflicts")) paintConflicts(brush);
    classed(brush, "constraints", (c) => outline(brush, "constraints", c, brush.style.constraints[c].line));
    paintRoads(brush, (state) => state > 0);
    const parks = brush.layers.get("parks");
    if (parks && desk.visible("parks")) stroke(brush, parks, all(parks), brush.style.park.line, widen(zoom));
    paintSymbols(brush);
  }
}

// --- parcels ---------------------------------------------------------------------------------------------------------

function paintParcels(brush) {
  const { ctx, desk, style, layers, zoom } = brush;
  const { state } = desk;
  const fillOf = fills(desk);
  const overview = overviewOf(layers);
  if (overview) paintOverview(ctx, overview, fillOf, state);
  const shapes = layers.get("parcels");
  if (!shapes) return;
  const byFill = new Map();
  const byStage = new Map();
  for (let i = 0; i < shapes.count; i++) {
    const row = shapes.ids[i];
    push(byFill, fillOf(row), i);
    push(byStage, state.stage[row] ?? style.none, i);
  }
  for (const [fill, items] of byFill) fillShapes(ctx, shapes, items, fill);
  const fine = Math.min(1, Math.max(0.25, (zoom - 11.5) / 3.5)) * (shapes.count > 2500 ? 0.55 : 1);
  if (shapes.count > 7000) return;
  // firm lines first, so that a neighbour's dashes are not hidden by them
  const order = [...byStage.keys()].sort((a, b) => dashes(style, a) - dashes(style, b));
  for (const stage of order) {
    const line = style.stageLines[stage] ?? style.unassigned.line;
    const items = byStage.get(stage);
    if (line.dash.length && fine > 0.5) stroke(brush, shapes, items, { color: "#FFFFFF", width: line.width + 0.4, dash: [] }, fine);
    stroke(brush, shapes, items, fine > 0.5 ? line : { ...line, dash: [] }, fine);
  }
  paintSigns(brush);
}

function dashes(style, stage) {
  return style.stageLines[stage]?.dash.length ?? 0;
}

/** The fill of a row under the theme in force; a string "#RRGGBB" or "#RRGGBBAA". */
export function fills(desk) {
  const fill = fullFills(desk);
  // where two scenarios are compared, what is the same in both steps back
  return desk.changed ? (row) => (desk.changed.has(row) ? fill(row) : pale(fill(row))) : fill;
}

function pale(color) {
  return `${color.slice(0, 7)}30`;
}

function fullFills(desk) {
  const { state, style, theme } = desk;
  const tint = tintOf(desk);
  if (tint) return (row) => tint.fills[tint.classes[row]] ?? style.unassigned.fill;
  const faint = Math.round(style.suppliedOpacity * 255).toString(16).padStart(2, "0");
  if (theme === "stage") return (row) => style.stageFills[state.stage[row]] ?? style.unassigned.fill;
  if (theme === "area") {
    // on a slide the bars are of what is still in reserve
    const gone = desk.data.brief ? style.supplied : -1;
    return (row) => (style.areaFills[state.area[row]] ?? style.unassigned.fill) + (state.stage[row] === gone ? faint : "");
  }
  const colors = desk.clusters.map((cluster) => cluster.color);
  return (row) => {
    const color = colors[state.cluster[row]];
    if (!color) return style.unassigned.fill;
    return state.stage[row] === style.supplied ? color + faint : color;
  };
}

/** A class of each row that the page gives for a while, unpacked once: what is ready at a time, a score. */
function tintOf(desk) {
  const said = desk.data.tint;
  if (said && desk.tint?.key !== said.key) desk.tint = { ...said, classes: Uint8Array.from(atob(said.key), (c) => c.charCodeAt(0)) };
  return said ? desk.tint : null;
}

function paintOverview(ctx, { cell, layer }, fillOf) {
  const byFill = new Map();
  for (let i = 0; i < layer.count; i++) push(byFill, fillOf(layer.ids[i]), i);
  for (const [fill, items] of byFill) {
    ctx.fillStyle = fill === "#FDFDFB" ? "#DDE1E5" : fill;
    for (const i of items) ctx.fillRect(layer.xy[2 * i] / UNITS_PER_PX, layer.xy[2 * i + 1] / UNITS_PER_PX, cell, cell);
  }
}

function paintSigns({ ctx, desk, style, layers, zoom }) {
  const signs = layers.get("a");
  if (!signs) return;
  const { state } = desk;
  const tint = tintOf(desk);
  const size = Math.max(10, Math.min(15, zoom - 2));
  ctx.font = `600 ${size}px ${desk.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  // names on a slide are larger: the sign stands clear of the code below it
  const lift = desk.codesShown(zoom) ? size * (desk.data.brief ? 1.0 : 0.62) : 0;
  for (let i = 0; i < signs.count; i++) {
    const row = signs.ids[i];
    const x = signs.xy[2 * i] / UNITS_PER_PX, y = signs.xy[2 * i + 1] / UNITS_PER_PX;
    const sign = tint?.signs?.[tint.classes[row]];
    if (sign) {
      ctx.fillStyle = sign[1];
      ctx.fillText(sign[0], x, y - lift);
    }
    const cluster = desk.clusters[state.cluster[row]];
    if (cluster && desk.theme === "cluster") {
      const faint = state.stage[row] === style.supplied || (desk.changed && !desk.changed.has(row));
      ctx.fillStyle = faint ? style.ink : cluster.ink;
      ctx.fillText(cluster.glyph, x, y - lift);
    }
    if (state.flags[row] & style.flags.locked) paintLock(ctx, x + size * 0.9, y - lift - size * 0.5, style.ink);
  }
}

function paintLock(ctx, x, y, color) {
  ctx.fillStyle = "#FFFFFF";
  ctx.fillRect(x - 4.5, y - 6, 9, 11);
  ctx.fillStyle = ctx.strokeStyle = color;
  ctx.lineWidth = 1.2;
  ctx.setLineDash([]);
  ctx.fillRect(x - 3, y - 1, 6, 5);
  ctx.beginPath();
  ctx.arc(x, y - 1.4, 2, Math.PI, 0);
  ctx.stroke();
}

export function paintSelected(ctx, tile, items, { style }) {
  const shapes = tile.layers.get("parcels");
  const brush = { ctx };
  fillShapes(ctx, shapes, items, `${style.selected.color}0F`);
  const fine = items.length > 3000 ? 0.4 : Math.min(1, Math.max(0.5, (tile.coords.z - 10) / 6));
  stroke(brush, shapes, items, { color: style.selected.casing, width: style.selected.casing_width, dash: [] }, fine);
  stroke(brush, shapes, items, { color: style.selected.color, width: style.selected.width, dash: [] }, fine);
}

// --- everything else -------------------------------------------------------------------------------------------------

function paintConflicts({ ctx, layers, style, desk, zoom }) {
  const shapes = layers.get("conflicts");
  if (!shapes) return;
  // belts, which are told and bar nothing, are numbered behind all parcels; a slide counts what bars land still in reserve
  const parcels = desk.state.stage.length;
  const items = desk.data.brief ? all(shapes).filter((i) => shapes.ids[i] < parcels && desk.state.stage[shapes.ids[i]] !== style.supplied) : all(shapes);
  if (desk.data.brief && zoom < 14) {
    // too small for a hatch: red all over, as in print
    fillShapes(ctx, shapes, items, style.conflict.hatch);
    return stroke({ ctx }, shapes, items, style.conflict.line, 1);
  }
  const wash = Math.round(style.conflict.opacity * 255).toString(16).padStart(2, "0");
  fillShapes(ctx, shapes, items, style.conflict.fill + wash);
  fillShapes(ctx, shapes, items, hatch(ctx, style.conflict.hatch));
  stroke({ ctx }, shapes, items, style.conflict.line, 1);
}

const hatches = new Map();

/** A 45-degree hatch that meets itself across tiles: its period divides the tile. */
function hatch(ctx, color) {
  if (!hatches.has(color)) {
    const side = 16; // drawn at twice its size, divides 512
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const pen = canvas.getContext("2d");
    pen.strokeStyle = color;
    pen.lineWidth = 2.6;
    for (const shift of [-side, 0, side]) {
      pen.moveTo(shift - 2, side + 2);
      pen.lineTo(shift + side + 2, -2);
    }
    pen.stroke();
    hatches.set(color, canvas);
  }
  const pattern = ctx.createPattern(hatches.get(color), "repeat");
  pattern.setTransform(new DOMMatrix().scale(0.5));
  return pattern;
}

function paintArea(brush, name, c, area, withLine) {
  const shapes = brush.layers.get(name);
  const items = ofClass(brush.desk, shapes, name, c);
  const alpha = Math.round(area.opacity * 255).toString(16).padStart(2, "0");
  if (area.opacity > 0) fillShapes(brush.ctx, shapes, items, area.fill + alpha);
  if (withLine && area.line) stroke(brush, shapes, items, area.line, widen(brush.zoom));
}

function outline(brush, name, c, line) {
  const shapes = brush.layers.get(name);
  stroke(brush, shapes, ofClass(brush.desk, shapes, name, c), line, widen(brush.zoom));
}

function paintRoads(brush, wanted) {
  const roads = brush.layers.get("roads");
  if (!roads) return;
  const { desk, style, zoom } = brush;
  const groups = new Map();
  for (let i = 0; i < roads.count; i++) {
    const state = desk.classOf("roads", roads.ids[i]);
    if (!wanted(state) || !desk.visible("roads", state)) continue;
    const grade = desk.gradeOf(roads.ids[i]);
    push(groups, `${state}:${grade}`, i);
  }
  const near = Math.min(2.6, Math.max(0.32, 0.32 + (zoom - 10) * 0.2));
  const sets = [...groups].map(([key, items]) => {
    const [state, grade] = key.split(":").map(Number);
    const line = grade === 0 && state === 0 ? style.motorway : style.roads[state] ?? style.roads[0];
    return { line, items, width: near * (style.roadWidths[grade] ?? 0.7) };
  });
  // casings of all first: junctions stay open
  for (const { line, items, width } of sets) {
    if (line.casing) stroke(brush, roads, items, { color: line.casing, width: Math.max(line.casing_width * width, line.width * width + 0.8), dash: [] }, 1);
  }
  for (const { line, items, width } of sets) stroke(brush, roads, items, { ...line, casing: "", width: line.width * width }, 1);
}

function paintSymbols(brush) {
  const { desk, style, layers, zoom } = brush;
  const facilities = layers.get("facilities");
  for (let i = 0; i < (facilities?.count ?? 0); i++) {
    const kind = desk.classOf("facilities", facilities.ids[i]);
    if (style.facilities[kind] && desk.visible("facilities", kind)) symbol(brush, facilities, i, style.facilities[kind], zoom);
  }
  const power = layers.get("power_sites");
  if (!desk.visible("power_sites")) return;
  for (let i = 0; i < (power?.count ?? 0); i++) symbol(brush, power, i, style.powerSite, zoom);
}

function symbol({ ctx, desk }, layer, i, { form, color, glyph }, zoom) {
  if (layer.kinds[i] !== 1) {
    fillShapes(ctx, layer, [i], `${color}33`);
    stroke({ ctx }, layer, [i], { color, width: 1.2, dash: [] }, 1);
  }
  const b = i * 4;
  const x = (layer.boxes[b] + layer.boxes[b + 2]) / 2 / UNITS_PER_PX, y = (layer.boxes[b + 1] + layer.boxes[b + 3]) / 2 / UNITS_PER_PX;
  if (x < -20 || y < -20 || x > TILE_PX + 20 || y > TILE_PX + 20) return;
  const r = zoom < 12 ? 5 : zoom < 14 ? 7 : 9;
  drawSymbol(ctx, form, x, y, r, color);
  if (r < 7) return;
  ctx.fillStyle = "#FFFFFF";
  ctx.font = `600 ${r + 2}px ${desk.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(glyph, x, y + 0.5);
}

/** A sign of one of five forms; also used by the legend. */
export function drawSymbol(ctx, form, x, y, r, color) {
  ctx.beginPath();
  if (form === "circle") ctx.arc(x, y, r, 0, Math.PI * 2);
  else if (form === "square") ctx.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  else {
    const corners = form === "diamond" ? 4 : form === "triangle" ? 3 : 6;
    for (let k = 0; k < corners; k++) {
      const turn = -Math.PI / 2 + (k * 2 * Math.PI) / corners;
      ctx.lineTo(x + Math.cos(turn) * r * 1.2, y + Math.sin(turn) * r * 1.2);
    }
    ctx.closePath();
  }
  ctx.fillStyle = color;
  ctx.strokeStyle = "#FFFFFF";
  ctx.lineWidth = 1.5;
  ctx.setLineDash([]);
  ctx.fill();
  ctx.stroke();
}

// --- strokes and fills -----------------------------------------------------------------------------------------------

function classed(brush, name, draw) {
  const layer = brush.layers.get(name);
  if (!layer) return;
  const classes = new Set();
  for (const id of layer.ids) classes.add(brush.desk.classOf(name, id));
  for (const c of [...classes].sort((a, b) => b - a)) if (brush.style[name][c] && brush.desk.visible(name, c)) draw(c);
}

function ofClass(desk, layer, name, c) {
  return all(layer).filter((i) => desk.classOf(name, layer.ids[i]) === c);
}

function all(layer) {
  return layer ? Array.from({ length: layer.count }, (_, i) => i) : [];
}

function widen(zoom) {
  return Math.min(1.3, Math.max(0.55, 0.55 + (zoom - 9) * 0.12));
}

function fillShapes(ctx, layer, items, fill) {
  ctx.fillStyle = fill;
  batches(ctx, layer, items, 3, () => ctx.fill());
}

function stroke({ ctx }, layer, items, line, scale) {
  if (!layer || !items.length) return;
  if (line.casing) stroke({ ctx }, layer, items, { color: line.casing, width: line.casing_width, dash: [] }, scale);
  ctx.strokeStyle = line.color;
  ctx.lineWidth = Math.max(0.35, line.width * scale);
  ctx.setLineDash(line.dash);
  ctx.lineJoin = "round";
  ctx.lineCap = line.dash.length ? "butt" : "round";
  batches(ctx, layer, items, 2, () => ctx.stroke());
}

function batches(ctx, layer, items, least, finish) {
  for (let from = 0; from < items.length; from += BATCH) {
    ctx.beginPath();
    for (let k = from; k < Math.min(from + BATCH, items.length); k++) if (layer.kinds[items[k]] >= least) trace(ctx, layer, items[k]);
    finish();
  }
}

export function trace(ctx, layer, i, dx = 0, dy = 0) {
  const { xy, at } = layer;
  for (let s = layer.firstString[i]; s < layer.firstString[i + 1]; s++) {
    const from = 2 * at[s], to = 2 * at[s + 1];
    ctx.moveTo(xy[from] / UNITS_PER_PX + dx, xy[from + 1] / UNITS_PER_PX + dy);
    for (let v = from + 2; v < to; v += 2) ctx.lineTo(xy[v] / UNITS_PER_PX + dx, xy[v + 1] / UNITS_PER_PX + dy);
    if (layer.kinds[i] === 3) ctx.closePath();
  }
}

function push(groups, key, item) {
  const list = groups.get(key);
  if (list) list.push(item);
  else groups.set(key, [item]);
}
