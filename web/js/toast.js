// Short messages at the foot of the page, with what to do about them.
import { h, icon } from "./dom.js";
import { words } from "./words.js";

const STAY = 6000;

function shelf() {
  const found = document.querySelector("zk-toasts") ?? document.body.appendChild(document.createElement("zk-toasts"));
  found.setAttribute("role", "status");
  found.setAttribute("aria-live", "polite");
  return found;
}

/** Shown again, it comes to lie over an open dialog. */
function raise(element) {
  if (!element.showPopover) return;
  element.setAttribute("popover", "manual");
  if (element.matches(":popover-open")) element.hidePopover();
  element.showPopover();
}

function dismissLater(element, stay) {
  let timer;
  const leave = () => {
    element.classList.add("leaving");
    setTimeout(() => element.remove(), 200);
  };
  const start = () => (timer = setTimeout(leave, stay));
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("pointerleave", start);
  element.addEventListener("click", (event) => event.target.closest("[data-close]") && leave());
  start();
}

/** `undo`: an address to post to; `url` with `link`: somewhere to go; `action`: `{label, call}`; `key`: replaces a toast with the same key. */
export function toast({ text, tone = "blue", undo, url, link = words.open, action, key, stay = STAY }) {
  const home = shelf();
  if (key) home.querySelector(`[data-toast="${CSS.escape(key)}"]`)?.remove();
  const element = h("div.toast", { "data-tone": tone, "data-toast": key },
    h("span", {}, text),
    url && h("a", { href: url }, link),
    undo && h("a", { href: undo, "data-method": "post" }, words.undo),
    action && h("button", { type: "button", "data-close": "", onclick: action.call }, action.label),
    h("button", { type: "button", "data-close": "", "aria-label": words.close }, icon("x", "icon-sm")));
  home.append(element);
  raise(home);
  dismissLater(element, undo || action ? stay * 1.5 : stay);
  return element;
}

class Toasts extends HTMLElement {
  connectedCallback() {
    shelf();
    for (const element of this.querySelectorAll(".toast")) dismissLater(element, STAY * 1.5);
  }
}
customElements.define("zk-toasts", Toasts);

document.addEventListener("zk-toast", ({ detail }) => toast(detail));
