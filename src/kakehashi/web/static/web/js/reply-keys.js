// Answering by keyboard: r goes to the message field, Ctrl (or Cmd) and Enter send it. Without this script the button serves.
//
// <form data-reply-keys> … <textarea data-reply>
const form = document.querySelector("form[data-reply-keys]");
const field = form?.querySelector("[data-reply]");

document.addEventListener("keydown", (event) => {
  if (!field) return;
  if (event.target === field) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "r" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (event.target.matches("select, textarea, input:not([type=checkbox])")) return;
    event.preventDefault();
    field.focus();
  }
});
