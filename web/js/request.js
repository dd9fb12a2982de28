// Requests: htmx set up for a strict Content-Security-Policy, and one `send` for everything else.
import htmx from "htmx.org";
import { morph } from "./morph.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false,
  // Without "style": copying that attribute is an inline style to the policy.
  attributesToSettle: ["class", "width", "height"],
  // Pages hold customers' data: they are never put into the browser's storage. Going back asks the server again.
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "409|422|429", swap: true, error: false },
    { code: "[45]..", swap: false, error: true },
  ],
});

htmx.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph" || style === "morph:outerHTML",
  handleSwap(style, target, fragment) {
    if (!style.startsWith("morph")) return false;
    return morph(target, fragment.children, style === "morph:innerHTML" ? "innerHTML" : "outerHTML");
  },
});
document.body.setAttribute("hx-ext", "morph");

/** So long after this tab's own request the news of what it did may arrive. */
const ECHO = 2000;
let acted = -Infinity;
const acts = (method) => method.toUpperCase() !== "GET" && (acted = performance.now());
/** Whether this tab has just changed something, so that a change by its user is most likely that one. */
export const changing = () => performance.now() - acted < ECHO;

function standing() {
  const csrf = document.querySelector('meta[name="csrf"]')?.content;
  return csrf ? { "X-CSRF-Token": csrf } : {};
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  Object.assign(detail.headers, standing());
  acts(detail.verb);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => acts(detail.requestConfig.verb));

/** `fetch` as htmx would do it; a body may be FormData, sent as a plain form where it holds no file. `quiet`: nobody asked for it,
 * so that nobody is told of its failure. */
export async function send(url, { method = "GET", body, headers = {}, quiet = false } = {}) {
  let target = url;
  let payload = body;
  if (body instanceof FormData && ![...body.values()].some((value) => value instanceof File && value.size)) payload = new URLSearchParams([...body].filter(([, value]) => typeof value === "string"));
  if (method.toUpperCase() === "GET" && payload) {
    target += (url.includes("?") ? "&" : "?") + payload;
    payload = undefined;
  }
  acts(method);
  try {
    const response = await fetch(target, { method, body: payload, headers: { "HX-Request": "true", ...standing(), ...headers }, credentials: "same-origin" });
    acts(method);
    if (quiet) return response;
    if (response.status === 401) signIn();
    else if (!response.ok && response.status !== 422 && response.status !== 409) tellFailure(await response.text());
    return response;
  } catch (error) {
    if (!quiet) toast({ text: words.offline, tone: "red" });
    throw error;
  }
}

/** Fires the events an answer's `HX-Trigger` names. */
export function fireTriggers(response, element) {
  const header = response.headers.get("HX-Trigger");
  if (!header) return;
  const events = header.startsWith("{") ? JSON.parse(header) : Object.fromEntries(header.split(",").map((name) => [name.trim(), {}]));
  for (const [name, detail] of Object.entries(events)) element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

function tellFailure(text) {
  let said = words.failed;
  try {
    const problem = JSON.parse(text);
    said = problem.detail ?? problem.title ?? said;
  } catch {
    // A page, not problem+json: the general words do.
  }
  toast({ text: said, tone: "red" });
}

const signIn = () => location.assign(`/signin?next=${encodeURIComponent(location.pathname + location.search)}`);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const json = detail.xhr.getResponseHeader("Content-Type")?.includes("json");
  if (json && detail.xhr.status >= 400) {
    detail.shouldSwap = false;
    tellFailure(detail.xhr.responseText);
  }
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status === 401) signIn();
  else if (!detail.xhr.getResponseHeader("Content-Type")?.includes("json")) tellFailure(detail.xhr.responseText);
});
document.addEventListener("htmx:sendError", () => toast({ text: words.offline, tone: "red" }));

// A thin bar for what the user asked for and waits for; styles keep it unseen for the first 150 ms.
let waiting = 0;
const bar = document.createElement("div");
bar.className = "loading-bar";
const asked = (element) => element.matches("a, button, form, [data-field]") && !element.closest("[hx-trigger*='every']");
export function busy(change) {
  waiting = Math.max(0, waiting + change);
  if (waiting) document.body.append(bar);
  else bar.remove();
}
// By the request, not the element: the answer may have replaced that.
const under = new Set();
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!asked(detail.elt)) return;
  under.add(detail.xhr);
  busy(1);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => under.delete(detail.xhr) && busy(-1));

export { htmx };
