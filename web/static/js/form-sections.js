// The sections of a long form: a line of them above it that says where one is and what is wrong where, and a button to fold each.
import { all, one } from './dom.js';

const FEW = 4;
const GROUP = '.fjs-form-field-group.fjs-form-field-grouplike';

const named = group => one(':scope > label', group);
const wrong = group => all('.fjs-has-errors', group).length;

/** Watch the form drawn in `place`, whose page scrolls in `scroll`; `words` has names for the line and the buttons. */
export function sections(place, scroll, words) {
  const nav = document.createElement('nav');
  nav.className = 'form-sections';
  nav.setAttribute('aria-label', words.sections);
  const list = nav.appendChild(document.createElement('ol'));
  let known = [];

  function fold(group, on) {
    group.toggleAttribute('data-folded', on);
    const button = one(':scope > .fold', group);
    button.textContent = on ? words.unfold : words.fold;
    button.setAttribute('aria-expanded', String(!on));
  }

  function prepare(group) {
    if (one(':scope > .fold', group)) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'fold';
    button.setAttribute('aria-describedby', named(group).id);
    button.addEventListener('click', () => fold(group, !group.hasAttribute('data-folded')));
    group.setAttribute('data-section', '');
    named(group).after(button);
    fold(group, group.hasAttribute('data-folded'));
  }

  function entry(group) {
    const item = document.createElement('li');
    const button = item.appendChild(document.createElement('button'));
    button.type = 'button';
    button.textContent = named(group).textContent;
    button.addEventListener('click', () => { fold(group, false); group.scrollIntoView({ block: 'start' }); });
    return item;
  }

  /** Conditions show and hide sections while one writes. */
  function look() {
    const found = all(GROUP, place).filter(group => named(group) && !group.parentElement.closest('.fjs-form-field-grouplike'));
    if (found.length < FEW) { nav.remove(); return; }
    if (found.length !== known.length || found.some((group, at) => group !== known[at])) {
      known = found;
      known.forEach(prepare);
      list.replaceChildren(...known.map(entry));
      if (!nav.isConnected) place.before(nav);
    }
    all('button', list).forEach((button, at) => {
      const errors = wrong(known[at]);
      button.classList.toggle('bad', errors > 0);
      const name = named(known[at]).textContent;
      button.textContent = errors ? `${name} (${errors})` : name;
      if (errors) fold(known[at], false);
    });
    here();
  }

  function here() {
    const edge = scroll.getBoundingClientRect().top + nav.offsetHeight + 8;
    const at = known.reduce((last, group, index) => (group.getBoundingClientRect().top <= edge ? index : last), 0);
    all('button', list).forEach((button, index) => {
      if (index === at) button.setAttribute('aria-current', 'true'); else button.removeAttribute('aria-current');
    });
  }

  let asked = false;
  const soon = work => () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; work(); });
  };
  new MutationObserver(soon(look)).observe(place, { childList: true, subtree: true, attributes: true, attributeFilter: ['class'] });
  scroll.addEventListener('scroll', soon(here), { passive: true });
  addEventListener('scroll', soon(here), { passive: true });
  look();
}
