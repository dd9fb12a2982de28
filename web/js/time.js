// <time data-rel>: "3 小时前", kept true while the page stands open.
import { ago } from "./dates.js";
import { words } from "./words.js";

function refresh() {
  const now = new Date();
  for (const element of document.querySelectorAll("time[data-rel]")) {
    const text = ago(new Date(element.dateTime), now, words);
    if (text && text !== element.textContent) element.textContent = text;
  }
}

setInterval(() => document.visibilityState === "visible" && refresh(), 60_000);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
