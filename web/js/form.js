// <zk-form>: nothing typed is lost, errors are met first, nothing is sent twice.
import { debounce, h } from "./dom.js";
import { words } from "./words.js";

const SENT = "zk-draft-sent";
const kept = ({ name, type, disabled }) => name && !disabled && !["hidden", "password", "file", "submit", "button"].includes(type) && name !== "csrf";

/** A field that was changed since is not called wrong any more; what was said stays readable, and nothing moves. */
function mended(field) {
  for (const wrong of field?.querySelectorAll("[aria-invalid=true]") ?? []) wrong.removeAttribute("aria-invalid");
  field?.querySelector(".error")?.classList.add("mended");
}

class Form extends HTMLElement {
  connectedCallback() {
    // Its children may not be parsed yet where the script was quicker than the page.
    queueMicrotask(() => this.start());
  }

  start() {
    this.form = this.querySelector("form");
    if (!this.form || this.started) return;
    this.started = true;
    this.key = `zk-draft:${this.dataset.draft ?? location.pathname + location.search}`;
    this.untouched = this.snapshot();
    const keep = debounce(() => this.save(), 300);
    for (const name of ["input", "change"]) {
      this.form.addEventListener(name, ({ target }) => {
        this.mark();
        keep();
        mended(target.closest(".field"));
      });
    }
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.form.addEventListener("keydown", (event) => this.key_(event));
    this.form.addEventListener("zk-sent", () => this.forget());
    document.addEventListener("zk-reset", this.reset);
    addEventListener("beforeunload", this.warn);
    if (!this.showErrors()) this.restore();
  }

  disconnectedCallback() {
    document.removeEventListener("zk-reset", this.reset);
    removeEventListener("beforeunload", this.warn);
  }

  /** Opens what hides an error and puts the cursor there. */
  showErrors() {
    const wrong = this.form.querySelector("[aria-invalid=true]");
    if (!wrong) return false;
    for (const field of this.form.querySelectorAll("[aria-invalid=true]")) {
      const folded = field.closest("details");
      if (folded) folded.open = true;
    }
    wrong.focus();
    return true;
  }

  snapshot() {
    const values = {};
    for (const field of this.form.elements) {
      if (!kept(field)) continue;
      const list = (values[field.name] ??= []);
      if (field.type === "checkbox" || field.type === "radio") list.push(field.checked);
      else if (field.multiple) list.push([...field.selectedOptions].map((option) => [option.value, option.textContent]));
      else if (field.options) list.push([field.value, field.selectedOptions[0]?.textContent ?? ""]);
      else list.push(field.value);
    }
    return JSON.stringify(values);
  }

  mark() {
    this.toggleAttribute("data-changed", this.snapshot() !== this.untouched);
  }

  save() {
    if (this.hasAttribute("data-no-draft") || this.sent) return;
    const now = this.snapshot();
    if (now === this.untouched) sessionStorage.removeItem(this.key);
    else sessionStorage.setItem(this.key, now);
  }

  restore() {
    const draft = !this.hasAttribute("data-no-draft") && sessionStorage.getItem(this.key);
    if (!draft || draft === this.untouched) return;
    this.apply(JSON.parse(draft));
    this.mark();
    this.prepend(h("p.draft-note", { role: "status" }, words.draft, h("button", { type: "button", onclick: (event) => this.discard(event.target.closest("p")) }, words.discard)));
  }

  apply(values) {
    const seen = {};
    for (const field of this.form.elements) {
      if (!kept(field)) continue;
      seen[field.name] = (seen[field.name] ?? -1) + 1;
      const value = values[field.name]?.[seen[field.name]];
      if (value === undefined) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = value;
      else if (field.options) {
        const wanted = field.multiple ? value : [value];
        for (const [key, label] of wanted) if (![...field.options].some((option) => option.value === key)) field.add(new Option(label, key));
        for (const option of field.options) option.selected = wanted.some(([key]) => key === option.value);
      } else field.value = value;
      field.dispatchEvent(new CustomEvent("zk-set", { bubbles: true }));
    }
  }

  discard(note) {
    sessionStorage.removeItem(this.key);
    this.apply(JSON.parse(this.untouched));
    this.mark();
    note.remove();
  }

  forget() {
    this.sent = true;
    sessionStorage.removeItem(this.key);
    this.removeAttribute("data-changed");
  }

  submit(event) {
    if (this.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (event.defaultPrevented || this.form.matches("[hx-post], [hx-put]") || this.closest("dialog")) return;
    this.busy = true;
    event.submitter?.setAttribute("aria-busy", "true");
    // The draft goes once another page (or this one without errors) has come: see below.
    this.save();
    sessionStorage.setItem(SENT, this.key);
    this.removeAttribute("data-changed");
    this.sent = true;
    // Coming back by the back button, the form must work again.
    addEventListener("pageshow", () => {
      this.busy = this.sent = false;
      event.submitter?.removeAttribute("aria-busy");
    }, { once: true });
  }

  /** htmx has sent it and the server has taken it. */
  answered() {
    sessionStorage.removeItem(this.key);
    this.removeAttribute("data-changed");
  }

  key_(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  reset = ({ target }) => {
    if (target instanceof Element && target !== document.body && !this.contains(target) && !target.contains(this)) return;
    this.form.reset();
    for (const field of this.form.elements) field.dispatchEvent(new CustomEvent("zk-set", { bubbles: true }));
    sessionStorage.removeItem(this.key);
    this.untouched = this.snapshot();
    this.mark();
  };

  warn = (event) => {
    if (this.hasAttribute("data-changed") && !this.hasAttribute("data-no-draft") && !this.matches("[data-quiet]")) event.preventDefault();
  };
}

// What was sent is safe once a page without its errors has come.
const sent = sessionStorage.getItem(SENT);
if (sent) {
  sessionStorage.removeItem(SENT);
  if (!document.querySelector("zk-form [aria-invalid=true], .oops")) sessionStorage.removeItem(sent);
}
customElements.define("zk-form", Form);
document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, successful, xhr } }) => {
  const form = requestConfig?.elt;
  if (form?.matches?.("form") && successful && xhr.status !== 422 && xhr.status !== 409) form.closest("zk-form")?.answered?.();
});

// Ctrl+Enter saves the page's form before anything of it was touched too.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented || event.target !== document.body) return;
  document.querySelector("main .sheet zk-form form")?.requestSubmit();
});

// Where the browser cannot grow a text area by itself.
if (!CSS.supports("field-sizing", "content")) {
  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.("textarea.grow")) return;
    target.style.height = "auto";
    target.style.height = `${target.scrollHeight + 2}px`;
  });
}
