"use strict";
// Nothing here is needed: every page works without it. It sorts tables, takes dropped files, and follows progress.

for (const form of document.querySelectorAll("[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  const over = (on) => (event) => { event.preventDefault(); form.classList.toggle("over", on); };
  form.addEventListener("dragover", over(true));
  form.addEventListener("dragleave", over(false));
  form.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}

for (const part of document.querySelectorAll("[data-events]")) {
  const source = new EventSource(part.dataset.events);
  const bar = part.querySelector("progress");
  source.addEventListener("progress", (event) => {
    const { done, total } = JSON.parse(event.data);
    if (!total) return;
    bar.max = total;
    bar.value = done;
    part.querySelector("[data-done]").textContent = done;
    part.querySelector("[data-total]").textContent = total;
  });
  source.addEventListener("end", () => { source.close(); location.reload(); });
  // A line that broke is taken up again by the browser. Where it gives up (the console was started again, the visit
  // ended), the page is asked for: it tells what became of the import, or leads to the sign-in.
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 2000);
  });
}

for (const table of document.querySelectorAll("table[data-sort]")) {
  const body = table.tBodies[0];
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  [...table.tHead.rows[0].cells].forEach((cell, column) => {
    if (cell.tagName !== "TH") return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...cell.childNodes);
    cell.append(button);
    cell.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const up = cell.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
      cell.setAttribute("aria-sort", up ? "ascending" : "descending");
      const word = (row) => row.cells[column].innerText.trim();
      body.append(...[...body.rows].sort((a, b) => (up ? 1 : -1) * collator.compare(word(a), word(b))));
    });
  });
}
