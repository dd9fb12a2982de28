// The command palette: any customer, view or action in a few keys.
import { debounce, h, icon } from "./dom.js";
import { onAct } from "./frame.js";
import { send } from "./request.js";
import { words } from "./words.js";

const RECENT = "zk-recent";
const MOST = 6;
let dialog = null;
let asked = 0;

const recent = () => JSON.parse(sessionStorage.getItem(RECENT) ?? "[]");

function remember(item) {
  const href = item.getAttribute("href");
  if (!href || item.matches("[data-drawer], [data-dialog]")) return;
  const entry = { href, name: item.querySelector(".pal-name")?.textContent ?? "", hint: item.querySelector(".pal-hint")?.textContent ?? "" };
  sessionStorage.setItem(RECENT, JSON.stringify([entry, ...recent().filter((old) => old.href !== href)].slice(0, MOST)));
}

function recentGroup() {
  const entries = recent();
  if (!entries.length) return [];
  return [h("section.pal-group", {}, h("h3", {}, words.recent), ...entries.map(({ href, name, hint }) => h("a.pal-item", { href }, icon("history"), h("span.pal-name", {}, name), h("span.pal-hint", {}, hint))))];
}

function build() {
  const input = h("input", { type: "text", placeholder: words.search, "aria-label": words.search, role: "combobox", "aria-expanded": "true", "aria-controls": "pal-results", autocomplete: "off", spellcheck: "false" });
  const results = h("div.pal-results", { id: "pal-results", role: "listbox", "aria-label": words.search });
  const key = (name, text) => h("span", {}, h("kbd", {}, name), ` ${text}`);
  dialog = h("dialog.palette", { "aria-label": words.search }, h("div.pal-input", {}, icon("search"), input, h("kbd", {}, "Esc")), results,
    h("div.pal-foot", {}, key("↑↓", words.hints.palMove), key("↵", words.hints.palOpen), key("Esc", words.hints.palClose)));
  document.body.append(dialog);

  const items = () => [...results.querySelectorAll(".pal-item")];
  const point = (chosen) => {
    for (const item of items()) item.setAttribute("aria-selected", String(item === chosen));
    if (!chosen) return;
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  };
  const search = async () => {
    const mine = ++asked;
    const text = input.value.trim();
    const url = document.body.dataset.palette ?? "/palette";
    const response = await send(`${url}?q=${encodeURIComponent(text)}`).catch(() => null);
    if (mine !== asked) return;
    const found = new DOMParser().parseFromString(response?.ok ? await response.text() : "", "text/html");
    const groups = [...found.querySelectorAll(".pal-group")].map((group) => document.importNode(group, true));
    if (!text) groups.unshift(...recentGroup());
    results.replaceChildren(...(groups.length ? groups : [h("p.pal-empty", { role: "option", "aria-disabled": "true" }, words.noResults, h("br"), h("small", {}, words.noResultsHint))]));
    for (const [at, item] of items().entries()) {
      item.id = `pal-${at}`;
      item.setAttribute("role", "option");
      item.tabIndex = -1;
    }
    for (const group of results.querySelectorAll(".pal-group")) {
      group.setAttribute("role", "group");
      const head = group.querySelector("h3");
      group.setAttribute("aria-label", head?.textContent ?? words.search);
      // A listbox holds groups and options, nothing else.
      head?.setAttribute("role", "presentation");
    }
    point(items()[0]);
  };
  const soon = debounce(search, 60);

  input.addEventListener("input", (event) => !event.isComposing && soon());
  input.addEventListener("compositionend", soon);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = items();
    const at = all.findIndex((item) => item.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) {
      event.preventDefault();
      point(all[(at + step + all.length) % all.length]);
    } else if (event.key === "Enter" && all[at]) {
      event.preventDefault();
      if ((event.ctrlKey || event.metaKey) && all[at].href) open(all[at].href);
      else all[at].click();
    }
  });
  results.addEventListener("pointermove", ({ target }) => {
    const item = target.closest(".pal-item");
    if (item && item.getAttribute("aria-selected") !== "true") point(item);
  });
  results.addEventListener("click", ({ target }) => {
    const item = target.closest(".pal-item");
    if (!item) return;
    remember(item);
    if (!item.matches("[data-drawer], [data-dialog]")) dialog.close();
  });
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.search = search;
  dialog.input = input;
}

export function openPalette() {
  if (!dialog) build();
  if (dialog.open) return;
  dialog.showModal();
  dialog.input.select();
  dialog.search();
}

onAct("palette", openPalette);
