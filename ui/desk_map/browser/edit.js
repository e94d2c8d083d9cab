// What Python lays over the map for a while: pieces of a plan that waits, sides to choose from, blocks that are listed.

const CHOSEN = "#B4510B";
const LINE = 17; // pixels from one line of a label to the next

/** Follow what Python plans; the number of pieces stands on the desk for who looks in. */
export function followPlans(desk) {
  const show = () => {
    for (const [name, listed] of [["plan", "preview"], ["guides", "guides"], ["blocks", "blocks"], ["gate", "gate"]]) {
      desk.root.dataset[name] = String(desk.data[listed]?.length ?? 0);
    }
    desk.glass.draw();
  };
  desk.hear("data", show);
  show();
}

export function paintPlans(ctx, desk, map) {
  const place = ([lng, lat]) => map.latLngToContainerPoint([lat, lng]);
  const taken = [];
  paintGate(ctx, desk.data.gate ?? [], place);
  paintOutlines(ctx, desk, desk.data.blocks ?? [], place, { dash: [], fill: false });
  paintOutlines(ctx, desk, desk.data.preview ?? [], place, { dash: [8, 4], fill: true });
  for (const { label, at } of [...(desk.data.preview ?? []), ...(desk.data.blocks ?? [])]) {
    if (!label) continue;
    paintLabel(ctx, desk, label.split("\n"), place(at), taken);
  }
  paintGuides(ctx, desk, desk.data.guides ?? [], place);
}

// by level: what is concerned of the parcels; "" is the outline of what stands against them
const LEVELS = { forbidden: "#C0272D", justify: "#B26A00", notice: "#4A84B6", "": "#1B2430" };

/** Land that a rule stands against, by its level, and in dashes the neighbour or line that is the cause. */
function paintGate(ctx, pieces, place) {
  ctx.lineJoin = "round";
  for (const { level, lines, closed } of pieces) {
    ctx.beginPath();
    for (const points of lines) {
      points.forEach((lonlat, i) => {
        const { x, y } = place(lonlat);
        i ? ctx.lineTo(x, y) : ctx.moveTo(x, y);
      });
      if (closed) ctx.closePath();
    }
    const color = LEVELS[level];
    if (closed) {
      ctx.fillStyle = `${color}${level === "notice" ? "1F" : "59"}`;
      ctx.fill("evenodd");
      line(ctx, color, level === "notice" ? 1 : 2, []);
    } else {
      line(ctx, "#FFFFFF", 4, []);
      line(ctx, color, 2, [6, 4]);
    }
  }
}

function paintOutlines(ctx, desk, shapes, place, { dash, fill }) {
  ctx.lineJoin = "round";
  for (const { rings } of shapes) {
    ctx.beginPath();
    for (const ring of rings) {
      ring.forEach((lonlat, i) => {
        const { x, y } = place(lonlat);
        i ? ctx.lineTo(x, y) : ctx.moveTo(x, y);
      });
      ctx.closePath();
    }
    if (fill) {
      ctx.fillStyle = `${desk.style.accent}1F`;
      ctx.fill("evenodd");
    }
    line(ctx, "#FFFFFF", 5.5, []);
    line(ctx, desk.style.accent, 2.6, dash);
  }
}

/** Sides of a parcel with their numbers; the one chosen is thick, and its number filled. */
function paintGuides(ctx, desk, guides, place) {
  ctx.lineCap = "round";
  for (const { line: ends, label, chosen } of [...guides].sort((one, other) => one.chosen - other.chosen)) {
    const [a, b] = ends.map(place);
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    if (chosen) {
      ctx.beginPath();
      ctx.moveTo(a.x, a.y);
      ctx.lineTo(b.x, b.y);
      line(ctx, "#FFFFFF", 9, []);
      line(ctx, CHOSEN, 5, []);
    }
    if (chosen || length > 26) paintBadge(ctx, desk, label, (a.x + b.x) / 2, (a.y + b.y) / 2, chosen);
  }
  ctx.lineCap = "butt";
}

function paintBadge(ctx, desk, label, x, y, chosen) {
  ctx.beginPath();
  ctx.arc(x, y, 11, 0, 2 * Math.PI);
  ctx.fillStyle = chosen ? CHOSEN : "#FFFFFF";
  ctx.fill();
  line(ctx, chosen ? "#FFFFFF" : desk.style.accent, 1.5, []);
  ctx.font = `600 12px ${desk.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = chosen ? "#FFFFFF" : desk.style.ink;
  ctx.fillText(label, x, y + 0.5);
}

function line(ctx, color, width, dash) {
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** Two lines in a white box at a place, or lower where another label stands already. */
function paintLabel(ctx, desk, lines, { x, y }, taken) {
  ctx.font = `600 13px ${desk.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const wide = Math.max(...lines.map((text) => ctx.measureText(text).width)) + 14, high = lines.length * LINE + 8;
  const box = { left: x - wide / 2, top: y - high / 2, wide, high };
  while (taken.some((one) => meets(one, box))) box.top += 4;
  taken.push(box);
  ctx.fillStyle = "#FFFFFF";
  ctx.strokeStyle = desk.style.accent;
  ctx.lineWidth = 1;
  ctx.fillRect(box.left, box.top, wide, high);
  ctx.strokeRect(box.left, box.top, wide, high);
  ctx.fillStyle = desk.style.ink;
  lines.forEach((text, i) => ctx.fillText(text, x, box.top + 4 + LINE * (i + 0.5)));
}

function meets(one, other) {
  return Math.abs(one.left + one.wide / 2 - other.left - other.wide / 2) < (one.wide + other.wide) / 2 + 3
    && Math.abs(one.top + one.high / 2 - other.top - other.high / 2) < (one.high + other.high) / 2 + 3;
}

/** What was drawn, as text: "longitude,latitude;…". */
export function spoken(points) {
  return points.map(({ lng, lat }) => `${lng.toFixed(9)},${lat.toFixed(9)}`).join(";");
}
