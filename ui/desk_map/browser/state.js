// What the parcels look like now: a byte for cluster, stage, flags and area class of each row, and the selection.
// What was just asked is shown at once, as foreseen; what Python then says holds, and takes back what did not come about.

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
  #foreseen = [];
  #said = null;

  /** Bring the colours to what Python says: a base, fetched once, and the rows that differ from it. */
  async follow(said, failed, answered = () => true) {
    // asked anew after the fetch: a stroke may have come in the meantime
    const waiting = () => this.#foreseen.filter((one) => !answered(one));
    if (said.key !== this.#baseKey) {
      const bytes = said.inline ? Uint8Array.from(atob(said.inline), (c) => c.charCodeAt(0)) : await this.#fetch(said, failed);
      if (!bytes) return;
      this.#baseKey = said.key;
      this.#base = bytes;
      this.count = bytes.length / 4;
      [this.cluster, this.stage, this.flags, this.area] = [0, 1, 2, 3].map((k) =>
        bytes.slice(k * this.count, (k + 1) * this.count));
      this.#touched = [];
      this.#apply(said, waiting());
      this.#tell(null);
    } else if (waiting().length < this.#foreseen.length || said.revision !== this.revision || said.delta.rows.length !== this.#touched.length) {
      const changed = this.#apply(said, waiting());
      if (changed.size) this.#tell(changed);
    }
  }

  /** Show rows in a cluster before Python has answered; `asked` is what `answered` of follow() will be asked about. */
  foresee(asked, rows, cluster, { locked, own }) {
    const free = [...rows].filter((row) => row < this.count && !(this.flags[row] & locked));
    const one = { asked, rows: free, cluster, own };
    this.#foreseen.push(one);
    const changed = new Set(free.filter((row) => this.cluster[row] !== cluster));
    for (const row of free) {
      this.cluster[row] = cluster;
      this.flags[row] |= own;
    }
    this.#tell(changed);
    return one;
  }

  /** No answer came: show the rows as Python last said. True when there was something to take back. */
  forget(one) {
    if (!this.#foreseen.includes(one)) return false;
    this.#tell(this.#apply(this.#said, this.#foreseen.filter((other) => other !== one)));
    return true;
  }

  async #fetch(said, failed) {
    const answer = await fetch(said.url);
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    failed(answer.status);
    return null;
  }

  /** Put the delta in place, what it no longer names back to the base, and the foreseen over it; returns what changed. */
  #apply(said, foreseen) {
    const { rows, cluster, flags } = said.delta;
    const before = new Map();
    const put = (row, c, f) => {
      if (!before.has(row)) before.set(row, [this.cluster[row], this.flags[row]]);
      [this.cluster[row], this.flags[row]] = [c, f];
    };
    for (const row of this.#touched) put(row, this.#base[row], this.#base[2 * this.count + row]);
    for (const one of this.#foreseen) for (const row of one.rows) put(row, this.#base[row], this.#base[2 * this.count + row]);
    rows.forEach((row, i) => put(row, cluster[i], flags[i]));
    for (const one of foreseen) for (const row of one.rows) put(row, one.cluster, this.flags[row] | one.own);
    this.#touched = rows;
    this.#foreseen = foreseen;
    this.#said = said;
    this.revision = said.revision;
    return new Set([...before].filter(([row, [c, f]]) => this.cluster[row] !== c || this.flags[row] !== f).map(([row]) => row));
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
