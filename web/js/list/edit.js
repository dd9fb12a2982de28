// Editing in place, the same for a list's cells and a record's facts: the server sends the whole cell with a form in it.
import { busy, htmx, send } from "../request.js";

/** Cells as they were before editing, for Esc. */
const before = new WeakMap();
let saving = null;
/** When a form was opened last. */
let opened = -Infinity;

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector("[data-field]");
}

function put(old, cell) {
  old.replaceWith(cell);
  htmx.process(cell);
  return cell;
}

export async function startEdit(cell, url = cell.dataset.edit) {
  if (!url || cell.getAttribute("aria-busy") === "true") return;
  cell.setAttribute("aria-busy", "true");
  busy(1);
  try {
    const response = await send(url, { headers: { "Zk-Frame": "cell" } });
    if (!response.ok) return;
    const fresh = parse(await response.text());
    if (!fresh) return;
    before.set(fresh, cell);
    put(cell, fresh);
    focusIn(fresh);
    opened = performance.now();
  } catch {
    // `send` has told the user.
  } finally {
    cell.removeAttribute("aria-busy");
    busy(-1);
  }
}

function focusIn(cell) {
  const input = cell.querySelector("form :is(input:not([type=hidden]), select, textarea)");
  input?.focus();
  if (input?.matches("input:is([type=text], [type=tel], [type=email], [type=url], :not([type]))")) input.select();
}

function cancel(cell) {
  const old = before.get(cell);
  if (!old) return;
  put(cell, old);
  backToPage(old);
}

function backToPage(cell) {
  const keep = { preventScroll: true };
  const scroller = cell.closest(".table-scroll");
  if (scroller) scroller.focus(keep);
  else cell.querySelector(".fact-edit")?.focus(keep);
}

const changed = (form) => [...form.elements].some((field) => {
  if (field.type === "hidden" || !field.name) return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
});

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.(".editing");
  if (!cell || event.defaultPrevented) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    cancel(cell);
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.target.form?.requestSubmit();
  }
});

/** The second click of a double click meets the form that the first has opened: it neither leaves it nor cancels. */
const isSecond = ({ detail, target }) => detail > 1 && performance.now() - opened < 500 && !!target.closest?.(".editing");

document.addEventListener("mousedown", (event) => isSecond(event) && event.preventDefault());

document.addEventListener("click", (event) => {
  if (isSecond(event)) return event.preventDefault();
  const cell = event.target.closest(".editing");
  if (event.target.closest("[data-cancel]") && cell) return cancel(cell);
  if (event.defaultPrevented || cell || getSelection()?.type === "Range") return undefined;
  const pencil = event.target.closest(".fact-edit");
  const fact = event.target.closest(".fact[data-edit]");
  if (!fact || (!pencil && (!event.target.closest("dd") || event.target.closest("a, button, zk-copy")))) return undefined;
  event.preventDefault();
  return startEdit(fact);
});

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.(".editing form.edit");
  if (form && target.matches("select:not([multiple]), input[type=checkbox]") && !target.closest("zk-region, zk-tags, .input-group")) form.requestSubmit();
});

// Leaving the field keeps what was typed; switching to another window is not leaving.
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const form = target.closest?.(".editing form.edit");
  if (!form || form.contains(relatedTarget) || !document.hasFocus() || form === saving) return;
  setTimeout(() => {
    if (!form.isConnected || form === saving || form.contains(document.activeElement) || document.querySelector("dialog[open]")) return;
    if (changed(form)) form.requestSubmit();
    else cancel(form.closest(".editing"));
  });
});

document.addEventListener("submit", ({ target }) => {
  if (target.matches(".editing form.edit")) saving = target;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt === saving && !detail.successful) saving = null;
});
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (!saving || !elt.matches?.("[data-field]") || saving.isConnected) return;
  const old = before.get(saving.closest(".editing"));
  saving = null;
  if (elt.matches(".editing")) {
    if (old) before.set(elt, old);
    focusIn(elt);
  } else {
    elt.classList.add("saved");
    const focusIsElsewhere = document.activeElement && document.activeElement !== document.body;
    if (!focusIsElsewhere) backToPage(elt);
  }
});
