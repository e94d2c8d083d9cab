// A sheet over the map for what changes with the pointer: the parcel under it, shapes being drawn, the cross-hair.

import { paintPlans } from "./edit.js";
import { trace } from "./paint.js";
import { TILE_PX } from "./tiles.js";

export class Glass {
  shape = null; // { points: [latlng…], closed, live }
  hover = -1;
  cross = null;

  constructor(desk) {
    this.desk = desk;
  }

  addTo(map) {
    this.map = map;
    const pane = map.createPane("chantu-glass");
    pane.style.zIndex = "650";
    pane.style.pointerEvents = "none";
    this.canvas = pane.appendChild(document.createElement("canvas"));
    map.on("move viewreset zoomend resize", () => this.draw());
    map.on("zoomstart", () => (this.canvas.style.visibility = "hidden"));
    map.on("zoomend", () => (this.canvas.style.visibility = ""));
  }

  setHover(row) {
    if (row === this.hover) return;
    this.hover = row;
    this.draw();
  }

  draw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      if (!this.desk.gone) this.#draw();
    });
  }

  #draw() {
    const { map, canvas } = this;
    const size = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(size.x * ratio) || canvas.height !== Math.round(size.y * ratio)) {
      canvas.width = Math.round(size.x * ratio);
      canvas.height = Math.round(size.y * ratio);
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
    }
    this.desk.L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    const ctx = canvas.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, size.x, size.y);
    if (this.hover >= 0) this.#drawHover(ctx);
    paintPlans(ctx, this.desk, map);
    if (this.shape) this.#drawShape(ctx);
    if (this.cross) this.#drawCross(ctx);
  }

  #drawHover(ctx) {
    const group = this.desk.groups.get("parcels");
    const zoom = this.map.getZoom(), z = group._tileZoom;
    const scale = this.map.getZoomScale(zoom, z);
    const origin = this.map.getPixelBounds().min;
    for (const tile of group.held.values()) {
      const shapes = tile.coords.z === z ? tile.layers?.get("parcels") : null;
      const at = shapes ? shapes.ids.indexOf(this.hover) : -1;
      if (at < 0) continue;
      ctx.save();
      const x = tile.coords.x * TILE_PX * scale - origin.x, y = tile.coords.y * TILE_PX * scale - origin.y;
      ctx.beginPath();
      ctx.rect(x, y, TILE_PX * scale, TILE_PX * scale);
      ctx.clip();
      ctx.translate(x, y);
      ctx.scale(scale, scale);
      ctx.beginPath();
      trace(ctx, shapes, at);
      ctx.lineWidth = 2.4 / scale;
      ctx.strokeStyle = this.desk.style.ink;
      ctx.fillStyle = "rgba(255,255,255,0.28)";
      ctx.fill();
      ctx.stroke();
      ctx.restore();
    }
  }

  #drawShape(ctx) {
    const { points, closed } = this.shape;
    if (!points.length) return;
    const at = points.map((p) => this.map.latLngToContainerPoint(p));
    ctx.beginPath();
    at.forEach((p, i) => (i ? ctx.lineTo(p.x, p.y) : ctx.moveTo(p.x, p.y)));
    if (closed) ctx.closePath();
    if (closed) {
      ctx.fillStyle = "rgba(11,79,138,0.10)";
      ctx.fill();
    }
    ctx.lineJoin = "round";
    ctx.strokeStyle = "#FFFFFF";
    ctx.lineWidth = 4;
    ctx.stroke();
    ctx.strokeStyle = this.desk.style.accent;
    ctx.lineWidth = 2;
    ctx.setLineDash([6, 4]);
    ctx.stroke();
    ctx.setLineDash([]);
    if (this.shape.dots) {
      for (const p of at) {
        ctx.beginPath();
        ctx.arc(p.x, p.y, 3.5, 0, Math.PI * 2);
        ctx.fillStyle = "#FFFFFF";
        ctx.fill();
        ctx.stroke();
      }
    }
  }

  #drawCross(ctx) {
    const { x, y } = this.cross;
    for (const [color, width] of [["#FFFFFF", 4], [this.desk.style.ink, 1.6]]) {
      ctx.strokeStyle = color;
      ctx.lineWidth = width;
      ctx.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        ctx.moveTo(x + dx * 5, y + dy * 5);
        ctx.lineTo(x + dx * 18, y + dy * 18);
      }
      ctx.stroke();
    }
  }
}
