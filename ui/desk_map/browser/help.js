// The list of keys, on `?`.

import { button, el } from "./dom.js";

const LINES = [
  ["mouseClick", null, "mouseClickSays"],
  ["mouseDrag", null, "mouseDragSays"],
  [null, ["←", "↑", "→", "↓"], "keyPan"],
  [null, ["+", "−"], "keyZoom"],
  [null, ["0"], "keyWhole"],
  [null, ["X"], "keyCrosshair"],
  [null, ["Space"], "keySpace"],
  [null, ["A"], "keyAll"],
  [null, ["B", "L", "P"], "keyTools"],
  [null, ["R"], "keyPredicate"],
  [null, ["N"], "keyNeighbours"],
  [null, ["Z"], "keyFit"],
  [null, ["U"], "keyNext"],
  [null, ["[", "]"], "keyFaults"],
  [null, ["1", "…", "9"], "keyPick"],
  [null, ["Enter"], "keyPaint"],
  [null, ["Delete"], "keyClear"],
  [null, ["K", "Shift K"], "keyLock"],
  [null, ["Ctrl Z", "Ctrl Y"], "keyUndo"],
  [null, ["T"], "keyTheme"],
  [null, ["V"], "keyBefore"],
  [null, ["G", "M"], "keyMeasure"],
  [null, ["C", "W", "D"], "keyEdit"],
  [null, ["/"], "keySearch"],
  [null, ["F"], "keyFull"],
  [null, ["Esc"], "keyEscape"],
  [null, ["?"], "keyHelp"],
];

export function showHelp(desk) {
  if (desk.root.querySelector("dialog.chantu-help")) return;
  const close = button("close", desk.t("close"), () => dialog.close());
  close.textContent = "×";
  const table = el("dl", "");
  for (const [word, keys, says] of LINES) {
    const term = el("dt", "", word ? { text: desk.t(word) } : {});
    for (const key of keys ?? []) term.append(el("kbd", "", { text: key }));
    table.append(el("div", "", {}, term, el("dd", "", { text: desk.t(says) })));
  }
  const dialog = el("dialog", "chantu-help", { "aria-label": desk.t("help") },
    el("header", "", {}, el("h2", "", { text: desk.t("help") }), close), table);
  dialog.addEventListener("close", () => {
    dialog.remove();
    desk.map.getContainer().focus({ preventScroll: true });
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  desk.root.append(dialog);
  dialog.showModal();
}
