// <zk-tags>: several values as chips over a native multiple select, which stays the field that is sent.
import { h, icon } from "../dom.js";
import { words } from "../words.js";
import { Combo, finder } from "./combo.js";

class Tags extends HTMLElement {
  connectedCallback() {
    this.select = this.querySelector("select");
    if (!this.select || this.input) return;
    const { select } = this;
    this.input = h("input", { type: "text" });
    if (select.id) {
      this.input.id = select.id;
      select.id += "-value";
    }
    for (const name of ["aria-label", "aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
    select.hidden = true;
    this.box = h("div.input.combo-box", { onclick: (event) => event.target === this.box && this.input.focus() }, this.input);
    this.append(this.box);
    const ask = this.dataset.url ? finder(this.dataset.url) : null;
    this.combo = new Combo(this.input, this.box, { find: (text) => this.find(text, ask), choose: (item) => this.add(item.id, item.label, item.tone) });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.hasAttribute("data-free") && this.addTyped());
    select.addEventListener("zk-set", () => this.show());
    this.show();
  }

  show() {
    const chips = [...this.select.selectedOptions].map((option) => h("span.tag", { "data-tone": option.dataset.tone }, option.textContent.trim(),
      h("button", { type: "button", tabindex: "-1", "aria-label": words.remove(option.textContent.trim()), onclick: () => this.drop(option) }, icon("x", "icon-xs"))));
    this.box.replaceChildren(...chips, this.input);
    this.input.placeholder = chips.length ? "" : (this.dataset.placeholder ?? words.choose);
  }

  async find(text, ask) {
    const chosen = new Set([...this.select.selectedOptions].map(({ value }) => value));
    const lower = text.toLowerCase();
    const own = [...this.select.options].map((option) => ({ id: option.value, label: option.textContent.trim(), tone: option.dataset.tone }));
    const found = ask ? await ask(text) : { items: own.filter(({ label }) => label.toLowerCase().includes(lower)) };
    const items = found.items.filter(({ id }) => !chosen.has(id));
    if (this.hasAttribute("data-free") && text && !items.some(({ label }) => label === text)) items.push({ id: text, label: words.createNamed(text), create: text });
    return { items, note: items.length ? found.note : words.noResults };
  }

  add(id, label, tone) {
    let option = [...this.select.options].find(({ value }) => value === id);
    if (!option) {
      option = new Option(label === words.createNamed(id) ? id : label, id);
      if (tone) option.dataset.tone = tone;
      this.select.add(option);
    }
    option.selected = true;
    this.input.value = "";
    this.changed();
    this.input.focus();
  }

  addTyped() {
    const text = this.input.value.trim();
    if (!text) return;
    for (const word of text.split(/[,，;；、]/).map((part) => part.trim()).filter(Boolean)) this.add(word, word);
  }

  drop(option) {
    option.selected = false;
    this.changed();
    this.input.focus();
  }

  changed() {
    this.show();
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  key(event) {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Backspace" && !this.input.value) {
      const last = [...this.select.selectedOptions].at(-1);
      if (last) this.drop(last);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && this.hasAttribute("data-free") && this.input.value.trim()) {
      event.preventDefault();
      this.combo.close();
      this.addTyped();
    }
  }
}
customElements.define("zk-tags", Tags);
