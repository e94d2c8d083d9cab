// The pieces of a plan that waits for a word: their outlines and 亩 on the glass over the map.

const LINE = 17; // pixels from one line of a label to the next

/** Follow what Python plans; the number of pieces stands on the desk for who looks in. */
export function followPlans(desk) {
  const show = () => {
    desk.root.dataset.plan = String(desk.data.preview?.length ?? 0);
    desk.glass.draw();
  };
  desk.hear("data", show);
  show();
}

export function paintPlans(ctx, desk, map) {
  const pieces = desk.data.preview ?? [];
  const place = ([lng, lat]) => map.latLngToContainerPoint([lat, lng]);
  for (const { rings } of pieces) {
    ctx.beginPath();
    for (const ring of rings) {
      ring.forEach((lonlat, i) => {
        const { x, y } = place(lonlat);
        i ? ctx.lineTo(x, y) : ctx.moveTo(x, y);
      });
      ctx.closePath();
    }
    ctx.lineJoin = "round";
    ctx.fillStyle = `${desk.style.accent}1F`;
    ctx.fill("evenodd");
    line(ctx, "#FFFFFF", 5.5, []);
    line(ctx, desk.style.accent, 2.6, [8, 4]);
  }
  const taken = [];
  for (const { label, at } of pieces) paintLabel(ctx, desk, label.split("\n"), place(at), taken);
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
