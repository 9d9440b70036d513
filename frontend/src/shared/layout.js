// Gives a diagram without layout one. Each process is laid out on its own; pools are stacked from top to bottom.
import { layoutProcess } from 'bpmn-auto-layout';
import { BpmnModdle } from 'bpmn-moddle';
import { index } from './ids.js';

const PADDING = 40;
const LABEL = 30;
const GAP = 40;
const isProcess = element => element.$type === 'bpmn:Process';
const isCollaboration = element => element.$type === 'bpmn:Collaboration';

const parse = async xml => (await new BpmnModdle().fromXML(xml)).rootElement;
const write = async definitions => (await new BpmnModdle().toXML(definitions, { format: true })).xml;

const shapes = definitions =>
  (definitions.diagrams || []).flatMap(diagram => (diagram.plane && diagram.plane.planeElement) || []);

/** The XML with only `process` in it, without pools and drawings. */
async function alone(xml, id) {
  const definitions = await parse(xml);
  definitions.rootElements = definitions.rootElements.filter(
    element => !isCollaboration(element) && (!isProcess(element) || element.id === id));
  definitions.diagrams = [];
  const only = definitions.rootElements.find(isProcess);
  if (only) {
    only.laneSets = [];
    connect(only);
  }
  return write(definitions);
}

/** The layout follows `incoming` and `outgoing`, which BPMN leaves optional: say them from the flows. */
function connect(scope) {
  const add = (node, name, flow) => {
    const known = node.get(name);
    if (!known.includes(flow)) known.push(flow);
  };
  (scope.flowElements || []).forEach(element => {
    if (element.flowElements) connect(element);
    if (element.$type !== 'bpmn:SequenceFlow' || !element.sourceRef || !element.targetRef) return;
    add(element.sourceRef, 'outgoing', element);
    add(element.targetRef, 'incoming', element);
  });
}

function box(drawn) {
  const points = drawn.flatMap(item => (item.bounds
    ? [{ x: item.bounds.x, y: item.bounds.y },
      { x: item.bounds.x + item.bounds.width, y: item.bounds.y + item.bounds.height }]
    : item.waypoint || []));
  if (!points.length) return { left: 0, top: 0, right: 200, bottom: 80 };
  const xs = points.map(point => point.x);
  const ys = points.map(point => point.y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function shift(item, dx, dy) {
  const places = [item.bounds, item.label && item.label.bounds, ...(item.waypoint || [])].filter(Boolean);
  places.forEach(place => { place.x += dx; place.y += dy; });
}

/** Copies drawn elements into `model`, pointing at the elements of `byId`. */
function adopt(drawn, byId, model, plane) {
  return drawn.map(item => {
    const target = byId.get(item.bpmnElement.id);
    if (!target) return null;
    const copy = item.bounds
      ? model.create('bpmndi:BPMNShape', {
        id: `${target.id}_shape`, bpmnElement: target, isExpanded: item.isExpanded,
        bounds: model.create('dc:Bounds', { ...plain(item.bounds) }),
      })
      : model.create('bpmndi:BPMNEdge', {
        id: `${target.id}_edge`, bpmnElement: target,
        waypoint: item.waypoint.map(point => model.create('dc:Point', { x: point.x, y: point.y })),
      });
    copy.$parent = plane;
    return copy;
  }).filter(Boolean);
}

const plain = ({ x, y, width, height }) => ({ x, y, width, height });

async function stackPools(xml, definitions, collaboration) {
  const model = new BpmnModdle();
  const byId = index(definitions);
  const plane = model.create('bpmndi:BPMNPlane', { id: 'plane_laid_out', bpmnElement: collaboration, planeElement: [] });
  let top = 0;
  for (const pool of collaboration.participants || []) {
    const own = pool.processRef ? shapes(await parse(await layoutProcess(await alone(xml, pool.processRef.id)))) : [];
    const around = box(own);
    const dx = LABEL + PADDING - around.left;
    const dy = top + PADDING - around.top;
    const height = around.bottom - around.top + 2 * PADDING;
    own.forEach(item => shift(item, dx, dy));
    const frame = model.create('bpmndi:BPMNShape', {
      id: `${pool.id}_shape`, bpmnElement: pool, isHorizontal: true,
      bounds: model.create('dc:Bounds', { x: 0, y: top, width: LABEL + 2 * PADDING + around.right - around.left, height }),
    });
    plane.planeElement.push(frame, ...adopt(own, byId, model, plane));
    top += height + GAP;
  }
  definitions.diagrams = [model.create('bpmndi:BPMNDiagram', { id: 'diagram_laid_out', plane })];
  return write(definitions);
}

/** `xml` itself when it is drawn already, else a copy with a layout; `process` names the one to show of several. */
export async function laidOut(xml, process) {
  const definitions = await parse(xml);
  if (shapes(definitions).length) return xml;
  const roots = definitions.rootElements || [];
  const collaboration = roots.find(isCollaboration);
  if (collaboration && (collaboration.participants || []).length) return stackPools(xml, definitions, collaboration);
  const wanted = roots.find(element => isProcess(element) && (!process || element.id === process)) || roots.find(isProcess);
  return wanted ? merged(xml, wanted.id) : xml;
}

/** A copy in which every node names its flows: editors and checks rely on what BPMN leaves optional. */
export async function connected(xml) {
  const definitions = await parse(xml);
  (definitions.rootElements || []).filter(isProcess).forEach(connect);
  return write(definitions);
}

/** Lays out one process and puts the drawing back into the whole document, so that nothing else of it is lost. */
async function merged(xml, id) {
  const drawn = await parse(await layoutProcess(await alone(xml, id)));
  const definitions = await parse(xml);
  const byId = index(definitions);
  const model = new BpmnModdle();
  definitions.diagrams = (drawn.diagrams || []).map((diagram, at) => {
    const plane = model.create('bpmndi:BPMNPlane', {
      id: `plane_${at}_laid_out`, bpmnElement: byId.get(diagram.plane.bpmnElement.id), planeElement: [],
    });
    plane.planeElement = adopt(diagram.plane.planeElement || [], byId, model, plane);
    return model.create('bpmndi:BPMNDiagram', { id: `diagram_${at}_laid_out`, plane });
  });
  return write(definitions);
}
