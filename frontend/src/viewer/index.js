// window.LoanflowDiagram: shows a process read-only, with where a case stands. Knows nothing of where the facts come from.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import '../shared/dark.css';
import './diagram.css';
import { laidOut } from '../shared/layout.js';
import { fitAll } from '../shared/fit.js';
import { look } from '../shared/look.js';
import { pageLocale, translation } from '../shared/translate.js';
import { zh } from '../shared/zh.js';
import loanflowModdle from '../shared/loanflow-moddle.json';
import { compare } from './compare.js';
import { Marks } from './marks.js';
import { WORDS } from './words.js';

const LEGIBLE = 0.75;

function zoomButtons(viewer, words, fit) {
  const group = document.createElement('div');
  group.className = 'zoom btn-group';
  [['+', words.zoomIn, () => viewer.get('zoomScroll').stepZoom(1)], ['−', words.zoomOut, () => viewer.get('zoomScroll').stepZoom(-1)],
    ['⤢', words.fit, fit]].forEach(([sign, label, press]) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-s btn-i';
    button.textContent = sign;
    button.title = label;
    button.setAttribute('aria-label', label);
    button.addEventListener('click', press);
    group.append(button);
  });
  return group;
}

/** The wheel scrolls the page until someone presses inside the diagram, and again after the pointer has left it. */
function wheelOnlyInside(container, viewer) {
  const zoom = viewer.get('zoomScroll');
  zoom.toggle(false);
  container.addEventListener('pointerdown', () => zoom.toggle(true));
  container.addEventListener('pointerleave', () => zoom.toggle(false));
}

/** The whole diagram if it stays legible, else full size around where the work is. */
function arrange(viewer, focus) {
  const canvas = viewer.get('canvas');
  fitAll(canvas);
  if (canvas.zoom() >= LEGIBLE || !focus) return;
  canvas.zoom(0.9);
  canvas.scrollToElement(focus, 120);
}

/**
 * Show `xml` in `container`. `done`: ids, or {element, who, at}; `now`: {element, who, since}; `future`: ids, or true for
 * all that is not reached; `failed`: ids, or {element, message}; `flags`: {element, text, kind: plain|warn|bad|accent};
 * `heat`: {id: 1…4 or {level, text}}; `onSelect({id, name, type})`. Resolves to {viewer, fit, select, destroy}.
 */
export async function show(container, { xml, process, locale = pageLocale(), onSelect, ...marks }) {
  const words = WORDS[locale] || WORDS.zh;
  container.textContent = '';
  container.classList.add('lf-diagram');
  const viewer = new NavigatedViewer({
    container, ...look, moddleExtensions: { loanflow: loanflowModdle },
    additionalModules: [translation(locale === 'zh' ? zh : null)],
  });
  try {
    await viewer.importXML(await laidOut(xml, process));
  } catch (error) {
    viewer.destroy();
    container.textContent = `${words.broken}：${error.message}`;
    throw error;
  }
  new Marks(viewer, words).put(marks);
  const registry = viewer.get('elementRegistry');
  const focus = () => [...(marks.now || []), ...(marks.failed || [])]
    .map(entry => registry.get(typeof entry === 'string' ? entry : entry.element)).find(Boolean);
  arrange(viewer, focus());
  wheelOnlyInside(container, viewer);
  container.append(zoomButtons(viewer, words, () => fitAll(viewer.get('canvas'))));
  viewer.on('element.click', ({ element }) => {
    if (onSelect && element.parent) onSelect({ id: element.id, name: element.businessObject.name || '', type: element.type });
  });
  return {
    viewer,
    fit: () => fitAll(viewer.get('canvas')),
    select: id => {
      const element = registry.get(id);
      if (element) { viewer.get('selection').select(element); viewer.get('canvas').scrollToElement(element, 80); }
    },
    destroy: () => viewer.destroy(),
  };
}

window.LoanflowDiagram = { compare, show };
