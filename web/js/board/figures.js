// What stands above the columns: counts and sums, fetched after the page and after each move.
import { debounce } from "../dom.js";
import { send } from "../request.js";

const WAIT = 400;

export class Figures {
  constructor(board) {
    this.board = board;
    this.soon = debounce(() => this.read(), WAIT);
  }

  async read() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const response = await send(this.board.dataset.figures, { headers: { "Zk-Frame": "live" }, quiet: true }).catch(() => null);
    const said = response?.ok ? await response.json() : null;
    // an answer that was overtaken says what was
    if (!said || turn !== this.turn || !this.board.isConnected) return;
    for (const element of this.board.querySelectorAll("[data-count]")) element.textContent = said[element.dataset.count]?.count ?? "0";
    for (const element of this.board.querySelectorAll("[data-sum]")) element.textContent = said[element.dataset.sum]?.sum ?? "";
  }

  /** One card from here to there, before the server has counted. */
  shift(from, to) {
    for (const [key, by] of [[from, -1], [to, 1]]) {
      for (const element of this.board.querySelectorAll(`[data-count="${CSS.escape(key)}"]`)) {
        const count = Number(element.textContent.replaceAll(",", ""));
        if (element.textContent && Number.isFinite(count)) element.textContent = Math.max(0, count + by).toLocaleString("en-US");
      }
    }
  }
}
