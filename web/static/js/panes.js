// Tabs (WAI-ARIA), the two panes of a task on a phone, and anchors into the hidden one.
import { all, each, one } from './dom.js';

function choose(tab, tabs) {
  tabs.forEach(other => {
    const on = other === tab;
    other.setAttribute('aria-selected', on);
    other.tabIndex = on ? 0 : -1;
    const panel = document.getElementById(other.getAttribute('aria-controls'));
    if (panel) panel.hidden = !on;
  });
  tab.dispatchEvent(new CustomEvent('tab:shown', { bubbles: true }));
}

each('[role="tablist"]', list => {
  const tabs = all('[role="tab"]', list);
  tabs.forEach((tab, at) => {
    tab.addEventListener('click', () => choose(tab, tabs));
    tab.addEventListener('keydown', event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(at + step + tabs.length) % tabs.length];
      next.focus();
      choose(next, tabs);
    });
  });
  const wanted = new URLSearchParams(location.search).get('tab');
  const first = tabs.find(tab => tab.getAttribute('aria-controls') === wanted)
    || tabs.find(tab => tab.getAttribute('aria-selected') === 'true') || tabs[0];
  if (first) choose(first, tabs);
});

function showPane(button) {
  button.closest('.split').dataset.show = button.dataset.pane;
  all('button', button.parentNode).forEach(other => other.setAttribute('aria-pressed', other === button));
}

each('.pane-switch', group => {
  const buttons = all('[data-pane]', group);
  buttons.forEach(button => button.addEventListener('click', () => { showPane(button); scrollTo(0, 0); }));
  showPane(buttons.find(button => button.getAttribute('aria-pressed') === 'true') || buttons[0]);
});

function showTarget() {
  const wanted = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const button = one('.pane-switch [data-pane="case"]');
  if (button && wanted && wanted.closest('.case-pane')) { showPane(button); wanted.scrollIntoView(); }
}
addEventListener('hashchange', showTarget);
showTarget();
