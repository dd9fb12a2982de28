// The control a filter's value is given in, by the field's kind.
import { h } from "../dom.js";
import { words } from "../words.js";
import { arity } from "./operators.js";

/** Choices known to the page, with those already used, whose labels the server names. */
function choices(field, values) {
  const options = (field.options ?? []).map(({ key, label, tone }) => ({ id: key, label, tone }));
  for (const value of values) if (!options.some(({ id }) => id === value)) options.push({ id: value, label: field.labels?.[value] ?? value });
  return options;
}

function many(field, values, changed) {
  const select = h("select", { multiple: true, "aria-label": words.value }, ...choices(field, values).map(({ id, label, tone }) => {
    const option = new Option(label, id, values.includes(id), values.includes(id));
    if (tone) option.dataset.tone = tone;
    return option;
  }));
  select.addEventListener("change", () => {
    field.labels = { ...field.labels, ...Object.fromEntries([...select.selectedOptions].map((option) => [option.value, option.textContent])) };
    changed([...select.selectedOptions].map(({ value }) => value));
  });
  return h("zk-tags", { "data-url": field.url, "data-free": field.type === "tags" }, select);
}

function single(field, operator, value, changed) {
  if (operator.input === "region") {
    const input = h("input.input", { value, "aria-label": words.value, onchange: () => changed(input.value) });
    return h("zk-region", { "data-url": field.url ?? "/regions" }, input);
  }
  const kinds = { days: { type: "number", min: "0", step: "1", inputmode: "numeric" }, date: { type: "date" } };
  const numeric = !operator.input && /#\d/.test(operator.cel) ? { inputmode: "decimal" } : {};
  const input = h("input.input", { value, "aria-label": words.value, ...(kinds[operator.input] ?? numeric), oninput: () => changed(input.value) });
  return input;
}

/** `changed` is called with the list of values. */
export function valueControl(field, operator, values, changed) {
  const wanted = arity(operator);
  const home = h("div.filter-values");
  if (wanted === 0) return home;
  if (wanted === Infinity) {
    home.append(many(field, values, changed));
    return home;
  }
  const now = [...values];
  for (let at = 0; at < wanted; at++) {
    if (at > 0) home.append(h("span", {}, words.to));
    home.append(single(field, operator, now[at] ?? "", (value) => {
      now[at] = value;
      changed(now.map((each) => each ?? ""));
    }));
  }
  const unit = operator.input === "days" ? words.dayUnit : operator.input ? null : field.unit;
  if (unit) home.append(h("span", {}, unit));
  return home;
}
