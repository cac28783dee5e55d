"use strict";
(() => {
  const controls = document.querySelector(".controls");
  const search = document.getElementById("search");
  const choices = [...document.querySelectorAll("[data-by]")];
  const lists = [...document.querySelectorAll(".list")];
  const tablesOf = (list) => [...list.querySelectorAll("table")];
  const fits = (row, words) => words.every((word) => row.textContent.toLowerCase().includes(word)) &&
    choices.every(({ value, dataset: { by } }) => value === "" || (by === "country"
      ? row.dataset.countries.split("|").includes(value) : row.dataset[by] === value));
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = words.length > 0 || choices.some(({ value }) => value !== "");
    for (const list of lists) {
      const rows = [...list.querySelectorAll("[data-product]")];
      for (const row of rows) row.hidden = !fits(row, words);
      for (const table of tablesOf(list).slice(1)) {
        table.parentElement.hidden = [...table.tBodies[0].rows].every((row) => row.hidden);
      }
      const shown = rows.filter((row) => !row.hidden).length;
      list.querySelector(".shown").textContent = asked ? `${shown} of ${rows.length} shown.` : "";
    }
  };
  const value = (cell) => {
    const text = cell.dataset.s === undefined ? cell.textContent.trim() : cell.dataset.s;
    const number = Number(text.replaceAll(",", ""));
    return text === "" || text === "–" ? null : Number.isNaN(number) ? text.toLowerCase() : number;
  };
  const compare = (a, b) => a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;
  const sort = (list, column, button) => {
    const tables = tablesOf(list);
    const up = button.closest("th").getAttribute("aria-sort") !== "ascending";
    for (const head of list.querySelectorAll("[aria-sort]")) head.removeAttribute("aria-sort");
    for (const { tHead } of tables) {
      tHead.rows[0].cells[column].setAttribute("aria-sort", up ? "ascending" : "descending");
    }
    const keyed = tables.flatMap((table) => [...table.tBodies[0].rows])
      .map((row) => [value(row.cells[column]), row]);
    keyed.sort(([a], [b]) => a === null || b === null || up ? compare(a, b) : compare(b, a));
    // Each table keeps as many rows as it had.
    const sizes = tables.map((table) => table.tBodies[0].rows.length);
    tables.forEach((table, place) => {
      table.tBodies[0].append(...keyed.splice(0, sizes[place]).map(([, row]) => row));
    });
  };
  for (const list of lists) for (const table of tablesOf(list)) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "↕";
      button.setAttribute("aria-label", `Sort by ${head.textContent.trim()}`);
      button.addEventListener("click", () => sort(list, column, button));
      head.append(" ", button);
    });
  }
  if (controls) {
    controls.hidden = false;
    controls.addEventListener("input", filter);
  }
})();
