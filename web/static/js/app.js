// Everything a page does in the browser. Each page works without it: links are links and actions are form posts.
import { all } from './dom.js';
import { changed, saved } from './forms.js';
import { csrf, send } from './net.js';
import { toast } from './toasts.js';
import './keys.js';
import './overlays.js';
import './narrow.js';
import './panes.js';

function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  try { localStorage.setItem('loanflow-theme', root.dataset.theme); } catch { /* private window: for this page only */ }
}
document.addEventListener('click', event => { if (event.target.closest('[data-theme-toggle]')) toggleTheme(); });

// Wide things start where the work is.
all('.canvas[data-center]').forEach(area => { area.scrollLeft = Number(area.dataset.center) - area.clientWidth / 2; });
if (innerWidth <= 820) all('details[data-fold]').forEach(part => { part.open = false; });

// For the scripts of single pages, which are modules too but may be loaded first.
window.Loanflow = { changed, csrf, saved, send, toast };
document.dispatchEvent(new Event('loanflow:ready'));
