// Rows that can be added and taken away, for a Django formset. Without this script the spare rows of the formset serve.
//
// <div data-form-rows data-prefix="findings"> {{ management form }}
//   <ol class="form-rows"> <li class="form-row" data-row> … <button type="button" data-remove-row> </li> … </ol>
//   <template data-row-template> one row with __prefix__ as its number </template>
//   <button type="button" class="button js-only" data-add-row>…</button>
// </div>
const first = (row) => row.querySelector("input:not([type=hidden]), select, textarea");

// A row is filled when someone typed in it, or the server has something to say about it.
const filled = (row) =>
  row.querySelector(".errorlist, [aria-invalid]") ||
  [...row.querySelectorAll("input:not([type=checkbox]):not([type=radio]), textarea")].some((input) => input.value);

for (const frame of document.querySelectorAll("[data-form-rows]")) {
  const list = frame.querySelector(".form-rows");
  const total = frame.querySelector(`[name="${frame.dataset.prefix}-TOTAL_FORMS"]`);
  const template = frame.querySelector("template[data-row-template]");

  // Spare rows are for those without this script; with it they wait, hidden, until "add" needs one.
  const spare = [...list.querySelectorAll("[data-row]")].filter((row) => !filled(row));
  const kept = list.querySelectorAll("[data-row]").length - spare.length;
  for (const row of spare.slice(kept ? 0 : 1)) row.hidden = true;
  const waiting = spare.filter((row) => row.hidden);

  const add = (focus = true) => {
    let next = waiting.shift();
    while (next && !next.hidden) next = waiting.shift(); // a restored draft has shown it already
    if (next) {
      next.hidden = false;
      if (focus) first(next)?.focus();
      return next;
    }
    const number = total.value;
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", number);
    const row = holder.content.firstElementChild;
    list.append(row);
    total.value = Number(number) + 1;
    row.dispatchEvent(new CustomEvent("rows-added", { bubbles: true }));
    if (focus) first(row)?.focus();
    return row;
  };

  frame.querySelector("[data-add-row]")?.addEventListener("click", () => add());

  // Enter in a row ends the typing there, never the form: it is sent by its buttons.
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && event.target.matches("[data-row] input")) event.preventDefault();
  });

  frame.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-row]");
    if (!button) return;
    const row = button.closest("[data-row]");
    const gone = row.querySelector('[name$="-DELETE"]');
    const next = row.nextElementSibling ?? row.previousElementSibling;
    if (gone) {
      if (gone.type === "checkbox") gone.checked = true;
      else gone.value = "on";
    }
    for (const input of row.querySelectorAll("input[type=text], input[data-term-id]")) input.value = "";
    row.hidden = true;
    (next?.querySelector("[data-remove-row]") ?? frame.querySelector("[data-add-row]"))?.focus();
  });

  // Choosing a term in the last row opens the next one, so that eight findings are typed without the mouse.
  frame.addEventListener("term-chosen", (event) => {
    const rows = [...list.querySelectorAll("[data-row]:not([hidden])")];
    if (event.target.closest("[data-row]") === rows.at(-1)) add(true);
    else rows[rows.indexOf(event.target.closest("[data-row]")) + 1]?.querySelector("[data-term-field] input")?.focus();
  });
}
