// Dialogs and the drawer: a page's `.sheet` shown over this page, saved without leaving it.
import { h, icon } from "./dom.js";
import { onAct } from "./frame.js";
import { fireTriggers, htmx, send } from "./request.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

/** Open sheets, the topmost last: a picker in a drawer may open a dialog. */
const open = [];

function frame(kind) {
  const body = h("div");
  const dialog = h(`dialog.${kind}`, {}, body);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    open.splice(open.indexOf(sheet), 1);
    dialog.remove();
  });
  dialog.addEventListener("cancel", (event) => {
    if (event.target === dialog && !mayClose(dialog)) event.preventDefault();
  });
  // A press on the scrim closes; a drag that began inside (selecting text) does not.
  let outside = false;
  dialog.addEventListener("pointerdown", (event) => (outside = event.target === dialog));
  dialog.addEventListener("click", (event) => {
    if ((event.target === dialog && outside) || event.target.closest("[data-close]")) close(sheet);
  });
  // Ctrl+Enter saves from wherever one is in it; a form hears it itself.
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    dialog.querySelector("zk-form form")?.requestSubmit();
  });
  const sheet = { kind, dialog, body, saved: null };
  open.push(sheet);
  return sheet;
}

const mayClose = (dialog) => !dialog.querySelector("zk-form[data-changed]") || confirm(`${words.leave}。${words.close}？`);

export function close(sheet, { force = false } = {}) {
  if (force || mayClose(sheet.dialog)) sheet.dialog.close();
}

const waiting = () => h("div.sheet-wait", { role: "status", "aria-label": words.loading }, ...["skel-w2", "", "skel-w3", "skel-w2"].map((width) => h(`span.skel${width && `.${width}`}`)));

function fill(sheet, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const found = page.querySelector(".sheet");
  if (!found) return false;
  const element = document.importNode(found, true);
  const head = element.querySelector(".sheet-head");
  head?.append(h("button.icon-btn.icon-btn-sm", { type: "button", "data-close": "", "aria-label": words.close }, icon("x")));
  sheet.body.replaceChildren(element);
  const title = element.querySelector("h1, h2");
  if (title) sheet.dialog.setAttribute("aria-label", title.textContent.trim());
  htmx.process(element);
  first(element)?.focus();
  return true;
}

/** Where one begins: at what is wrong, at what must be filled and is empty, else at the top. */
function first(element) {
  const typed = "input:not([type=hidden]):not([type=radio]), select:not([hidden]), textarea";
  const empty = [...element.querySelectorAll(".field.required")].flatMap((field) => [...field.querySelectorAll(typed)].slice(0, 1)).find(({ value }) => !value);
  return element.querySelector("[aria-invalid=true], [autofocus]") ?? empty ?? element.querySelector(`${typed}, a.menu-item, a.row`);
}

/** Opens `url`'s sheet; `saved` is called with the new record's detail. */
export async function openSheet(kind, url, { method = "GET", body, saved = null } = {}) {
  const sheet = frame(kind);
  sheet.saved = saved;
  sheet.body.append(waiting());
  sheet.dialog.showModal();
  try {
    const response = await send(url, { method, body, headers: { "Zk-Frame": kind } });
    if (response.ok || response.status === 422 || response.status === 409) {
      if (!fill(sheet, await response.text())) location.assign(response.url);
    } else close(sheet, { force: true });
  } catch {
    close(sheet, { force: true });
  }
}

/** Shows a `.sheet` that came as an answer; `saved` is called when it was taken, `closed` in any case. */
export function openAnswer(kind, html, { saved = null, closed = null } = {}) {
  const sheet = frame(kind);
  sheet.saved = saved;
  sheet.dialog.addEventListener("close", () => closed?.());
  sheet.dialog.showModal();
  if (!fill(sheet, html)) close(sheet, { force: true });
}

async function submit(sheet, form, submitter) {
  const method = submitter?.getAttribute("formmethod") ?? form.getAttribute("method") ?? "GET";
  form.setAttribute("aria-busy", "true");
  submitter?.setAttribute("aria-busy", "true");
  try {
    const url = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
    const response = await send(url, { method, body: new FormData(form, submitter), headers: { "Zk-Frame": sheet.kind } });
    const leave = response.headers.get("HX-Redirect");
    if (response.ok) form.dispatchEvent(new CustomEvent("zk-sent", { bubbles: true }));
    if (leave) location.assign(leave);
    else if (response.status === 204) {
      fireTriggers(response, form);
      if (sheet.dialog.isConnected) close(sheet, { force: true });
    } else if (response.ok || response.status === 422 || response.status === 409) {
      fireTriggers(response, form);
      if (sheet.dialog.isConnected && !fill(sheet, await response.text())) location.assign(response.url);
    }
  } catch {
    // `send` has told the user; the form stays as it is.
  } finally {
    form.removeAttribute("aria-busy");
    submitter?.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const sheet = open.find(({ dialog }) => dialog.contains(form));
  if (!sheet || event.defaultPrevented || form.matches("[hx-post], [hx-get], [hx-put], [target]")) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") !== "true") submit(sheet, form, event.submitter);
});

document.addEventListener("zk-saved", ({ target, detail }) => {
  const sheet = open.find(({ dialog }) => dialog.contains(target));
  toast({ text: detail.text ?? words.copied, tone: "green", url: sheet?.saved ? null : detail.url, undo: detail.undo });
  sheet?.saved?.(detail);
  if (sheet) close(sheet, { force: true });
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog], [data-drawer]");
  if (!opener || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const kind = opener.hasAttribute("data-drawer") ? "drawer" : "dialog";
  opener.closest("[popover]:popover-open")?.hidePopover();
  opener.closest("dialog.palette")?.close();
  const within = opener.closest("dialog.drawer, dialog.dialog");
  if (opener.form) openSheet(kind, opener.getAttribute("formaction") ?? opener.form.action, { method: opener.getAttribute("formmethod") ?? opener.form.method, body: new FormData(opener.form) });
  else openSheet(kind, opener.href);
  // A list of what may be created gives way to the form it leads to.
  if (within && opener.matches("a.row, a.menu-item")) close(open.find(({ dialog }) => dialog === within), { force: true });
});

onAct("create", (source) => openSheet("drawer", document.body.dataset.create ?? source?.href ?? "/create"));
