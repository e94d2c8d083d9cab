// Finding a parcel, park, road, facility or town by code or name, and flying there.

import { control, el, icon } from "./dom.js";

const GLASS = "M8.5 3 A5.5 5.5 0 1 0 8.5 14 A5.5 5.5 0 1 0 8.5 3 M12.6 12.6 L17 17";

export function makeSearch(L, desk) {
  return () => control(L, "topleft", () => {
    const list = el("ul", "", { role: "listbox", id: "chantu-found", "aria-label": desk.t("search"), hidden: "" });
    const input = el("input", "", {
      type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": "chantu-found", "aria-autocomplete": "list",
      "aria-label": desk.t("search"), placeholder: desk.t("search"), autocomplete: "off", spellcheck: "false", maxlength: "80",
    });
    const node = el("div", "chantu-panel chantu-search", {}, icon(GLASS), input, list);
    desk.search = input;
    let found = [], foundFor = "", at = -1, turn = 0, wait = 0;

    input.addEventListener("input", () => {
      at = -1;
      clearTimeout(wait);
      wait = setTimeout(look, 120);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        mark((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length));
      } else if (event.key === "Enter") {
        event.preventDefault();
        clearTimeout(wait);
        // what the list shows may answer an earlier word
        const stands = !list.hidden && foundFor === input.value.trim();
        Promise.resolve(stands ? null : look()).then(() => foundFor === input.value.trim() && found.length && choose(found[Math.max(0, at)]));
      } else if (event.key === "Escape") {
        event.preventDefault();
        shut();
        desk.map.getContainer().focus({ preventScroll: true });
      }
    });
    // who comes back meanwhile has a list of a new word, which stays
    input.addEventListener("blur", () => setTimeout(() => input.getRootNode().activeElement !== input && shut(), 150));
    input.addEventListener("focus", () => {
      input.select(); // the next word takes the place of the last one
      if (input.value.trim()) look();
    });

    async function look() {
      const text = input.value.trim();
      const mine = ++turn;
      if (!text) return shut();
      const answer = await fetch(`/search?${new URLSearchParams({ q: text })}`);
      if (!answer.ok || mine !== turn) return undefined;
      ({ found } = await answer.json());
      foundFor = text;
      at = -1;
      input.removeAttribute("aria-activedescendant");
      list.replaceChildren(...(found.length ? found.map(line) : [el("li", "none", { role: "option", "aria-disabled": "true", text: desk.t("nothingFound") })]));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      return undefined;
    }

    function line(hit, i) {
      const kind = hit.layer === "parcels" ? desk.t("parcels") : desk.data.switches.find((s) => s.layer === hit.layer)?.name ?? "";
      const node = el("li", "", { role: "option", id: `chantu-found-${i}`, "aria-selected": "false" },
        el("span", "name", { text: hit.name || hit.code }), el("span", "code", { text: hit.name && hit.name !== hit.code ? hit.code : "" }),
        el("span", "kind", { text: kind }));
      node.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(hit);
      });
      return node;
    }

    function mark(place) {
      at = place;
      [...list.children].forEach((node, i) => node.setAttribute("aria-selected", String(i === at)));
      input.setAttribute("aria-activedescendant", `chantu-found-${at}`);
      list.children[at]?.scrollIntoView({ block: "nearest" });
    }

    function choose(hit) {
      shut();
      if (hit.layer === "parcels") desk.selection.take([hit.row]);
      if (hit.bounds) desk.fly(hit.bounds, { maxZoom: hit.layer === "parcels" ? 17 : 16 });
      desk.map.getContainer().focus({ preventScroll: true });
    }

    function shut() {
      turn++;
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    return node;
  });
}
