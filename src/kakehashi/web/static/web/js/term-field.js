// Term autocomplete: an ARIA combobox with a list (APG "editable combobox with list autocomplete").
//
// <div data-term-field data-endpoint="/api/cases/terms" data-language="ja" data-nothing="…" data-found="… {n} …">
//   <input type="text" name="…-label">  <input type="hidden" name="…-term" data-term-id>
// </div>
// The endpoint answers a list of {id, label, label_ja, synonym, definition}, or of plain texts.
// With data-several the field holds several, separated by commas or spaces: the last one is asked for and filled in.
// With data-written="{label} ({id})" what is chosen is written so. With data-fills-from the address is asked with the id of
// what was chosen; its answer fills the form's fields of the same names that are empty or were filled so before.
// Without this script the text field is sent as it is and the server resolves label or id.
let made = 0;

class TermField {
  constructor(frame) {
    this.frame = frame;
    this.input = frame.querySelector("input[type=text], input[type=search], input:not([type])");
    this.kept = frame.querySelector("[data-term-id]");
    this.terms = [];
    this.active = -1;
    this.asked = 0;
    this.filled = {};
    this.list = document.createElement("ul");
    this.list.className = "combobox-list";
    this.list.id = `terms-${++made}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.label());
    this.list.hidden = true;
    this.status = document.createElement("span");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    frame.classList.add("combobox");
    frame.append(this.list, this.status);
    for (const [name, value] of Object.entries({
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    })) this.input.setAttribute(name, value);
    this.input.addEventListener("input", (event) => this.typed(event));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.index));
    });
  }

  label() {
    const label = this.input.labels?.[0];
    return (label ? label.textContent : this.input.getAttribute("aria-label") || "").trim();
  }

  typed(event) {
    if (event.isComposing) return; // a Japanese input method is still converting
    if (this.kept) this.kept.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), 120);
  }

  typing() {
    return "several" in this.frame.dataset ? this.input.value.match(/[^\s,;、，]*$/)[0] : this.input.value;
  }

  async ask() {
    const text = this.typing().trim();
    if (!text) return this.close();
    const turn = ++this.asked;
    const address = new URL(this.frame.dataset.endpoint, location.href);
    address.searchParams.set("q", text);
    if (this.frame.dataset.language) address.searchParams.set("language", this.frame.dataset.language);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (turn !== this.asked) return; // a later question is under way
      const terms = answer.ok ? await answer.json() : [];
      this.show(terms.map((term) => (typeof term === "string" ? { id: term, label: term } : term)));
    } catch {
      this.close(); // the field still takes what is typed; the server resolves it
    }
  }

  show(terms) {
    this.terms = terms;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...(terms.length ? terms.map((term, index) => this.option(term, index)) : [this.nothing()]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.status.textContent = terms.length
      ? (this.frame.dataset.found || "{n}").replace("{n}", terms.length)
      : this.frame.dataset.nothing || "";
  }

  nothing() {
    const line = document.createElement("li");
    line.className = "nothing";
    line.setAttribute("role", "option");
    line.setAttribute("aria-disabled", "true");
    line.textContent = this.frame.dataset.nothing || "–";
    return line;
  }

  option(term, index) {
    const japanese = (this.frame.dataset.language || document.documentElement.lang) === "ja";
    const first = (japanese && term.label_ja) || term.label;
    const rest = [first === term.label ? term.label_ja : term.label, term.synonym].filter((text) => text && text !== first);
    const line = document.createElement("li");
    line.id = `${this.list.id}-${index}`;
    line.dataset.index = index;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    if (term.id !== first) line.append(part("term-id", term.id));
    line.append(first);
    if (rest.length) line.append(part("term-other", rest.join(" · ")));
    if (term.definition) line.append(part("term-definition", term.definition)); // shown for the one pointed at
    return line;
  }

  key(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden && this.terms.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return this.ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.point((this.active + step + this.terms.length + (this.active < 0 && step < 0 ? 1 : 0)) % this.terms.length);
    } else if (event.key === "Enter") {
      event.preventDefault(); // chooses, never sends the form by accident; with nothing chosen yet, the best one
      if (open) this.choose(Math.max(this.active, 0));
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab" && open && this.active >= 0) {
      this.choose(this.active);
    }
  }

  point(index) {
    this.list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    this.active = index;
    const option = this.list.children[index];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  choose(index) {
    const term = this.terms[index];
    const japanese = (this.frame.dataset.language || document.documentElement.lang) === "ja";
    const before = this.input.value.slice(0, this.input.value.length - this.typing().length);
    const label = (japanese && term.label_ja) || term.label;
    const written = term.id === label ? "{label}" : this.frame.dataset.written || "{label}";
    this.input.value = before + written.replace("{id}", () => term.id).replace("{label}", () => label);
    if (this.frame.dataset.fillsFrom) this.fill(term.id);
    if (this.kept) this.kept.value = term.id;
    this.close();
    this.frame.dispatchEvent(new CustomEvent("term-chosen", { bubbles: true, detail: term }));
  }

  async fill(id) {
    try {
      const answer = await fetch(this.frame.dataset.fillsFrom + encodeURIComponent(id), { headers: { Accept: "application/json" } });
      for (const [name, value] of answer.ok ? Object.entries(await answer.json()) : []) {
        const field = this.input.form?.elements[name];
        if (!field || (field.value && field.value !== this.filled[name])) continue; // what people wrote is theirs
        field.value = this.filled[name] = value;
      }
    } catch {
      // the server fills them in when the form is sent
    }
  }

  close() {
    this.asked += 1;
    this.terms = [];
    this.active = -1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

function part(name, text) {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  return span;
}

function bind(root) {
  for (const frame of root.querySelectorAll("[data-term-field]:not(.combobox)")) new TermField(frame);
}

bind(document);
document.addEventListener("rows-added", (event) => bind(event.target));
document.addEventListener("htmx:load", (event) => bind(event.target));
