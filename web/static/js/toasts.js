// Short notes in a corner (role=status), some with a way back. They stay while someone points at or tabs into them.
import { all, each, icon, one, text } from './dom.js';
import { csrf } from './net.js';

const SECONDS = 8;

function undoForm(url) {
  const form = document.createElement('form');
  const token = document.createElement('input');
  const button = document.createElement('button');
  form.method = 'post';
  form.action = url;
  form.className = 'push';
  Object.assign(token, { type: 'hidden', name: 'csrf_token', value: csrf() });
  button.className = 'btn btn-s';
  button.textContent = text('撤回');
  form.append(token, button);
  return form;
}

function dismissLater(box) {
  let timer;
  const start = () => { clearTimeout(timer); timer = setTimeout(() => box.remove(), SECONDS * 1000); };
  const stop = () => clearTimeout(timer);
  ['mouseenter', 'focusin'].forEach(name => box.addEventListener(name, stop));
  ['mouseleave', 'focusout'].forEach(name => box.addEventListener(name, start));
  start();
}

/** Show `message`; with `undo`, an address to post to, it carries the button 撤回. `kind` is ok, info, warn or danger. */
export function toast(message, { undo, kind = 'ok' } = {}) {
  const corner = one('.toasts');
  if (!corner) return;
  const box = document.createElement('div');
  const words = document.createElement('span');
  box.className = 'toast';
  words.textContent = message;
  box.append(icon({ ok: 'check', info: 'info', warn: 'warn', danger: 'stop' }[kind] || 'check', `i ${kind}`), words);
  if (undo) box.append(undoForm(undo));
  corner.append(box);
  dismissLater(box);
}

each('.toasts > .toast', dismissLater);
// A server's answer to htmx may say so: HX-Trigger: {"toast": {"text": "…", "undo": "/…", "kind": "ok"}}
document.addEventListener('toast', event => toast(event.detail.text || event.detail.value, event.detail));
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') all('.toasts > .toast').slice(-1).forEach(box => box.remove());
});
document.addEventListener('click', event => {
  const told = event.target.closest('[data-toast]');
  if (told) toast(told.dataset.toast);
});
