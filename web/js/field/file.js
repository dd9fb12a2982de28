// <zk-file>: a native file field as a drop area, with what was chosen under it.
import { h, icon } from "../dom.js";
import { words } from "../words.js";

const UNITS = ["B", "kB", "MB", "GB"];
function size(bytes) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power && bytes / 1000 ** power < 10 ? 1 : 0)} ${UNITS[power]}`;
}

class File_ extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    if (!this.input || this.area) return;
    const text = h("span");
    text.innerHTML = words.drop;
    this.area = h("label.drop", {}, icon("upload", "icon-lg"), text, this.dataset.hint && h("small", {}, this.dataset.hint), this.input);
    this.files = h("ul.drop-files", { "aria-live": "polite" });
    this.append(this.area, this.files);
    let depth = 0;
    const over = (by) => this.area.classList.toggle("over", (depth = Math.max(0, depth + by)) > 0);
    this.area.addEventListener("dragenter", () => over(1));
    this.area.addEventListener("dragleave", () => over(-1));
    this.area.addEventListener("dragover", (event) => event.preventDefault());
    this.area.addEventListener("drop", (event) => {
      event.preventDefault();
      over(-depth);
      const taken = new DataTransfer();
      for (const file of [...event.dataTransfer.files].slice(0, this.input.multiple ? undefined : 1)) taken.items.add(file);
      this.input.files = taken.files;
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    this.input.addEventListener("change", () => this.show());
  }

  show() {
    this.files.replaceChildren(...[...this.input.files].map((file) => h("li.drop-file", {}, icon("file"), h("span", {}, file.name), h("small", {}, size(file.size)))));
    if (this.hasAttribute("data-submit") && this.input.files.length) this.input.form?.requestSubmit();
  }
}
customElements.define("zk-file", File_);
