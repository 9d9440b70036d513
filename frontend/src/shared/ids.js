const HOLDERS = ['rootElements', 'flowElements', 'artifacts', 'participants', 'messageFlows', 'laneSets', 'lanes', 'eventDefinitions'];

/** All elements of a document by their ids. */
export function index(element, byId = new Map()) {
  if (element.id) byId.set(element.id, element);
  HOLDERS.forEach(name => (element[name] || []).forEach(child => index(child, byId)));
  if (element.childLaneSet) index(element.childLaneSet, byId);
  return byId;
}
