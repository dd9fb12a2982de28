// <zk-live>: what colleagues change appears without reloading; never over something the user is typing.
import { debounce } from "./dom.js";
import { morph } from "./morph.js";
import { htmx, send, tab } from "./request.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

const WAIT = 300;
const touched = new Map();

const matches = (element, { object, id }) => element.dataset.live.split(/\s+/).some((wanted) => wanted === object || wanted === `${object}:${id}`);
const address = (element) => element.dataset.liveUrl ?? location.href;
const editing = (element) => !!element.querySelector(".editing, zk-form[data-changed]") || (element.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox]), textarea, select"));

/** `force`: the user has asked for it, whatever is being typed. */
async function refresh(url, parts, { force = false } = {}) {
  const response = await send(url, { headers: { "Zk-Frame": "live" } }).catch(() => null);
  if (!response?.ok) return;
  // A template reads whole pages and bare table rows alike.
  const page = document.createElement("template");
  page.innerHTML = await response.text();
  for (const [element, event] of parts) {
    const fresh = element.id && page.content.getElementById(element.id);
    // Editing may have begun while the answer was under way.
    if (!element.isConnected || (!force && editing(element))) continue;
    if (fresh) {
      morph(element, fresh);
      const standing = document.getElementById(element.id);
      if (standing) htmx.process(standing);
    } else if (event.kind === "deleted" && element.dataset.live === `${event.object}:${event.id}`) element.remove();
  }
}

const flush = debounce(() => {
  const byUrl = new Map();
  for (const [element, event] of touched) {
    if (!element.isConnected) continue;
    if (editing(element)) {
      toast({ text: words.updatedBy(event.by), key: `live:${element.id}`, stay: 20_000, action: { label: words.refresh, call: () => refresh(address(element), [[element, event]], { force: true }) } });
      continue;
    }
    byUrl.set(address(element), [...(byUrl.get(address(element)) ?? []), [element, event]]);
  }
  touched.clear();
  for (const [url, parts] of byUrl) refresh(url, parts);
}, WAIT);

function touch(event) {
  if (event.tab && event.tab === tab) return;
  for (const element of document.querySelectorAll("[data-live]")) if (matches(element, event)) touched.set(element, event);
  if (touched.size) flush();
}

class Live extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    const url = new URL(this.getAttribute("src"), location.href).href;
    // Browsers allow six connections to one host over HTTP/1.1: with many tabs open, one listens and tells the others.
    this.channel = "BroadcastChannel" in window && navigator.locks ? new BroadcastChannel(`zk-live:${url}`) : null;
    if (this.channel) {
      this.channel.onmessage = ({ data }) => touch(data);
      navigator.locks.request(`zk-live:${url}`, { signal }, () => new Promise((done) => {
        this.listen(url);
        signal.addEventListener("abort", done);
      })).catch(() => {});
    } else this.listen(url);
    // An open connection keeps a page out of the back-forward cache.
    addEventListener("pagehide", () => this.source?.close(), { signal });
    addEventListener("pageshow", (event) => event.persisted && (this.source ? this.listen(url) : null), { signal });
  }

  listen(url) {
    this.source?.close();
    this.source = new EventSource(url);
    this.source.addEventListener("record", ({ data }) => {
      const event = JSON.parse(data);
      this.channel?.postMessage(event);
      touch(event);
    });
  }

  disconnectedCallback() {
    this.leaving?.abort();
    this.source?.close();
    this.channel?.close();
  }
}
customElements.define("zk-live", Live);

// A record saved in a dialog, or an undo, refreshes what shows it.
document.addEventListener("zk-saved", ({ detail }) => detail.object && touch(detail));
document.addEventListener("zk-refresh", () => {
  const elements = [...document.querySelectorAll("[data-live]")];
  if (elements.some(({ dataset }) => dataset.liveUrl) || !elements.length) location.reload();
  else refresh(location.href, elements.filter((element) => !editing(element)).map((element) => [element, {}]));
});
