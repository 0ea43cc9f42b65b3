// The shell's small conveniences. Everything works without them: links stay links, forms stay forms.
document.documentElement.classList.add("js");

const typing = (element) =>
  element instanceof HTMLElement && (element.isContentEditable || element.matches("input, select, textarea"));

// "/" goes to the search.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const field = document.querySelector("[data-focus-on-slash]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

// Menus: Escape closes and gives the focus back; opening one closes the others; a click elsewhere closes.
const menus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (location.hash === "#rail") location.hash = "#main";
});

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details[data-menu][open]")) return;
  for (const menu of menus()) if (menu !== event.target) menu.open = false;
}, true);

// The summary of errors is where a rejected form begins.
document.querySelector("[data-focus-now]")?.focus();

// Rows by keyboard: j and k go down and up, Enter opens (the focus is on the row's own link).
const rowLinks = () =>
  [...document.querySelectorAll("[data-rows] > tbody > tr, [data-rows] > li")]
    .map((row) => row.querySelector("a[href], button.link"))
    .filter(Boolean);

document.addEventListener("keydown", (event) => {
  if (!["j", "k"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const links = rowLinks();
  if (!links.length) return;
  const row = document.activeElement?.closest("tr, li");
  const here = row ? links.findIndex((link) => row.contains(link)) : -1;
  const next = event.key === "j" ? here + 1 : here - 1;
  links[Math.min(Math.max(next, 0), links.length - 1)].focus();
  event.preventDefault();
});

// Print buttons exist only where a script can print.
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});

// Drafts kept in this tab (autosave.js) do not outlive the log-in.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-log-out]")) return;
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("draft:")) sessionStorage.removeItem(key);
});
