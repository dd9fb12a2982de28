// <zk-filter>: rows of field, operator and value over the text area that holds the expression.
import { debounce, h, icon } from "../dom.js";
import { words } from "../words.js";
import { compose, parse } from "./cel.js";
import { arity, operatorsOf } from "./operators.js";
import { valueControl } from "./value.js";

class Filter extends HTMLElement {
  connectedCallback() {
    queueMicrotask(() => this.start());
  }

  start() {
    this.area = this.querySelector("textarea");
    const description = this.querySelector("script[type='application/json']");
    if (!this.area || !description || this.list) return;
    ({ fields: this.fields } = JSON.parse(description.textContent));
    this.list = h("div.filter-rows");
    this.shown = h("code");
    const text = h("details.filter-text", {}, h("summary", {}, words.expression, this.shown), this.area.closest("label") ?? this.area);
    const add = h("button.btn.btn-sm", { type: "button", onclick: () => this.addRow() }, icon("plus", "icon-sm"), words.addRow);
    this.note = h("p.filter-note", { hidden: true, role: "status" }, words.badExpression);
    this.tools = h("div.filter-tools", {}, add);
    this.append(this.list, this.note, this.tools, text);
    this.area.addEventListener("input", debounce(() => this.read(), 250));
    this.read();
    if (!this.filter?.rows.length && this.filter) this.addRow({ focus: false });
  }

  read() {
    this.shown.textContent = this.area.value;
    this.filter = parse(this.area.value, this.fields);
    this.note.hidden = !!this.filter;
    this.tools.hidden = !this.filter;
    this.draw();
  }

  write() {
    this.area.value = compose(this.filter, this.fields);
    this.shown.textContent = this.area.value;
    this.area.dispatchEvent(new Event("change", { bubbles: true }));
  }

  draw() {
    this.list.replaceChildren(...(this.filter?.rows ?? []).map((row, at) => this.row(row, at)));
  }

  addRow({ focus = true } = {}) {
    const [field] = this.fields;
    this.filter.rows.push({ field: field.name, op: operatorsOf(field)[0].op, values: [] });
    this.draw();
    if (focus) this.list.lastElementChild.querySelector("select.filter-field")?.focus();
  }

  join(at) {
    const { join } = this.filter;
    if (at === 0) return h("span.filter-join", {}, words.where);
    if (at > 1) return h("span.filter-join", {}, words[join]);
    const select = h("select.input.filter-join", { "aria-label": `${words.and} / ${words.or}`, onchange: () => {
      this.filter.join = select.value;
      this.write();
      this.draw();
    } }, new Option(words.and, "and"), new Option(words.or, "or"));
    select.value = join;
    return select;
  }

  row(row, at) {
    const remove = h("button.icon-btn.icon-btn-sm", { type: "button", "aria-label": words.removeRow, onclick: () => {
      this.filter.rows.splice(at, 1);
      this.write();
      this.draw();
    } }, icon("x", "icon-sm"));
    if (row.raw !== undefined) {
      const input = h("input.input.mono", { value: row.raw, "aria-label": words.expression, spellcheck: "false", oninput: () => {
        row.raw = input.value;
        this.write();
      } });
      const wide = h("div.filter-row.filter-raw", {}, this.join(at), input, remove);
      return wide;
    }
    const field = this.fields.find(({ name }) => name === row.field);
    const operators = operatorsOf(field);
    const operator = operators.find(({ op }) => op === row.op);
    const fields = h("select.input.filter-field", { "aria-label": words.field, onchange: () => {
      const next = this.fields.find(({ name }) => name === fields.value);
      Object.assign(row, { field: next.name, op: operatorsOf(next)[0].op, values: [] });
      this.redraw(at);
    } }, ...this.fields.map(({ name, label }) => new Option(label, name)));
    fields.value = row.field;
    const ops = h("select.input", { "aria-label": words.operator, onchange: () => {
      const next = operators.find(({ op }) => op === ops.value);
      if (next.input !== operator.input || arity(next) === 0) row.values = [];
      row.op = next.op;
      this.redraw(at);
    } }, ...operators.map(({ op }) => new Option(words.ops[op], op)));
    ops.value = row.op;
    const values = valueControl(field, operator, row.values, (next) => {
      row.values = next;
      this.write();
    });
    return h("div.filter-row", {}, this.join(at), fields, ops, values, remove);
  }

  redraw(at) {
    this.write();
    this.list.children[at].replaceWith(this.row(this.filter.rows[at], at));
    this.list.children[at].querySelector(".filter-values :is(input, select)")?.focus();
  }
}
customElements.define("zk-filter", Filter);
