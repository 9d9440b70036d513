// What changed from one version of a diagram to the next, by element and attribute.
import { diff } from 'bpmn-js-differ';
import { BpmnModdle } from 'bpmn-moddle';
import { index } from '../shared/ids.js';
import loanflowModdle from '../shared/loanflow-moddle.json';

const read = async xml => (await new BpmnModdle({ loanflow: loanflowModdle }).fromXML(xml)).rootElement;
const named = ({ id, name, $type }) => ({ id, name: name || '', type: $type });
const list = group => Object.entries(group).map(([id, element]) => ({ ...named(element), id }));
const plain = value => (value && typeof value === 'object' ? value.id || value.body || value.$type : value);

/** The differ confuses old and new for plain attributes, so that both are read from the documents themselves. */
function attributes(id, attrs, before, after) {
  const value = (byId, name, given) => plain(/[[.]/.test(name) || !byId.has(id) ? given : byId.get(id)[name]);
  return Object.entries(attrs).map(([name, { oldValue, newValue }]) => ({
    name, before: value(before, name, oldValue), after: value(after, name, newValue),
  }));
}

/** Resolves to {added, removed, moved: [{id, name, type}], changed: [{id, name, type, attributes: [{name, before, after}]}]}. */
export async function compare(before, after) {
  const [old, fresh] = [await read(before), await read(after)];
  const found = diff(old, fresh);
  const [oldById, freshById] = [index(old), index(fresh)];
  return {
    added: list(found._added), removed: list(found._removed), moved: list(found._layoutChanged),
    changed: Object.entries(found._changed).map(([id, { model, attrs }]) => ({
      ...named(model), id, attributes: attributes(id, attrs, oldById, freshById),
    })),
  };
}
