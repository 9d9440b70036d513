// Lists of extension elements (escalations, correlation keys) as groups of the properties panel.
import { isTextFieldEntryEdited, ListGroup, TextFieldEntry } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';

const values = owner => ((owner.extensionElements && owner.extensionElements.values) || []);

function write(element, owner, next, injector) {
  const factory = injector.get('bpmnFactory');
  const holder = factory.create('bpmn:ExtensionElements', { values: next });
  holder.$parent = owner;
  next.forEach(item => { item.$parent = holder; });
  injector.get('modeling').updateModdleProperties(element, owner, { extensionElements: next.length ? holder : undefined });
}

function attributeEntry(item, property, label, description, id) {
  function Entry({ element }) {
    const modeling = useService('modeling');
    const translate = useService('translate');
    return TextFieldEntry({
      element, id, label: translate(label), description: description && translate(description), debounce: useService('debounceInput'),
      getValue: () => item.get(property) || '',
      setValue: value => modeling.updateModdleProperties(element, item, { [property]: value || undefined }),
    });
  }
  return { id, component: Entry, isEdited: isTextFieldEntryEdited };
}

/**
 * A group listing the extension elements of `type` that belong to `owner`. `attributes`: [property, label, description];
 * `title(item)` is the line shown when folded; `fresh` the attributes of a new one.
 */
export function extensionGroup({ element, owner, injector, id, label, type, attributes, title, fresh }) {
  const own = values(owner).filter(item => item.$type === type);
  return {
    id, label, component: ListGroup,
    items: own.map((item, at) => ({
      id: `${id}-${at}`,
      label: title(item),
      entries: attributes.map(([property, words, description]) => attributeEntry(item, property, words, description, `${id}-${at}-${property}`)),
      autoFocusEntry: `${id}-${at}-${attributes[0][0]}`,
      remove: event => { event.stopPropagation(); write(element, owner, values(owner).filter(other => other !== item), injector); },
    })),
    add: event => {
      event.stopPropagation();
      write(element, owner, [...values(owner), injector.get('bpmnFactory').create(type, fresh)], injector);
    },
  };
}
