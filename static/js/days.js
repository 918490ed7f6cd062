// Repeats the day of a date field in words, because the browser shows it in a format of its own.
const DAY = 86_400_000;

export default function sayDay(place) {
  const input = document.getElementById(place.dataset.dayWordsFor);
  const language = document.documentElement.lang;
  const long = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

  input?.addEventListener("change", () => {
    const [text, time] = input.value.split("T");
    const day = Date.parse(`${text}T00:00Z`);
    if (Number.isNaN(day)) {
      place.textContent = "";
      return;
    }
    const today = new Date();
    const left = Math.round((day - Date.UTC(today.getFullYear(), today.getMonth(), today.getDate())) / DAY);
    place.textContent = [long.format(day).replaceAll(",", ""), time, left >= 0 && relative.format(left, "day")].filter(Boolean).join(", ");
  });
}
