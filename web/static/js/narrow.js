// A field that narrows a list of choices to those in which its words occur. Without script the whole list is there.
import { all, each } from './dom.js';

each('[data-narrow]', field => {
  const list = document.getElementById(field.dataset.narrow);
  field.addEventListener('input', () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    all('[data-words]', list).forEach(choice => {
      const text = choice.dataset.words.toLowerCase();
      choice.hidden = !words.every(word => text.includes(word));
    });
  });
  field.addEventListener('keydown', event => { if (event.key === 'Enter') event.preventDefault(); });
});
