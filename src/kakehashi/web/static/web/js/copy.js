// Copying a text: the button appears only where the browser can, and says when it is done.
//
// <span id="text">…</span> <button type="button" class="button small" data-copies="text" data-copied="Copied" hidden>Copy</button>
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copies]")) {
    button.hidden = false;
    const label = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim());
      button.textContent = button.dataset.copied;
      setTimeout(() => (button.textContent = label), 2000);
    });
  }
}
