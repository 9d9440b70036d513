// Menus, dialogs, and the explanation of what is refused.
import { all, each, one, text } from './dom.js';
import { toast } from './toasts.js';

const menus = () => all('details.menu[open]');

function openDialog(box) {
  if (!box) return;
  if (box.showModal) box.showModal(); else box.setAttribute('open', '');
}

function explain() {
  const why = document.getElementById('why');
  if (!why) return;
  why.open = true;
  why.scrollIntoView({ block: 'nearest' });
  one('summary', why).focus();
}

async function copy(button) {
  const wanted = new URL(button.dataset.copy || location.href, location.href).href;
  try {
    await navigator.clipboard.writeText(wanted);
    toast(button.dataset.copied || text('链接已复制'));
  } catch {
    prompt(text('复制这个链接'), wanted); // clipboards are closed on plain http
  }
}

document.addEventListener('click', event => {
  const target = event.target;
  menus().forEach(menu => {
    if (!menu.contains(target) || target.closest('.pop .item:not([aria-disabled])')) menu.open = false;
  });
  const opener = target.closest('[data-dialog]');
  if (opener) { event.preventDefault(); openDialog(document.getElementById(opener.dataset.dialog)); }
  const refused = target.closest('[aria-disabled="true"]');
  if (refused) { event.preventDefault(); if (refused.hasAttribute('data-why')) explain(); }
  const copier = target.closest('[data-copy]');
  if (copier) { event.preventDefault(); copy(copier); }
  if (target.closest('[data-print]')) print();
});

document.addEventListener('keydown', event => {
  if (event.key === 'Escape') menus().forEach(menu => { menu.open = false; one('summary', menu).focus(); });
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = step && event.target.closest('details.menu[open]');
  if (!menu) return;
  const items = all('.pop .item', menu);
  const next = items[(items.indexOf(document.activeElement) + step + items.length) % items.length];
  if (next) { event.preventDefault(); next.focus(); }
});

each('dialog[data-open]', openDialog); // a form in a dialog came back with errors
