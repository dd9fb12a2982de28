// <zk-pick>: a reference to another record, found by typing; a missing one is made without leaving the form.
import { h, icon } from "../dom.js";
import { openSheet } from "../sheet.js";
import { words } from "../words.js";
import { Combo, finder } from "./combo.js";

class Pick extends HTMLElement {
  connectedCallback() {
    this.select = this.querySelector("select");
    if (!this.select || this.input) return;
    const { select } = this;
    this.input = h("input", { type: "text", placeholder: this.dataset.placeholder ?? words.choose });
    // The label points at the field one types into.
    if (select.id) {
      this.input.id = select.id;
      select.id += "-value";
    }
    for (const name of ["aria-label", "aria-describedby", "aria-invalid", "aria-required"]) if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
    if (select.required) this.input.setAttribute("aria-required", "true");
    this.input.disabled = select.disabled;
    this.clearer = h("button.combo-clear", { type: "button", "aria-label": words.clear, onclick: () => this.set("", "") }, icon("x", "icon-sm"));
    const box = h("div.input.combo-box", { onclick: (event) => event.target === box && this.input.focus() }, this.input, this.clearer);
    if (select.getAttribute("aria-invalid")) box.setAttribute("aria-invalid", "true");
    select.hidden = true;
    this.append(box);
    const ask = this.dataset.url ? finder(this.dataset.url) : null;
    this.combo = new Combo(this.input, box, { find: (text) => this.find(text, ask), choose: (item) => this.take(item) });
    this.input.addEventListener("blur", () => this.show());
    this.input.addEventListener("focus", () => this.input.select());
    select.addEventListener("zk-set", () => this.show());
    this.show();
  }

  get chosen() {
    const option = this.select.selectedOptions[0];
    return option?.value ? option : null;
  }

  show() {
    this.input.value = this.chosen?.textContent.trim() ?? "";
    this.clearer.hidden = !this.chosen || this.select.required;
  }

  async find(text, ask) {
    const typed = text === (this.chosen?.textContent.trim() ?? "") ? "" : text;
    const own = [...this.select.options].filter((option) => option.value && option.textContent.includes(typed)).map((option) => ({ id: option.value, label: option.textContent.trim() }));
    const found = ask ? await ask(typed) : { items: own };
    const items = [...found.items];
    if (this.dataset.create) items.push({ create: typed, label: words.createNamed(typed) });
    return { items, note: found.note ?? (found.items.length ? null : words.noResults) };
  }

  take(item) {
    if (item.create === undefined) return this.set(item.id, item.label);
    const url = new URL(this.dataset.create, location.href);
    if (item.create) url.searchParams.set("name", item.create);
    return openSheet("dialog", url.href, { saved: ({ id, label }) => this.set(id, label) });
  }

  set(id, label) {
    if (![...this.select.options].some(({ value }) => value === id)) this.select.add(new Option(label, id));
    this.select.value = id;
    this.show();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.input.focus();
  }
}
customElements.define("zk-pick", Pick);
