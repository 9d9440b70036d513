// window.LoanflowDecision: edits decision requirement diagrams, tables and literal expressions, or shows them.
import DmnModeler from 'dmn-js/lib/Modeler';
import DmnViewer from 'dmn-js/lib/NavigatedViewer';
import { DmnPropertiesPanelModule, DmnPropertiesProviderModule } from 'dmn-js-properties-panel';
import camundaModdle from 'camunda-dmn-moddle/resources/camunda.json';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression-controls.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn-embedded.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import '../shared/properties.css';
import './dmn.css';
import { pageLocale, translation } from '../shared/translate.js';
import { translateDom } from '../shared/domwords.js';
import { zh } from './zh.js';

// Where the tools speak and nobody else does; names of inputs and outputs in the head of a table are people's own.
const TOOL_PARTS = '.djs-palette, .djs-context-pad, .djs-popup, .bio-properties-panel, .context-menu, .view-drd, .hit-policy, .dms-label, '
  + '.clause, .annotation.header, .input-variable, .output-variable, .dms-input-select, .action-icon, .resize-column-handle, .horizontal, .vertical';
const NAMES = { drd: ['依赖图', 'Requirements'], decisionTable: ['决策表', 'Table'], literalExpression: ['表达式', 'Expression'], boxedExpression: ['表达式', 'Expression'] };

function tabs(modeler, bar, chinese) {
  const draw = () => {
    bar.textContent = '';
    const active = modeler.getActiveView();
    modeler.getViews().forEach(view => {
      const button = document.createElement('button');
      button.type = 'button';
      const kind = (NAMES[view.type] || [view.type, view.type])[chinese ? 0 : 1];
      // The graph bears the model's name, which is most often that of its only table.
      button.textContent = view.type === 'drd' ? kind : view.element.name || kind;
      button.setAttribute('aria-pressed', view === active);
      button.className = 'btn btn-s';
      button.addEventListener('click', () => modeler.open(view));
      bar.append(button);
    });
  };
  modeler.on('views.changed', draw);
}

function options(container, panel, words) {
  const said = translation(words);
  return {
    container,
    drd: {
      propertiesPanel: panel ? { parent: panel } : undefined,
      additionalModules: [said, ...(panel ? [DmnPropertiesPanelModule, DmnPropertiesProviderModule] : [])],
    },
    decisionTable: { additionalModules: [said] },
    literalExpression: { additionalModules: [said] },
    boxedExpression: { additionalModules: [said] },
    common: { expressionLanguages: { options: [{ value: 'feel', label: 'FEEL' }], defaults: { editor: 'feel' } } },
    moddleExtensions: { camunda: camundaModdle },
  };
}

/**
 * Edit (or, with `readonly`, show) a DMN `xml` in `container`; `panel` is the element for the properties of the diagram;
 * `onChange()` tells of edits. Resolves to {modeler, xml() -> Promise<string>, open(id), destroy()}.
 */
export async function open(container, { xml, panel, readonly = false, locale = pageLocale(), onChange }) {
  const words = locale === 'zh' ? zh : null;
  container.classList.add('lf-dmn');
  if (panel) panel.classList.add('lf-properties');
  const bar = document.createElement('div');
  const canvas = document.createElement('div');
  bar.className = 'lf-dmn-views btn-group';
  canvas.className = 'lf-dmn-canvas';
  container.append(bar, canvas);
  const Tool = readonly ? DmnViewer : DmnModeler;
  const modeler = new Tool(options(canvas, readonly ? null : panel, words));
  tabs(modeler, bar, Boolean(words));
  const stops = words ? [container, panel].filter(Boolean).map(part => translateDom(part, TOOL_PARTS, words)) : [];
  await modeler.importXML(xml);
  const listened = new Set();
  const listen = () => {
    const viewer = modeler.getActiveViewer();
    if (!onChange || readonly || !viewer || listened.has(viewer)) return;
    listened.add(viewer);
    viewer.on('commandStack.changed', onChange);
  };
  modeler.on('views.changed', listen);
  listen();
  return {
    modeler,
    xml: async () => (await modeler.saveXML({ format: true })).xml,
    open: id => modeler.open(modeler.getViews().find(view => view.element.id === id)),
    destroy: () => { stops.forEach(stop => stop()); modeler.destroy(); },
  };
}

window.LoanflowDecision = { open };
