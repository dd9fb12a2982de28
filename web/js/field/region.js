// <zk-region>: province, city and district as three linked selects over one GB/T 2260 code.
import { h } from "../dom.js";
import { send } from "../request.js";
import { words } from "../words.js";

const known = new Map();
async function children(url, parent) {
  const address = `${url}${url.includes("?") ? "&" : "?"}parent=${parent}`;
  if (!known.has(address)) known.set(address, send(address).then((response) => (response.ok ? response.json() : [])).catch(() => []));
  return known.get(address);
}

/** 370000 holds 370202: the code without the zeros below its level is a prefix. */
const holds = (code, value) => !!value && value.startsWith(code.replace(/(00)+$/, ""));

class Region extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    if (!this.input || this.selects || !this.dataset.url) return;
    this.selects = [words.province, words.city, words.district].map((name, level) => h("select.input", { "aria-label": name, onchange: (event) => this.chosen(event, level) }));
    if (this.input.id) {
      this.selects[0].id = this.input.id;
      this.input.removeAttribute("id");
    }
    this.input.type = "hidden";
    this.append(h("div.region", {}, ...this.selects));
    this.input.addEventListener("zk-set", () => this.fill());
    this.fill();
  }

  async fill() {
    const { value } = this.input;
    let parent = "";
    for (const [level, select] of this.selects.entries()) {
      const items = parent === null ? [] : await children(this.dataset.url, parent);
      select.replaceChildren(new Option([words.province, words.city, words.district][level], ""), ...items.map(({ code, name }) => new Option(name, code)));
      select.disabled = items.length === 0;
      const found = items.find(({ code }) => holds(code, value));
      select.value = found?.code ?? "";
      parent = found && !found.leaf ? found.code : null;
    }
  }

  async chosen(event, level) {
    event.stopPropagation();
    this.input.value = this.selects[level].value || this.selects[level - 1]?.value || "";
    await this.fill();
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
customElements.define("zk-region", Region);
