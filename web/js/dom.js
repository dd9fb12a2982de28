// Small tools for building elements.

const sprite = new URL(ICONS, import.meta.url).pathname;

/** `h("button.btn", {type: "button", onclick}, "text", child)`; `null` children and attributes are left out. */
export function h(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null));
  return element;
}

export function icon(name, size = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${size}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

let last = 0;
/** An id for an element that needs one to be pointed at. */
export const freshId = (stem) => `${stem}-${++last}`;

export const isTyping = (target) => target instanceof Element && !!target.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable=true]");

/** Waits until calls stop for `wait` ms. */
export function debounce(call, wait) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...values), wait);
  };
}

/** Places a floating element under (or over) its anchor, inside the window. */
export function placeUnder(floating, anchor, { end = false, gap = 4, sameWidth = false } = {}) {
  const at = anchor.getBoundingClientRect();
  if (sameWidth) floating.style.width = `${Math.max(at.width, 200)}px`;
  floating.classList.add("placed");
  const { offsetWidth: width, offsetHeight: height } = floating;
  const left = Math.max(8, Math.min(end ? at.right - width : at.left, innerWidth - width - 8));
  const below = innerHeight - at.bottom - gap - 8;
  const top = height <= below || at.top < below ? at.bottom + gap : Math.max(8, at.top - gap - height);
  floating.style.left = `${left}px`;
  floating.style.top = `${top}px`;
}
