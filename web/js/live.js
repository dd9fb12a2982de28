// <zk-live>: what colleagues change appears without reloading; never over something the user is typing or dragging.
import { debounce } from "./dom.js";
import { morph } from "./morph.js";
import { changing, htmx, send } from "./request.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

const WAIT = 300;
/** After a flood every open page reads again, over these milliseconds: not all in one moment. */
const SPREAD = 5000;
/** So many rows the server reads at once. */
const ROWS = 100;
/** Parts to read again, each with the last event that said so. */
const touched = new Map();

const matches = (element, { object, id }) => element.dataset.live.split(/\s+/).some((wanted) => wanted === object || wanted === `${object}:${id}`);
const address = (element) => element.dataset.liveUrl ?? location.href;
const isRow = (element) => element.matches("zk-table tr[data-id]");
/** Something of it hangs on a mouse or a finger: it is read again when it has been put down. */
const dragging = (element) => !!element.querySelector(".dragged");
const editing = (element) => !!element.querySelector(".editing, zk-form[data-changed]") || (element.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox]), textarea, select"));

async function read(url) {
  const response = await send(url, { headers: { "Zk-Frame": "live" }, quiet: true }).catch(() => null);
  if (!response?.ok) return null;
  // A template reads whole pages and bare table rows alike.
  const page = document.createElement("template");
  page.innerHTML = await response.text();
  return page.content;
}

function put(element, fresh, event) {
  // The user may have begun to type or to drag while the answer was under way.
  if (editing(element) || dragging(element)) return touch(element, event);
  morph(element, fresh);
  const standing = document.getElementById(element.id);
  if (standing) htmx.process(standing);
  return undefined;
}

async function refresh(url, parts) {
  const page = await read(url);
  for (const [element, event] of page ? parts : []) {
    const fresh = element.isConnected && element.id && page.getElementById(element.id);
    if (fresh) put(element, fresh, event);
    // A line of a table that the page does not hold any more: restored from the recycle bin, or gone for good.
    else if (element.isConnected && element.matches("tr[id]")) element.remove();
  }
}

/** Rows of a list, whichever page of it they came with. What the list does not hold any more goes. */
async function refreshRows(parts) {
  const url = new URL(location.href);
  url.searchParams.delete("after");
  url.searchParams.set("ids", parts.map(([element]) => element.dataset.id).join(","));
  const page = await read(url.href);
  for (const [element, event] of page ? parts : []) {
    if (!element.isConnected) continue;
    const fresh = page.getElementById(element.id);
    const table = element.closest("zk-table");
    if (fresh) put(element, fresh, event);
    else element.remove();
    table?.count?.();
  }
}

const flush = debounce(() => {
  // Nobody is looking: it is read when somebody does.
  if (document.hidden) return;
  const rows = [];
  const byUrl = new Map();
  for (const [element, event] of touched) {
    const known = element.isConnected && event.kind !== "refetch";
    if (element.isConnected && dragging(element)) {
      flush();
      continue;
    }
    if (element.isConnected && editing(element)) {
      // Whether it has changed at all is not known after a gap: that waits until the editing ends.
      if (!known) continue;
      if (!event.own) toast({ text: words.updatedBy(event.by?.name), key: `live:${element.id}`, stay: 20_000, action: { label: words.refresh, call: () => refresh(address(element), [[element, event]]) } });
    } else if (element.isConnected) {
      if (isRow(element)) rows.push([element, event]);
      else byUrl.set(address(element), [...(byUrl.get(address(element)) ?? []), [element, event]]);
    }
    touched.delete(element);
  }
  for (const [url, parts] of byUrl) refresh(url, parts);
  for (let at = 0; at < rows.length; at += ROWS) refreshRows(rows.slice(at, at + ROWS));
}, WAIT);

function touch(element, event) {
  touched.set(element, event);
  flush();
}

/** What is done with an event: `own`, this tab made the change, and the answer to it has shown the row or field itself. */
function hear(event) {
  const own = event.own || (event.mine && changing());
  // boards place their cards themselves
  document.dispatchEvent(new CustomEvent("zk-live", { detail: { ...event, own } }));
  const page = document.querySelector("main[data-object]");
  // sums of the open record follow what one does to its lines
  const counts = own && page?.dataset.id && page.dataset.object !== event.object;
  for (const element of document.querySelectorAll("[data-live]")) {
    if ((matches(element, event) && !(own && isRow(element))) || (counts && matches(element, page.dataset))) touch(element, { ...event, own });
  }
  if (!own) news(event);
  if (["delete", "purge"].includes(event.kind) && !own && page?.dataset.object === event.object && page.dataset.id === event.id) toast({ text: words.deletedBy(event.by?.name), tone: "amber", key: "live:gone", stay: 60_000 });
  // Its address leads to the one that it went into.
  if (event.kind === "merged" && !own && page?.dataset.object === event.object && page.dataset.id === event.id) toast({ text: words.mergedBy(event.by?.name), tone: "amber", key: "live:gone", stay: 60_000, action: { label: words.open, call: () => location.reload() } });
}

// A list does not move under the reader: what came in is counted above it, and a click shows it.

/** Records that may belong to the open list, not yet asked for. */
const heard = new Set();
/** Those that do, of the bar that counts them. */
let arrived = { bar: null, ids: new Set() };

/** A record made or brought back; one that was changed too, where the whole list is here and so would hold it. */
function news({ kind, object, id }) {
  const bar = document.querySelector("[data-news]");
  if (bar?.dataset.news !== object || document.getElementById(`r-${id}`)) return;
  const whole = !document.querySelector("zk-table tr.more");
  if (["delete", "purge", "merged"].includes(kind)) arrived.ids.delete(id);
  else if (["create", "restore", "unmerge"].includes(kind) || whole) heard.add(id);
  ask();
}

const ask = debounce(async () => {
  const bar = document.querySelector("[data-news]");
  if (!bar || document.hidden) return;
  const ids = [...heard].slice(0, ROWS);
  heard.clear();
  if (arrived.bar !== bar) arrived = { bar, ids: new Set() };
  if (ids.length) {
    // The server says which of them this list would show, to this user.
    const url = new URL(location.href);
    url.searchParams.delete("after");
    url.searchParams.set("ids", ids.join(","));
    const page = await read(url.href);
    for (const row of page?.querySelectorAll("tr[data-id]") ?? []) if (!document.getElementById(row.id)) arrived.ids.add(row.dataset.id);
  }
  const count = arrived.ids.size;
  if (!bar.isConnected) return;
  bar.hidden = !count;
  bar.firstElementChild.textContent = words.newRows(count);
}, WAIT * 3);

/** Reads everything shown again. */
function readAgain() {
  document.dispatchEvent(new CustomEvent("zk-live", { detail: { kind: "refetch" } }));
  for (const element of document.querySelectorAll("[data-live]")) touch(element, { kind: "refetch" });
}

let catching;
/** Something may have been missed. */
function catchUp() {
  catching ??= setTimeout(() => {
    catching = undefined;
    readAgain();
    const bar = document.querySelector("[data-news]");
    if (!bar) return;
    // How many came meanwhile is not known.
    bar.hidden = false;
    bar.firstElementChild.textContent = words.maybeRows;
  }, Math.random() * SPREAD);
}

// Who goes back is shown what the browser kept, however old.
if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") addEventListener("load", readAgain);

const told = (message) => (message.kind === "refetch" ? catchUp() : hear(message));

class Live extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    const url = new URL(this.getAttribute("src"), location.href).href;
    const began = performance.now();
    // Browsers allow six connections to one host over HTTP/1.1: with many tabs open, one listens and tells the others.
    this.channel = "BroadcastChannel" in window && navigator.locks ? new BroadcastChannel(`zk-live:${url}`) : null;
    if (this.channel) {
      this.channel.onmessage = ({ data }) => told(data);
      navigator.locks.request(`zk-live:${url}`, { signal }, () => new Promise((done) => {
        this.listen(url);
        signal.addEventListener("abort", done);
        // The tab that listened until now was closed: what came between the two was told to nobody.
        if (performance.now() - began > SPREAD) this.pass({ kind: "refetch" });
      })).catch(() => {});
    } else this.listen(url);
    document.addEventListener("visibilitychange", () => {
      if (touched.size) flush();
      if (heard.size) ask();
    }, { signal });
    document.addEventListener("focusout", () => touched.size && flush(), { signal });
    // An open connection keeps a page out of the back-forward cache.
    addEventListener("pagehide", () => this.source?.close(), { signal });
    addEventListener("pageshow", ({ persisted }) => {
      if (!persisted) return;
      if (this.source) this.listen(url);
      catchUp();
    }, { signal });
  }

  listen(url) {
    this.source?.close();
    this.source = new EventSource(url);
    this.source.addEventListener("record", ({ data }) => this.pass(JSON.parse(data)));
    this.source.addEventListener("refetch", () => this.pass({ kind: "refetch" }));
  }

  pass(message) {
    this.channel?.postMessage(message);
    told(message);
  }

  disconnectedCallback() {
    this.leaving?.abort();
    this.source?.close();
    this.channel?.close();
  }
}
customElements.define("zk-live", Live);

// A record saved in a dialog refreshes what shows it.
document.addEventListener("zk-saved", ({ detail }) => detail.object && hear({ ...detail, own: true }));
// After an undo: rows that come back are in no part of the page, so that a list is loaded again.
document.addEventListener("zk-refresh", () => {
  const elements = [...document.querySelectorAll("[data-live]")];
  if (!elements.length || elements.some((element) => element.dataset.liveUrl || isRow(element))) location.reload();
  else refresh(location.href, elements.filter((element) => !editing(element)).map((element) => [element, { own: true }]));
});
