/* The mapping of fields: conveniences that a page without scripts goes without. */

const listen = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

/* What needs a script shows itself. */
const show = (root) => root.querySelectorAll(".handle[hidden], [data-filters][hidden]").forEach((part) => (part.hidden = false));

document.addEventListener("htmx:load", (event) => show(event.detail.elt.parentElement ?? document));
show(document);

/* A field of the lead is written where the cursor was last: that field is known by its id, which a new page keeps. */
let wroteIn = "";

listen("focusin", "[data-template]", (input) => (wroteIn = input.id));

listen("click", "[data-insert]", (button) => {
  const inputs = [...document.querySelectorAll("[data-template]")];
  const input = inputs.find((one) => one.id === wroteIn) ?? inputs.find((one) => !one.value) ?? inputs.at(-1);
  if (!input) return;
  input.setRangeText(button.dataset.insert, input.selectionStart, input.selectionEnd, "end");
  input.focus();
  input.dispatchEvent(new Event("input", { bubbles: true }));
});

/* A list is searched in the words that its entries carry; what is folded unfolds where something is found in it. */
const search = (box) => {
  const list = document.getElementById(box.dataset.filters);
  const wanted = box.querySelector("input").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const entries = [...list.querySelectorAll("[data-words]")];
  entries.forEach((entry) => {
    const words = entry.dataset.words.toLowerCase();
    entry.hidden = !wanted.every((word) => words.includes(word));
  });
  const found = (part) => [...part.querySelectorAll("[data-words]")].some((entry) => !entry.hidden);
  list.querySelectorAll(":scope > h3").forEach((heading) => (heading.hidden = !found(heading.nextElementSibling)));
  list.querySelectorAll(":scope > details").forEach((details) => {
    details.hidden = wanted.length > 0 && !found(details);
    details.open = wanted.length > 0 && found(details);
  });
  list.querySelectorAll(":scope > .nothing").forEach((words) => (words.hidden = found(list)));
};

listen("input", "[data-filters]", (box, event) => {
  search(box);
  event.stopPropagation();
});

/* Fields that come later are searched as well. */
document.addEventListener("htmx:afterSwap", () =>
  document.querySelectorAll("[data-filters]").forEach((box) => box.querySelector("input").value && search(box)),
);

/* Enter in a search looks no further; it must not save the page. */
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.closest?.("[data-filters]")) event.preventDefault();
});

/* Options that stand open are still open when the page comes back. */
document.addEventListener(
  "toggle",
  (event) => {
    const input = event.target.querySelector(":scope > [data-keeps]");
    if (input) input.value = event.target.open ? "1" : "";
  },
  true,
);

/* What is wrong with rows comes by itself while somebody types, and goes to the fields that it is about: they are not
   sent again, or the cursor would be lost. What is no longer wrong goes away. */
const put = (errors) => {
  const field = document.getElementById(errors.dataset.at);
  if (!field) return document.getElementById(`${errors.dataset.row}-sends`)?.before(errors);
  if (field.matches("input, select, textarea")) {
    field.setAttribute("aria-invalid", "true");
    const names = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    field.setAttribute("aria-describedby", [...names.add(errors.id)].join(" "));
  }
  const rule = field.closest(".rule, .rule-group, .mapping-steps > li");
  if (field.closest(".field")) field.before(errors);
  else if (rule) (rule.querySelector(":scope > .said") ?? rule).append(errors);
  else field.after(errors);
};

const putMistakes = (mistakes) => {
  const rows = document.querySelector(`#${mistakes.dataset.mistakes} .mapping`);
  rows?.querySelectorAll(".errors").forEach((errors) => {
    const field = rows.querySelector(`[aria-describedby~="${errors.id}"]`);
    const names = field?.getAttribute("aria-describedby").split(" ").filter((name) => name !== errors.id) ?? [];
    if (names.length) field.setAttribute("aria-describedby", names.join(" "));
    else field?.removeAttribute("aria-describedby");
    field?.removeAttribute("aria-invalid");
    errors.remove();
  });
  [...mistakes.children].forEach(put);
};

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches?.("[data-mistakes]")) putMistakes(event.target);
});

/* Rows are dragged by their handle; the buttons do the same. */
let dragged = null;

listen("pointerdown", ".handle", (handle) => (handle.closest(".mapping-row").draggable = true));

/* A row that could be dragged everywhere would keep its texts from being selected. */
document.addEventListener("pointerup", () => document.querySelectorAll('.mapping-row[draggable="true"]').forEach((row) => (row.draggable = false)));

listen("dragstart", ".mapping-row", (row, event) => {
  dragged = row;
  event.dataTransfer.effectAllowed = "move";
  row.classList.add("dragged");
});

listen("dragover", ".mapping-row", (row, event) => {
  if (!dragged || row.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  const { top, height } = row.getBoundingClientRect();
  row[event.clientY < top + height / 2 ? "before" : "after"](dragged);
});

listen("drop", ".mapping-row", (_, event) => event.preventDefault());

document.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("dragged");
  dragged.draggable = false;
  const form = dragged.closest("form");
  dragged = null;
  form.requestSubmit(form.querySelector("[data-saves-order]"));
});
