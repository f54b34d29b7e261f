/* Conveniences only: every page works without this file. */

const listen = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

/* Copy buttons show themselves where copying is possible. */
const showCopyButtons = (root) => {
  if (navigator.clipboard) root.querySelectorAll("[data-copy][hidden]").forEach((button) => (button.hidden = false));
};

listen("click", "[data-copy]", async (button) => {
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  const word = button.querySelector("[data-word]");
  const before = word.dataset.word || word.textContent;
  word.dataset.word = before;
  word.textContent = "Copied";
  button.classList.add("copied");
  setTimeout(() => {
    word.textContent = before;
    button.classList.remove("copied");
  }, 2000);
});

/* A link to a page of confirmation opens the same question as a dialog, where the page carries it. */
listen("click", "a[data-opens]", (link, event) => {
  const dialog = document.getElementById(link.dataset.opens);
  if (!dialog?.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("[popover]:popover-open")?.hidePopover();
  dialog.showModal();
});

listen("click", "dialog", (dialog, event) => {
  if (event.target === dialog) dialog.close();
});

listen("click", "dialog [data-closes]", (button, event) => {
  event.preventDefault();
  button.closest("dialog").close();
});

/* Messages can be put away. */
listen("click", "[data-dismiss]", (button) => button.closest(".notice").remove());

const showDismissButtons = (root) =>
  root.querySelectorAll("[data-dismiss][hidden]").forEach((button) => (button.hidden = false));

/* What was typed into a form that saves is not left behind unnoticed. */
const forget = (form) => (form.dataset.saves = "");

listen("input", "form[data-saves]", (form) => (form.dataset.saves = "unsaved"));
listen("submit", "form[data-saves]", (form, event) => event.defaultPrevented || forget(form));
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector('form[data-saves="unsaved"]')) event.preventDefault();
});

/* While such a form is on its way nobody writes into it: what is typed would be gone with the answer. Nor does an answer
   from before, to what was typed, come into what that brings. */
const isSaving = (event) => event.target.matches?.("form[data-saves]");
const outdated = new WeakSet();
let asked = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest?.("form[data-saves]");
  if (!form) return;
  if (form.inert) event.preventDefault();
  else if (form === event.target) {
    if (asked) outdated.add(asked);
    form.inert = true;
  } else if (event.target.matches("[data-live]")) {
    asked = event.detail.xhr;
    // By then it may stand in no page any more, and the document would not hear of it.
    event.target.addEventListener("htmx:beforeOnLoad", (answer) => outdated.has(answer.detail.xhr) && answer.preventDefault(), { once: true });
  }
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (!isSaving(event) || event.detail.xhr.status >= 400) return;
  forget(event.target);
  // What takes the cursor takes it before the request is over.
  event.target.inert = Boolean(event.detail.xhr.getResponseHeader("HX-Redirect"));
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (isSaving(event) && !event.detail.xhr.getResponseHeader("HX-Redirect")) event.target.inert = false;
});

/* A field that is only for one choice of another field is there while that is chosen. */
listen("change", "form", (form, { target: { name, type, value, checked } }) => {
  if (type === "radio" && !checked) return;
  for (const field of form.querySelectorAll("[data-only-for]"))
    if (field.dataset.onlyFor === name) field.toggleAttribute("data-away", field.dataset.value !== value);
});

/* A form that takes a while says so, and is not sent twice. */
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.matches(".button")) return;
  if (button.getAttribute("aria-busy") === "true") event.preventDefault();
  button.setAttribute("aria-busy", "true");
  setTimeout(() => button.removeAttribute("aria-busy"), 15_000);
});

/* The page may come back from the browser's memory: nothing is open or busy then. */
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[popover]:popover-open").forEach((open) => open.hidePopover());
  document.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
});

/* A request by htmx that fails must not pass in silence. */
const tell = (text) => {
  const template = document.getElementById("message-template");
  const message = template.content.cloneNode(true);
  message.querySelector("p").textContent = text;
  document.getElementById("messages").replaceChildren(message);
};

document.addEventListener("htmx:sendError", () => tell("The server could not be reached. Nothing was changed; try again."));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  tell(
    status === 403
      ? "That was refused. Load the page again: you may have been signed out, or your role may not allow it."
      : status === 404
        ? "That is no longer there. Load the page again to see what is."
        : `The server could not do that (it answered ${status}). Load the page again to see where things stand.`,
  );
});

/* On a narrow page the tab that one is on may lie outside of its row. */
const showTab = (tab, row) => (row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2);

const settle = (root) => {
  showCopyButtons(root);
  showDismissButtons(root);
  root.querySelectorAll(".tabs > [aria-current]").forEach((tab) => showTab(tab, tab.parentElement));
  root.querySelector(".error-summary")?.focus();
};

document.addEventListener("htmx:load", (event) => settle(event.detail.elt.parentElement ?? document));
settle(document);
