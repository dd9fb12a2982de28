// <zk-copy value="…" label="复制电话">: one press copies.
import { h, icon } from "./dom.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

/** The clipboard needs a secure origin; an office server on plain HTTP has none, so the old way stays. */
async function copy(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  const area = h("textarea.sr", { value: text });
  document.body.append(area);
  area.value = text;
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy refused");
  return undefined;
}

class Copy extends HTMLElement {
  connectedCallback() {
    if (this.firstElementChild) return;
    const button = h("button.icon-btn.icon-btn-sm", { type: "button", "aria-label": this.getAttribute("label") ?? words.copy, title: this.getAttribute("label") ?? words.copy }, icon("copy", "icon-sm"));
    button.addEventListener("click", async (event) => {
      event.stopPropagation();
      try {
        await copy(this.getAttribute("value"));
        button.replaceChildren(icon("check", "icon-sm"));
        setTimeout(() => button.replaceChildren(icon("copy", "icon-sm")), 1500);
        toast({ text: `${words.copied} ${this.getAttribute("value")}`, tone: "green", key: "copy", stay: 2500 });
      } catch {
        toast({ text: words.copyFailed, tone: "red" });
      }
    });
    this.append(button);
  }
}
customElements.define("zk-copy", Copy);
