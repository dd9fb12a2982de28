// <zk-table>: selection, keys, column widths and the remembered place of a list.
import { debounce, h, isTyping } from "../dom.js";
import { send } from "../request.js";
import { startEdit } from "./edit.js";
import { keepPlace } from "./place.js";
import { words } from "../words.js";

const NARROWEST = 60;

class Table extends HTMLElement {
  connectedCallback() {
    this.scroller = this.querySelector(".table-scroll");
    this.grid = this.querySelector("table.grid");
    if (!this.grid) return;
    this.leaving = new AbortController();
    const on = (target, name, call, options) => target.addEventListener(name, call, { signal: this.leaving.signal, ...options });
    on(this, "change", (event) => this.ticked(event.target));
    on(this, "click", (event) => this.clicked(event));
    on(this, "dblclick", (event) => this.editAt(event.target.closest("td[data-field], th[scope=row][data-field]")));
    on(this, "reset", () => setTimeout(() => this.count()));
    on(document, "keydown", (event) => this.key(event));
    on(this.scroller, "scroll", () => this.grid.classList.toggle("scrolled-x", this.scroller.scrollLeft > 0), { passive: true });
    this.addGrips();
    this.count();
    keepPlace(this.scroller, this.leaving.signal);
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  get rows() {
    return [...this.grid.querySelectorAll("tbody > tr[data-id]")];
  }

  get active() {
    return this.grid.querySelector("tbody > tr.active");
  }

  boxes() {
    return [...this.querySelectorAll("tbody .pick input")];
  }

  // Selection

  ticked(box) {
    if (box.matches("[data-all]")) for (const each of this.boxes()) each.checked = box.checked;
    if (box.closest(".pick")) this.count();
  }

  clicked(event) {
    const row = event.target.closest("tbody > tr[data-id]");
    if (!row) return;
    const box = event.target.closest(".pick input");
    if (box && event.shiftKey && this.active) this.tickTo(row, box.checked);
    this.activate(row, event.target.closest("[data-field]"), { scroll: false });
  }

  tickTo(row, checked) {
    const rows = this.rows;
    const [from, to] = [rows.indexOf(this.active), rows.indexOf(row)].sort((a, b) => a - b);
    for (const each of rows.slice(from, to + 1)) {
      const box = each.querySelector(".pick input");
      if (box) box.checked = checked;
    }
    this.count();
  }

  count() {
    const boxes = this.boxes();
    const picked = boxes.filter(({ checked }) => checked).length;
    const shown = this.querySelector("[data-selected]");
    if (shown) shown.textContent = picked.toLocaleString();
    for (const button of this.querySelectorAll("[data-least]")) button.disabled = picked < Number(button.dataset.least) || picked > Number(button.dataset.most);
    const all = this.querySelector("[data-all]");
    if (!all) return;
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }

  // Keys

  activate(row, cell, { scroll = true } = {}) {
    this.active?.classList.remove("active");
    this.grid.querySelector(".active-cell")?.classList.remove("active-cell");
    row.classList.add("active");
    const chosen = cell ?? (this.column && row.querySelector(`[data-field="${this.column}"]`));
    if (chosen?.matches("[data-field]")) {
      this.column = chosen.dataset.field;
      chosen.classList.add("active-cell");
    }
    if (scroll) (chosen ?? row.firstElementChild).scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  step(by) {
    const rows = this.rows;
    const row = rows[this.active ? rows.indexOf(this.active) + by : by > 0 ? 0 : rows.length - 1];
    if (row) this.activate(row);
    return row;
  }

  stepCell(by) {
    const cells = [...(this.active?.querySelectorAll("[data-field]") ?? [])];
    const at = cells.findIndex(({ dataset }) => dataset.field === this.column);
    const cell = cells[Math.max(0, at + by)];
    if (cell) this.activate(this.active, cell);
  }

  editAt(cell) {
    if (cell && !cell.matches(".editing")) startEdit(cell, this.dataset.editUrl?.replace("{id}", cell.closest("tr").dataset.id).replace("{field}", cell.dataset.field));
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open], [popover].menu:popover-open")) return;
    const onControl = event.target.closest?.("a, button, summary");
    const act = {
      j: () => this.step(1), ArrowDown: () => this.step(1), k: () => this.step(-1), ArrowUp: () => this.step(-1),
      ArrowRight: () => this.active && this.stepCell(1), ArrowLeft: () => this.active && this.stepCell(-1),
      x: () => this.tickActive(false), X: () => this.tickActive(true), e: () => this.editAt(this.active?.querySelector(".active-cell")),
      Enter: () => !onControl && this.active && location.assign(this.active.dataset.href),
      "/": () => document.querySelector("[data-find]")?.focus(),
      Escape: () => this.boxes().some(({ checked }) => checked) && this.querySelector("form.selbar")?.reset(),
    }[event.key];
    if (!act || (event.key.startsWith("Arrow") && onControl?.closest("thead, .tabs, .rail"))) return;
    if (event.key === "Enter" && (onControl || !this.active)) return;
    event.preventDefault();
    act();
  }

  tickActive(range) {
    const box = this.active?.querySelector(".pick input");
    if (!box) return;
    const from = this.lastTicked;
    box.checked = range ? true : !box.checked;
    if (range && from?.isConnected) {
      const rows = this.rows;
      const [a, b] = [rows.indexOf(from), rows.indexOf(this.active)].sort((x, y) => x - y);
      for (const row of rows.slice(a, b + 1)) row.querySelector(".pick input").checked = true;
    }
    this.lastTicked = this.active;
    this.count();
  }

  // Column widths

  addGrips() {
    const save = debounce((field, width) => send(this.dataset.widthsUrl, { method: "POST", body: new URLSearchParams({ field, width }) }).catch(() => {}), 400);
    for (const head of this.grid.querySelectorAll("thead th[data-field]")) {
      const { field } = head.dataset;
      const column = this.grid.querySelector(`col[data-field="${field}"]`);
      if (!column || !this.dataset.widthsUrl) continue;
      const set = (width) => column.setAttribute("width", Math.max(NARROWEST, Math.round(width)));
      const grip = h("span.col-grip", { title: words.width });
      head.append(grip);
      grip.addEventListener("pointerdown", (down) => {
        down.preventDefault();
        const from = head.getBoundingClientRect().width;
        grip.setPointerCapture(down.pointerId);
        grip.classList.add("dragging");
        grip.onpointermove = (move) => set(from + move.clientX - down.clientX);
        grip.onpointerup = grip.onpointercancel = () => {
          grip.onpointermove = null;
          grip.classList.remove("dragging");
          save(field, column.getAttribute("width"));
        };
      });
      head.querySelector(".col-head")?.addEventListener("keydown", (event) => {
        const by = event.shiftKey && { ArrowLeft: -16, ArrowRight: 16 }[event.key];
        if (!by) return;
        event.preventDefault();
        set(head.getBoundingClientRect().width + by);
        save(field, column.getAttribute("width"));
      });
    }
  }
}
customElements.define("zk-table", Table);

// Rows that came later belong to the count too.
document.addEventListener("htmx:load", ({ detail }) => detail.elt.closest?.("zk-table")?.count?.());
