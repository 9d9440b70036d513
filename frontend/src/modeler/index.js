// window.LoanflowModeler: draws and changes processes, with properties, checks, token simulation and a map.
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule } from 'bpmn-js-properties-panel';
import camundaBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import camundaModdle from 'camunda-bpmn-moddle/resources/camunda.json';
import tokenSimulation from 'bpmn-js-token-simulation';
import lintModule from 'bpmn-js-bpmnlint';
import minimap from 'diagram-js-minimap';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css';
import 'bpmn-js-bpmnlint/dist/assets/css/bpmn-js-bpmnlint.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import '../shared/properties.css';
import '../shared/dark.css';
import './modeler.css';
import { translateDom } from '../shared/domwords.js';
import { fitAll } from '../shared/fit.js';
import { connected, laidOut } from '../shared/layout.js';
import { look } from '../shared/look.js';
import { pageLocale, translation } from '../shared/translate.js';
import loanflowModdle from '../shared/loanflow-moddle.json';
import { zh } from '../shared/zh.js';
import { lintRules } from './lint.js';
import { loanflowModule } from './provider.js';

// Parts that speak English only, whatever `translate` says.
const OWN_ENGLISH = '.bts-palette, .bts-toggle-mode, .bts-log, .bts-notifications, .bts-set-animation-speed, .bjsl-button, '
  + '.bjsl-dropdown, .bio-properties-panel, .djs-minimap';

const PALETTE = 90;

export const EMPTY = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:loanflow="urn:loanflow:bpmn:1" id="definitions" targetNamespace="urn:loanflow">
  <bpmn:process id="new_process" isExecutable="true" camunda:historyTimeToLive="P3650D"><bpmn:startEvent id="start" /></bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="new_process"><bpmndi:BPMNShape id="start_shape" bpmnElement="start"><dc:Bounds x="160" y="120" width="36" height="36" /></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`;

function create(container, panel, words, { operations, steps, lint, missed }) {
  const said = translation(words, missed);
  return new Modeler({
    container, ...look,
    propertiesPanel: panel ? { parent: panel } : undefined,
    linting: { active: lint, bpmnlint: lintRules(said.translate[1]) },
    moddleExtensions: { camunda: camundaModdle, loanflow: loanflowModdle },
    additionalModules: [
      said, camundaBehaviors, tokenSimulation, lintModule, minimap,
      ...(panel ? [BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule] : []),
      ...(panel ? [loanflowModule({ operations, steps })] : []),
    ],
  });
}

/** The panel hears selections only once it has drawn itself: tell it of none until it answers, at most two seconds. */
async function panelListening(modeler) {
  const bus = modeler.get('eventBus');
  let heard = false;
  bus.once('propertiesPanel.updated', () => { heard = true; });
  for (let tries = 0; !heard && tries < 100; tries += 1) {
    bus.fire('selection.changed', { oldSelection: [], newSelection: [] });
    await new Promise(resolve => { setTimeout(resolve, 20); });
  }
}

/**
 * Edit `xml` (an empty process without it) in `container`, with properties in `panel`. `operations` are the names that
 * service tasks may call; `steps` the ids of steps of other diagrams that rules may name; `onChange()`, `onSelect({id, name, type})` and `onLint([{id, level, message, rule}])` report.
 * Resolves to {modeler, xml(), svg(), select(id), undo(), redo(), simulate(on), destroy()}.
 */
export async function open(container, { xml = EMPTY, panel, locale = pageLocale(), operations = [], steps = [], lint = true, process, onChange, onSelect, onLint, missed }) {
  const words = locale === 'zh' ? zh : null;
  container.classList.add('lf-modeler');
  if (panel) panel.classList.add('lf-properties');
  const modeler = create(container, panel, words, { operations, steps, lint, missed });
  const stops = words ? [container, panel].filter(Boolean).map(part => translateDom(part, OWN_ENGLISH, words)) : [];
  if (onLint) {
    modeler.on('linting.completed', ({ issues }) => onLint(Object.entries(issues).flatMap(([id, found]) =>
      found.map(issue => ({ id, level: issue.category, message: issue.message, rule: issue.rule })))));
  }
  await modeler.importXML(await laidOut(await connected(xml), process));
  if (panel) await panelListening(modeler);
  fitAll(modeler.get('canvas'), PALETTE);
  if (onChange) modeler.on('commandStack.changed', onChange);
  if (onSelect) {
    modeler.on('selection.changed', ({ newSelection: [element] }) =>
      element && onSelect({ id: element.id, name: element.businessObject.name || '', type: element.type }));
  }
  const stack = modeler.get('commandStack');
  return {
    modeler,
    xml: async () => (await modeler.saveXML({ format: true })).xml,
    svg: async () => (await modeler.saveSVG()).svg,
    select: id => {
      const element = modeler.get('elementRegistry').get(id);
      if (element) { modeler.get('selection').select(element); modeler.get('canvas').scrollToElement(element, 80); }
    },
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    simulate: on => modeler.get('toggleMode').toggleMode(on),
    destroy: () => { stops.forEach(stop => stop()); modeler.destroy(); },
  };
}

window.LoanflowModeler = { EMPTY, open };
