// The bar at the foot of a phone's screen steps aside while what it leads to is in view.
export default function stepAside(bar) {
  const goal = document.getElementById(bar.dataset.asideFor);
  if (goal) new IntersectionObserver(([seen]) => (bar.hidden = seen.isIntersecting)).observe(goal);
}
