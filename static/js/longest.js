// A text that is longer than its form takes stays in the page, with the reason beside it: a text of megabytes would be refused
// before anything of it is read.
export default function longest(field) {
  const reason = field.closest("form").querySelector("[data-too-long]");
  const isTooLong = () => field.value.length > Number(field.dataset.longest);
  field.form.addEventListener(
    "submit",
    (event) => {
      reason.hidden = !isTooLong();
      if (reason.hidden) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      field.focus();
    },
    { capture: true },
  );
  field.addEventListener("input", () => (reason.hidden ||= !isTooLong()));
}
