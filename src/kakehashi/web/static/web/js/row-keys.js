// Moves by keyboard for the chosen rows of a table, or for the row that has the focus. Without this script the boxes
// and buttons serve.
//
// <form id="triage" data-row-keys> … <button name="move" value="contact" data-key="c">  (boxes: form="triage" in the rows)
// data-first: the id of a field to fill before the button may be pressed; Enter in that field presses it.
const form = document.querySelector("form[data-row-keys]");
let current = null;
const boxOf = (row) => row?.querySelector(`input[type=checkbox][form="${form.id}"]`);
const boxes = () => [...form.elements].filter((one) => one.type === "checkbox");

// The page comes back after a move: at the row that stands where one was, the same or the next.
const kept = `row:${location.pathname}`;
const rows = () => [...document.querySelectorAll("[data-rows] > tbody > tr")];
const was = sessionStorage.getItem(kept);
sessionStorage.removeItem(kept);
if (form && was !== null) rows()[Math.min(Number(was), rows().length - 1)]?.querySelector("a[href]")?.focus();

const press = (button) => {
  const first = button.dataset.first && document.getElementById(button.dataset.first);
  if (first && !first.value) {
    first.focus();
    return;
  }
  if (rows().includes(current)) sessionStorage.setItem(kept, rows().indexOf(current));
  form.requestSubmit(button);
};

document.addEventListener("keydown", (event) => {
  if (!form || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = document.activeElement?.closest("tbody tr");
  current = row ?? current;
  const waiting = [...form.querySelectorAll("[data-first]")].find((one) => one.dataset.first === event.target.id);
  if (waiting && event.key === "Enter") {
    event.preventDefault();
    press(waiting);
    return;
  }
  if (event.target.matches("select, textarea, input:not([type=checkbox])")) return;
  const box = boxOf(row);
  if (event.key === "x" && box) box.checked = !box.checked;
  const button = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!button || (boxes().length && !box && !boxes().some((one) => one.checked))) return;
  if (box && !boxes().some((one) => one.checked)) box.checked = true;
  event.preventDefault();
  press(button);
});
