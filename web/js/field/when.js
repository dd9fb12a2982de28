// <zk-when>: one press for the usual next times.
import { h } from "../dom.js";
import { isoDay, isoMinute, presets } from "../dates.js";
import { words } from "../words.js";

class When extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    if (!input || this.buttons) return;
    const write = input.type === "date" ? isoDay : isoMinute;
    const show = () => {
      const times = presets(new Date());
      for (const button of this.buttons) button.setAttribute("aria-pressed", String(input.value === write(times[button.value])));
    };
    this.buttons = Object.keys(presets(new Date())).map((name) => h("button.when-preset", {
      type: "button", value: name, "aria-pressed": "false",
      onclick: () => {
        const value = write(presets(new Date())[name]);
        input.value = input.value === value ? "" : value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
      },
    }, words[name]));
    this.append(h("div.when", {}, ...this.buttons, input));
    for (const name of ["input", "zk-set"]) input.addEventListener(name, show);
    show();
  }
}
customElements.define("zk-when", When);
