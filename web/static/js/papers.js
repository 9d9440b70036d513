// Taking files in: an item's button chooses the item, and the place is told only when its button is pressed.
import { one } from './dom.js';

const form = one('[data-upload]');
const item = one('[name="paper"]', form);
const place = one('[data-place]', form);
const words = one('[data-place-words]', form);

document.addEventListener('click', event => {
  const chooser = event.target.closest('[data-paper]');
  if (!chooser || !item) return;
  item.value = chooser.dataset.paper;
  one('[type="file"]', form).focus();
});

function found({ coords }) {
  one('[name="latitude"]', form).value = coords.latitude.toFixed(6);
  one('[name="longitude"]', form).value = coords.longitude.toFixed(6);
  const shown = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
  words.textContent = words.dataset.found.replace('{place}', shown).replace('{metres}', Math.round(coords.accuracy));
}

if ('geolocation' in navigator) {
  place.hidden = false;
  one('[data-locate]', place).addEventListener('click', () => {
    navigator.geolocation.getCurrentPosition(found, () => { words.textContent = words.dataset.refused; }, { enableHighAccuracy: true, timeout: 20000 });
  });
}
