// Autosave of a draft, in this browser tab only: says when it kept what, offers it back, forgets it once sent.
//
// <form data-autosave="cases:new" data-autosave-kept="Kept on this device at {time}" data-autosave-restore="…" data-autosave-discard="…">
//   <p class="autosaved" data-autosave-notice role="status"></p>
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const key = `draft:${form.dataset.autosave}`;
  const notice = form.querySelector("[data-autosave-notice]");
  // what stands in [data-not-kept], such as a clinical text, is kept nowhere
  const unkept = (name) => form.querySelector(`[data-not-kept] [name="${CSS.escape(name)}"]`);
  const pairs = () =>
    [...new FormData(form)].filter(
      ([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && !unkept(name),
    );
  const untouched = JSON.stringify(pairs());
  let timer;

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      sessionStorage.setItem(key, JSON.stringify(pairs()));
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      if (notice) notice.textContent = (form.dataset.autosaveKept || "{time}").replace("{time}", time);
    }, 800);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    sessionStorage.removeItem(key);
  });

  const kept = sessionStorage.getItem(key);
  if (!kept || kept === untouched || !notice) continue;
  const button = (text, act) => {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "button small";
    one.textContent = text;
    one.addEventListener("click", () => {
      act();
      notice.replaceChildren();
    });
    return one;
  };
  notice.append(
    button(form.dataset.autosaveRestore || "↺", () => restore(form, JSON.parse(kept))),
    " ",
    button(form.dataset.autosaveDiscard || "×", () => sessionStorage.removeItem(key)),
  );
}

function restore(form, pairs) {
  const totals = pairs.filter(([name]) => name.endsWith("-TOTAL_FORMS"));
  for (const [name, value] of totals) {
    const frame = form.querySelector(`[data-form-rows][data-prefix="${name.slice(0, -"-TOTAL_FORMS".length)}"]`);
    const total = form.elements.namedItem(name);
    while (frame && total && Number(total.value) < Number(value)) frame.querySelector("[data-add-row]").click();
  }
  for (const box of form.querySelectorAll("input[type=checkbox], input[type=radio]")) box.checked = false;
  for (const [name, value] of pairs) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "checkbox" || field.type === "radio") field.checked ||= field.value === value;
      else field.value = value;
    }
  }
  for (const row of form.querySelectorAll("[data-row][hidden]")) {
    row.hidden = ![...row.querySelectorAll("input[type=text]")].some((input) => input.value);
  }
}
