// A form that waited for a fresh code goes on by itself; its idempotency key sees to it that it counts once.
export default function goOn(form) {
  const came = performance.getEntriesByType("navigation")[0]?.type;
  if (came !== "back_forward" && came !== "reload") form.requestSubmit();
}
