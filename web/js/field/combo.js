// The list under a field one types into: a combobox after the WAI-ARIA pattern, shared by the picker and the tags.
import { debounce, freshId, h, placeUnder } from "../dom.js";
import { send } from "../request.js";
import { words } from "../words.js";

export class Combo {
  /** `find(text)` gives (a promise of) `{items: [{id, label, hint, tone, create}], note}`; `choose(item)` takes one. */
  constructor(input, anchor, { find, choose }) {
    Object.assign(this, { input, anchor, find, choose, items: [], at: -1, asked: 0 });
    this.list = h("ul.combo-list", { role: "listbox", id: freshId("combo"), popover: "manual" });
    anchor.after(this.list);
    for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id })) input.setAttribute(name, value);
    const search = debounce(() => this.open(), 150);
    input.addEventListener("input", (event) => {
      event.stopPropagation();
      this.typed = true;
      if (!event.isComposing) search();
    });
    input.addEventListener("compositionend", search);
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("click", () => !this.isOpen && this.open());
    input.addEventListener("blur", () => this.close());
    // The press must not take the focus away from the field.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) this.take(this.items[Number(option.dataset.at)]);
    });
  }

  get isOpen() {
    return this.input.getAttribute("aria-expanded") === "true";
  }

  async open() {
    const asked = ++this.asked;
    const found = await this.find(this.input.value.trim());
    if (asked !== this.asked || document.activeElement !== this.input) return;
    this.items = found.items;
    const options = found.items.map((item, at) => h(`li.combo-item${item.create === undefined ? "" : ".create"}`, { role: "option", id: `${this.list.id}-${at}`, "data-at": String(at), "aria-selected": "false" },
      h("span", {}, item.label), item.hint && h("small", {}, item.hint)));
    this.list.replaceChildren(...options, ...(found.note ? [h("li.combo-note", { role: "presentation" }, found.note)] : []));
    if (!this.list.children.length) return this.close();
    if (!this.list.matches(":popover-open")) this.list.showPopover();
    placeUnder(this.list, this.anchor, { sameWidth: true });
    this.input.setAttribute("aria-expanded", "true");
    // Enter takes the first one only where something was typed for it.
    this.point(this.typed && found.items.length && found.items[0].create === undefined ? 0 : -1);
  }

  close() {
    this.asked++;
    this.typed = false;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    if (this.list.matches(":popover-open")) this.list.hidePopover();
  }

  point(at) {
    this.at = at;
    for (const [index, option] of this.list.querySelectorAll("[role=option]").entries()) {
      option.setAttribute("aria-selected", String(index === at));
      if (index === at) {
        this.input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    }
    if (at < 0) this.input.removeAttribute("aria-activedescendant");
  }

  take(item) {
    this.close();
    this.choose(item);
  }

  key(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!this.isOpen) this.open();
      else if (this.items.length) this.point((this.at + step + this.items.length) % this.items.length);
    } else if (event.key === "Enter" && this.isOpen && this.at >= 0 && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      this.take(this.items[this.at]);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }
}

/** Asks a search address; remembers answers while the page stands. */
export function finder(url) {
  const known = new Map();
  return async (text) => {
    if (!known.has(text)) {
      const response = await send(`${url}${url.includes("?") ? "&" : "?"}q=${encodeURIComponent(text)}`).catch(() => null);
      if (!response?.ok) return { items: [] };
      known.set(text, await response.json());
    }
    const { items, more } = known.get(text);
    return { items, note: more ? words.more : null };
  };
}
