// Rows one moves through with the keyboard, and the bar for what is selected. The bar is a form and works without this.
import { all, each, one } from './dom.js';

const rows = () => all('[data-row]');
const box = row => one('input[type=checkbox]', row);
const current = () => rows().findIndex(row => row.classList.contains('cursor'));

function count() {
  const chosen = rows().filter(row => row.getAttribute('aria-selected') === 'true').length;
  all('.bulk').forEach(bar => {
    bar.hidden = chosen === 0;
    all('[data-n]', bar).forEach(place => { place.textContent = chosen; });
  });
}

function select(row, on) {
  if (!box(row)) return;
  row.setAttribute('aria-selected', on);
  box(row).checked = on;
  count();
}

/** Put the cursor `step` rows further, and the focus on that row's link. */
export function move(step) {
  const list = rows();
  if (!list.length) return;
  const from = current();
  const to = list[Math.max(0, Math.min(list.length - 1, from + step))];
  if (from >= 0) list[from].classList.remove('cursor');
  to.classList.add('cursor');
  to.scrollIntoView({ block: 'nearest' });
  const link = one('a.t1', to);
  if (link) link.focus({ preventScroll: true });
}

export function toggle() {
  const row = rows()[current()];
  if (row) select(row, row.getAttribute('aria-selected') !== 'true');
}

/** Press a row's own button: `[data-claim]` for c; its link `a.t1` for Enter. */
export function press(selector) {
  const row = rows()[current()];
  const target = row && one(selector, row);
  if (target) target.click();
  return Boolean(target);
}

document.addEventListener('change', event => {
  const field = event.target;
  if (field.matches('[data-all]')) rows().forEach(row => select(row, field.checked));
  else if (field.type === 'checkbox' && field.closest('[data-row]') && field === box(field.closest('[data-row]'))) {
    select(field.closest('[data-row]'), field.checked);
  }
});
document.addEventListener('click', event => {
  if (event.target.closest('[data-clear]')) { event.preventDefault(); rows().forEach(row => select(row, false)); }
});
each('.bulk', count);
