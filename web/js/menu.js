// Menus are native popovers; this puts them under their button and gives them arrow keys.
import { placeUnder } from "./dom.js";

let opener = null;
document.addEventListener("click", ({ target }) => {
  opener = target.closest?.("[popovertarget]") ?? opener;
}, true);

const openerOf = (menu) => (opener?.isConnected && opener.getAttribute("popovertarget") === menu.id ? opener : document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`));
const items = (menu) => [...menu.querySelectorAll(".menu-item:not([aria-disabled=true])")];

document.addEventListener("beforetoggle", ({ target, newState }) => {
  if (target.matches?.(".menu[popover]") && newState === "open") target.style.visibility = "hidden";
}, true);

document.addEventListener("toggle", ({ target, newState }) => {
  if (!target.matches?.(".menu[popover]")) return;
  const button = openerOf(target);
  button?.setAttribute("aria-expanded", String(newState === "open"));
  if (newState !== "open") return;
  if (button) placeUnder(target, button, { end: target.dataset.align === "end" });
  target.style.visibility = "";
  if (button?.matches(":focus-visible")) items(target)[0]?.focus();
  target.querySelector("[autofocus]")?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]:not(.panel)");
  const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
  if (!menu || step === undefined) return;
  const all = items(menu);
  const at = all.indexOf(event.target.closest(".menu-item"));
  const next = Number.isFinite(step) ? (at + step + all.length) % all.length : step < 0 ? 0 : all.length - 1;
  event.preventDefault();
  all[next]?.focus();
});

/** A menu that stands still while the page moves under it would point at nothing. */
addEventListener("scroll", ({ target }) => {
  for (const menu of document.querySelectorAll(".menu[popover]:popover-open")) {
    if (!menu.contains(target)) menu.hidePopover();
  }
}, { capture: true, passive: true });
document.addEventListener("click", ({ target }) => {
  const item = target.closest?.(".menu-item");
  if (item && !item.querySelector("input")) item.closest("[popover]")?.hidePopover?.();
});
