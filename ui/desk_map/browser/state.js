// What the parcels look like now: a byte for cluster, stage, flags and area class of each row, and the selection.

import { encodeRows, decodeRows } from "./rows.js";

export class State extends EventTarget {
  count = 0;
  revision = -1;
  cluster = new Uint8Array(0);
  stage = new Uint8Array(0);
  flags = new Uint8Array(0);
  area = new Uint8Array(0);
  #base = null;
  #baseKey = "";
  #touched = [];

  /** Bring the colours to what Python says: a base, fetched once, and the rows that differ from it. */
  async follow(said, failed) {
    if (said.key !== this.#baseKey) {
      const bytes = said.inline ? Uint8Array.from(atob(said.inline), (c) => c.charCodeAt(0)) : await this.#fetch(said, failed);
      if (!bytes) return;
      this.#baseKey = said.key;
      this.#base = bytes;
      this.count = bytes.length / 4;
      [this.cluster, this.stage, this.flags, this.area] = [0, 1, 2, 3].map((k) =>
        bytes.slice(k * this.count, (k + 1) * this.count));
      this.#touched = [];
      this.#apply(said);
      this.#tell(null);
    } else if (said.revision !== this.revision || said.delta.rows.length !== this.#touched.length) {
      this.#tell(this.#apply(said));
    }
  }

  async #fetch(said, failed) {
    const answer = await fetch(said.url);
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    failed(answer.status);
    return null;
  }

  /** Put the rows of the delta in place and those of the last one, where they are no more, back; returns what changed. */
  #apply(said) {
    const { rows, cluster, flags } = said.delta;
    const changed = new Set();
    for (const row of this.#touched) {
      this.cluster[row] = this.#base[row];
      this.flags[row] = this.#base[2 * this.count + row];
      changed.add(row);
    }
    rows.forEach((row, i) => {
      this.cluster[row] = cluster[i];
      this.flags[row] = flags[i];
      changed.add(row);
    });
    this.#touched = rows;
    this.revision = said.revision;
    return changed;
  }

  #tell(rows) {
    this.dispatchEvent(new CustomEvent("change", { detail: rows }));
  }
}

export class Selection extends EventTarget {
  rows = new Set();

  has(row) {
    return this.rows.has(row);
  }

  /** Take rows: "replace", "add", "remove" or "toggle". `told` is false for a selection that Python made. */
  take(rows, how = "replace", { told = true } = {}) {
    const before = this.rows;
    const after = how === "replace" ? new Set(rows) : new Set(before);
    if (how === "add") for (const row of rows) after.add(row);
    if (how === "remove") for (const row of rows) after.delete(row);
    if (how === "toggle") for (const row of rows) after.has(row) ? after.delete(row) : after.add(row);
    const changed = new Set();
    for (const row of after) if (!before.has(row)) changed.add(row);
    for (const row of before) if (!after.has(row)) changed.add(row);
    if (!changed.size) return;
    this.rows = after;
    this.dispatchEvent(new CustomEvent("change", { detail: { changed, told } }));
  }

  get encoded() {
    return encodeRows(this.rows);
  }

  static decode(text) {
    return decodeRows(text);
  }
}
