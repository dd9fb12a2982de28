// Keys of the whole page, and the sheet that lists them.
import { h, icon, isTyping } from "./dom.js";
import { act, onAct } from "./frame.js";
import { openPalette } from "./palette.js";
import { words } from "./words.js";

/** A second key must follow the first within this time (`g` then `h`). */
const PAUSE = 1200;
let first = "";
let timer;

const byKey = (keys) => [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)].find((element) => element.checkVisibility?.() ?? true) ?? document.querySelector(`[data-key="${CSS.escape(keys)}"]`);
const starts = (key) => !!document.querySelector(`[data-key^="${CSS.escape(key)} "]`);

function sheet() {
  const row = (keys, text) => h("div", {}, h("dt", {}, text), h("dd", {}, ...keys.split(" ").map((key) => h("kbd", {}, key))));
  const own = [...document.querySelectorAll("[data-key]")].map((element) => row(element.dataset.key, (element.getAttribute("aria-label") ?? element.querySelector("span")?.textContent ?? element.textContent).trim()));
  const list = document.querySelector("zk-table") ? [row("j k", words.keysMove), row("x", words.keysPick), row("↵", words.keysOpen), row("e", words.keysEdit), row("/", words.keysFind)]
    : document.querySelector("zk-review") ? [row("j k", words.keysMove), row("x", words.keysPick), row("↵", words.keysOpen)]
      : document.querySelector("zk-board") ? [row("← ↑ ↓ →", words.keysMove), row("Shift ← →", words.keysStage), row("m", words.keysMenu), row("↵", words.keysOpen), row("/", words.keysFind)] : [];
  const dialog = h("dialog.dialog", { "aria-label": words.keys }, h("div", {}, h("section.sheet", {},
    h("header.sheet-head", {}, h("h2", {}, words.keys), h("button.icon-btn.icon-btn-sm", { type: "button", "aria-label": words.close, onclick: () => dialog.close() }, icon("x"))),
    h("div.sheet-body", {}, h("dl.keys", {}, row("Ctrl K", words.keysPalette), row("c", words.keysCreate), row("Ctrl ↵", words.keysSave), row("Esc", words.keysClose), row("?", words.keysHelp), ...list, ...own)))));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.showModal();
}
onAct("shortcuts", sheet);

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const { key } = event;
  clearTimeout(timer);
  const keys = first ? `${first} ${key}` : key;
  first = "";
  const element = byKey(keys);
  if (element) {
    event.preventDefault();
    element.click();
    if (element.matches("a[href^='#']")) document.querySelector(element.getAttribute("href"))?.querySelector("textarea, input:not([type=radio]):not([type=hidden])")?.focus();
  } else if (starts(key)) {
    first = key;
    timer = setTimeout(() => (first = ""), PAUSE);
  } else if (key === "c") {
    event.preventDefault();
    act("create");
  } else if (key === "?") {
    event.preventDefault();
    sheet();
  } else if (key === "/" && !document.querySelector("[data-find]")) {
    event.preventDefault();
    openPalette();
  }
});
