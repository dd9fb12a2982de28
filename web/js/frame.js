// The frame: looks that apply at once and are remembered, links that post, actions by name.
import { busy, send } from "./request.js";
import { words } from "./words.js";
import { toast } from "./toast.js";

const root = document.documentElement;
const YEAR = 31_536_000;
const LOOKS = { theme: "zk-theme", density: "zk-density", rail: "zk-rail", lang: "zk-lang" };

/** Sets a look on the page and in the cookie the server reads it from. */
export function setLook(name, value) {
  document.cookie = `${LOOKS[name]}=${encodeURIComponent(value)}; path=/; max-age=${YEAR}; samesite=lax`;
  if (name !== "lang") root.dataset[name] = value;
  for (const control of document.querySelectorAll(`[data-set="${name}"]`)) {
    if (control.type === "radio") control.checked = control.value === value;
    else control.value = value;
  }
}

const acts = new Map([
  ["rail", () => setLook("rail", root.dataset.rail === "narrow" ? "wide" : "narrow")],
  ["back", () => history.back()],
  ["print", () => print()],
  ...["light", "dark", "auto"].map((value) => [`theme-${value}`, () => setLook("theme", value)]),
  ...["comfortable", "compact"].map((value) => [`density-${value}`, () => setLook("density", value)]),
]);

/** Gives `data-act="name"` a meaning. */
export const onAct = (name, call) => acts.set(name, call);
export const act = (name, source) => acts.get(name)?.(source);

async function post(link) {
  busy(1);
  try {
    const response = await send(link.href, { method: "POST" });
    if (!response.ok) return;
    if (link.closest(".toast")) {
      toast({ text: words.undone, tone: "green" });
      link.closest(".toast").remove();
      document.dispatchEvent(new CustomEvent("zk-refresh"));
    } else location.assign(response.headers.get("HX-Redirect") ?? (response.redirected ? response.url : location.href));
  } finally {
    busy(-1);
  }
}

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!plain || event.defaultPrevented) return;
  const named = event.target.closest("[data-act]");
  if (named && acts.has(named.dataset.act)) {
    event.preventDefault();
    act(named.dataset.act, named);
    return;
  }
  const posting = event.target.closest("a[data-method=post]");
  if (posting) {
    event.preventDefault();
    post(posting);
  }
});

document.addEventListener("change", ({ target }) => {
  const name = target.dataset?.set;
  if (!name) return;
  setLook(name, target.value);
  // The page's words come from the server; give its form a moment to be sent.
  if (name === "lang") setTimeout(() => location.reload(), 300);
});

// The rail is longer than a screen: where one is stands in view.
document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest" });

// Which groups and sections are open is kept in this browser.
const remembered = (details) => `zk-open:${details.dataset.remember}`;
for (const details of document.querySelectorAll("details[data-remember]")) {
  const kept = localStorage.getItem(remembered(details));
  if (kept && !details.querySelector("[aria-invalid=true]")) details.open = kept === "1";
}
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.("details[data-remember]")) localStorage.setItem(remembered(target), target.open ? "1" : "0");
}, true);
