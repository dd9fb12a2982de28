// On a phone one column is shown at a time, chosen by tabs.

const narrow = matchMedia("(max-width: 640px)");

export function tabs(board, signal) {
  const links = () => [...board.querySelectorAll(".board-tabs .tab")];

  const show = (key) => {
    for (const column of board.columns) column.classList.toggle("current", column.dataset.stage === key);
    for (const link of links()) {
      if (link.dataset.column === key) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (narrow.matches) links().find(({ dataset }) => dataset.column === key)?.scrollIntoView({ block: "nearest", inline: "center" });
  };

  board.addEventListener("click", (event) => {
    const link = event.target.closest(".board-tabs .tab");
    if (!link) return;
    event.preventDefault();
    show(link.dataset.column);
  }, { signal });
  board.isNarrow = () => narrow.matches;
  // the first column with something in it
  const first = board.columns.find((column) => column.querySelector(".board-card")) ?? board.columns[0];
  if (first) show(first.dataset.stage);
}
