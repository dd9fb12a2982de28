// Where one was in a list, for coming back to it: how many rows were loaded and how far they were scrolled.

const key = () => `zk-place:${location.pathname}${location.search}`;

export function keepPlace(scroller, signal) {
  const rows = () => scroller.querySelectorAll("tbody > tr[data-id]").length;
  const save = () => sessionStorage.setItem(key(), JSON.stringify({ top: scroller.scrollTop, rows: rows() }));
  addEventListener("pagehide", save, { signal });
  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation?.type !== "back_forward" || scroller.dataset.restored) return;
  scroller.dataset.restored = "1";
  const kept = JSON.parse(sessionStorage.getItem(key()) ?? "null");
  if (!kept?.top) return;
  const go = () => {
    const sentinel = scroller.querySelector("tr.more");
    // Reaching the sentinel loads the next rows, until as many stand there as before.
    scroller.scrollTop = sentinel && rows() < kept.rows ? scroller.scrollHeight : kept.top;
    if (!sentinel || rows() >= kept.rows) document.removeEventListener("htmx:afterSettle", go);
  };
  document.addEventListener("htmx:afterSettle", go, { signal });
  go();
}
