// Forms: nothing typed is lost by leaving, nothing is sent twice, Ctrl+Enter sends.
import { all, each, one } from './dom.js';

const dirty = new Set();
// A button that only closes its dialog sends nothing.
const closes = ({ submitter, target }) => (submitter && submitter.getAttribute('formmethod') || target.method) === 'dialog';

/** Tell the guard that what is on the page has been kept (a draft was saved, say). */
export const saved = form => dirty.delete(form);
/** Tell the guard of a change it cannot see (a form drawn by script). */
export const changed = form => dirty.add(form);

each('form[data-guard]', form => {
  form.addEventListener('input', () => dirty.add(form));
  form.addEventListener('submit', event => { if (!closes(event)) dirty.delete(form); });
  form.addEventListener('htmx:afterRequest', event => { if (event.detail.successful) dirty.delete(form); });
});
addEventListener('beforeunload', event => {
  if ([...dirty].some(form => form.isConnected)) { event.preventDefault(); event.returnValue = ''; }
});

// A second click on a slow line must not send twice; the buttons come back if the person returns to the page.
document.addEventListener('submit', event => {
  const form = event.target;
  if (event.defaultPrevented || closes(event) || form.target === '_blank') return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = '1';
  setTimeout(release, 5000); // an answer that is a download leaves the page where it is
});
const release = () => all('form[data-sent]').forEach(form => delete form.dataset.sent);
addEventListener('pageshow', release);
document.addEventListener('htmx:afterRequest', release);

/** Press the button that sends: of the form one is in, of an open dialog, or the page's own. */
export function submit() {
  const near = document.activeElement && document.activeElement.closest('form');
  const button = (near && one('[data-submit]', near)) || one('dialog[open] [data-submit]') || one('[data-submit]');
  if (button && button.getAttribute('aria-disabled') !== 'true') button.click();
}

// Filters and the like: a select that applies at once. Without script its button does it.
document.addEventListener('change', event => {
  if (event.target.matches('[data-autosubmit]')) event.target.form.requestSubmit();
});
each('[data-autosubmit-button]', button => { button.hidden = true; });
