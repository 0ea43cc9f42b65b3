// Moves by keyboard for the chosen rows of a table, or for the row that has the focus. Without this script the boxes
// and buttons serve.
//
// <form id="triage" data-row-keys> … <button name="move" value="contact" data-key="c">  (boxes: form="triage" in the rows)
// data-first: the id of a field to fill before the button may be pressed; Enter in that field presses it.
const form = document.querySelector("form[data-row-keys]");
const boxOf = (row) => row?.querySelector(`input[type=checkbox][form="${form.id}"]`);
const boxes = () => [...form.elements].filter((one) => one.type === "checkbox");

const press = (button) => {
  const first = button.dataset.first && document.getElementById(button.dataset.first);
  if (first && !first.value) first.focus();
  else form.requestSubmit(button);
};

document.addEventListener("keydown", (event) => {
  if (!form || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = document.activeElement?.closest("tbody tr");
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
