"use strict";
(() => {
  const controls = document.querySelector(".controls");
  const search = document.getElementById("search");
  const choices = [...document.querySelectorAll("[data-by]")];
  const tables = [...document.querySelectorAll("table.triage")];
  const fits = (row, words) => words.every((word) => row.textContent.toLowerCase().includes(word)) &&
    choices.every(({ value, dataset: { by } }) => value === "" || (by === "country"
      ? row.dataset.countries.split("|").includes(value) : row.dataset[by] === value));
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = words.length > 0 || choices.some(({ value }) => value !== "");
    for (const table of tables) {
      let shown = 0;
      for (const row of table.tBodies[0].rows) {
        row.hidden = !fits(row, words);
        shown += row.hidden ? 0 : 1;
      }
      table.querySelector(".shown").textContent =
        asked ? `${shown} of ${table.tBodies[0].rows.length} shown.` : "";
    }
  };
  const value = (cell) => {
    const text = cell.dataset.s === undefined ? cell.textContent.trim() : cell.dataset.s;
    const number = Number(text.replaceAll(",", ""));
    return text === "" || text === "–" ? null : Number.isNaN(number) ? text.toLowerCase() : number;
  };
  const compare = (a, b) => a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;
  const sort = (table, column, button) => {
    const head = button.closest("th");
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const keyed = [...table.tBodies[0].rows].map((row) => [value(row.cells[column]), row]);
    keyed.sort(([a], [b]) => a === null || b === null || up ? compare(a, b) : compare(b, a));
    table.tBodies[0].append(...keyed.map(([, row]) => row));
  };
  for (const table of tables) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "↕";
      button.setAttribute("aria-label", `Sort by ${head.textContent.trim()}`);
      button.addEventListener("click", () => sort(table, column, button));
      head.append(" ", button);
    });
  }
  if (controls) {
    controls.hidden = false;
    controls.addEventListener("input", filter);
  }
  const age = document.getElementById("age");
  if (age) {
    const hours = (Date.now() - Date.parse(age.dataset.ended)) / 3600000;
    if (hours > 36) {
      age.hidden = false;
      age.textContent = `No night has ended well for ${Math.floor(hours / 24)} days: what came since is not on this page. Tell who runs the nights.`;
    }
  }
})();
