// <zk-review>: items settled one after the other. Forms and links do the work; here are the keys, and what comes next.
import { isTyping } from "./dom.js";

class Review extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const on = (target, name, call) => target.addEventListener(name, call, { signal: this.leaving.signal });
    on(document, "keydown", (event) => this.key(event));
    on(this, "click", (event) => this.clicked(event));
    on(this, "change", (event) => this.ticked(event.target));
    on(this, "reset", () => setTimeout(() => this.count()));
    on(this, "focusin", ({ target }) => this.activate(target.closest("[data-item]"), { focus: false }));
    on(this, "htmx:beforeSwap", ({ target }) => (this.swapped = { id: target.id, after: target.matches("[data-item]") ? this.after(target) : this.active }));
    on(this, "htmx:load", ({ detail }) => this.loaded(detail.elt));
    const here = location.hash && this.items.find(({ id }) => `#${id}` === location.hash);
    this.activate(here || this.items[0], { focus: false });
    this.count();
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  /** What is still to be settled. */
  get items() {
    return [...this.querySelectorAll("[data-item]")];
  }

  get active() {
    return this.querySelector("[data-item].active");
  }

  /** The item that comes after one, else the one before it. */
  after(item) {
    const items = this.items;
    const at = items.indexOf(item);
    return items.slice(at + 1).find((next) => !next.classList.contains("skipped")) ?? items[at + 1] ?? items[at - 1];
  }

  activate(item, { focus = true } = {}) {
    if (!item) return;
    if (item !== this.active) {
      for (const hot of this.querySelectorAll("[data-item] [data-key]")) delete hot.dataset.key;
      this.active?.classList.remove("active");
      item.classList.add("active");
      // The keys of the whole page click them, and the sheet under ? lists them.
      for (const hot of item.querySelectorAll("[data-hot]")) hot.dataset.key = hot.dataset.hot;
    }
    if (!focus) return;
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }

  step(by) {
    const items = this.items;
    const at = items.indexOf(this.active);
    this.activate(items[Math.min(items.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
  }

  clicked(event) {
    const item = event.target.closest("[data-item]");
    if (item) this.activate(item, { focus: false });
    if (event.target.closest("[data-skip]") && item) {
      item.classList.add("skipped");
      const next = this.after(item);
      if (next) this.activate(next);
    }
  }

  /** Something took an item's place: on with the next one, or back to what was taken back. */
  loaded(element) {
    if (!this.swapped || element.id !== this.swapped.id) {
      this.count();
      return;
    }
    const { after } = this.swapped;
    this.swapped = null;
    for (const undo of this.querySelectorAll("[data-undo][data-key]")) delete undo.dataset.key;
    const undo = element.querySelector("[data-undo]");
    if (undo) {
      undo.dataset.key = "u";
      this.undos = [...(this.undos ?? []).filter((known) => known.isConnected), undo];
    } else {
      const last = (this.undos ?? []).filter((known) => known.isConnected).at(-1);
      if (last) last.dataset.key = "u";
    }
    const next = element.matches("[data-item]") ? element : after?.isConnected ? after : this.items[0];
    if (next) this.activate(next);
    this.count();
    this.say();
  }

  say() {
    const left = this.items.length;
    const said = this.querySelector("[data-say]");
    if (said) said.textContent = this.dataset.said.replace("{n}", left);
    const finished = this.querySelector("[data-finished]");
    if (finished) finished.hidden = left > 0 || !!this.querySelector("tbody.more");
  }

  boxes() {
    return [...this.querySelectorAll("[data-item] .pick input")];
  }

  ticked(box) {
    if (box.matches("[data-all]")) for (const each of this.boxes()) each.checked = box.checked;
    this.count();
  }

  count() {
    const boxes = this.boxes();
    const picked = boxes.filter(({ checked }) => checked).length;
    const shown = this.querySelector("[data-selected]");
    if (shown) shown.textContent = picked.toLocaleString();
    const all = this.querySelector("[data-all]");
    if (!all) return;
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open], [popover].menu:popover-open")) return;
    const onControl = event.target.closest?.("a, button, summary, input");
    const act = {
      j: () => this.step(1), ArrowDown: () => this.step(1), k: () => this.step(-1), ArrowUp: () => this.step(-1),
      x: () => this.tickActive(), Enter: () => this.active?.querySelector("[data-open]")?.click(),
      Escape: () => this.querySelector("form.selbar")?.reset(),
    }[event.key];
    if (!act || (event.key === "Enter" && onControl) || (event.key.startsWith("Arrow") && onControl?.matches("input"))) return;
    event.preventDefault();
    act();
  }

  tickActive() {
    const box = this.active?.querySelector(".pick input");
    if (!box) return;
    box.checked = !box.checked;
    this.count();
  }
}
customElements.define("zk-review", Review);
