// Gives a diagram without layout one. Each process is laid out on its own; pools are stacked from top to bottom.
import { layoutProcess } from 'bpmn-auto-layout';
import { BpmnModdle } from 'bpmn-moddle';
import { index } from './ids.js';
import { plainLayout } from './plain-layout.js';

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

/** The diagrams of one process laid out on its own: its plane first, then those of its collapsed sub-processes. */
async function drawn(xml, id) {
  const own = await alone(xml, id);
  try {
    return (await parse(await layoutProcess(own))).diagrams || [];
  } catch {
    const definitions = await parse(own); // the layouter does not manage every graph
    return plainLayout(definitions.rootElements.find(isProcess), new BpmnModdle());
  }
}

const elementsOf = diagram => (diagram && diagram.plane.planeElement) || [];

/** The planes of collapsed sub-processes, for `model`. */
function innerPlanes(diagrams, byId, model) {
  return diagrams.filter(diagram => byId.has(diagram.plane.bpmnElement.id)).map(diagram => {
    const owner = byId.get(diagram.plane.bpmnElement.id);
    const plane = model.create('bpmndi:BPMNPlane', { id: `${owner.id}_plane_laid_out`, bpmnElement: owner });
    plane.planeElement = adopt(elementsOf(diagram), byId, model, plane);
    return model.create('bpmndi:BPMNDiagram', { id: `${owner.id}_diagram_laid_out`, plane });
  });
}

async function stackPools(xml, definitions, collaboration) {
  const model = new BpmnModdle();
  const byId = index(definitions);
  const plane = model.create('bpmndi:BPMNPlane', { id: 'plane_laid_out', bpmnElement: collaboration, planeElement: [] });
  const inner = [];
  let top = 0;
  for (const pool of collaboration.participants) {
    const diagrams = pool.processRef ? await drawn(xml, pool.processRef.id) : [];
    const own = elementsOf(diagrams[0]);
    const around = box(own);
    const height = around.bottom - around.top + 2 * PADDING;
    own.forEach(item => shift(item, LABEL + PADDING - around.left, top + PADDING - around.top));
    const frame = model.create('bpmndi:BPMNShape', {
      id: `${pool.id}_shape`, bpmnElement: pool, isHorizontal: true,
      bounds: model.create('dc:Bounds', { x: 0, y: top, width: LABEL + 2 * PADDING + around.right - around.left, height }),
    });
    plane.planeElement.push(frame, ...adopt(own, byId, model, plane));
    inner.push(...innerPlanes(diagrams.slice(1), byId, model));
    top += height + GAP;
  }
  definitions.diagrams = [model.create('bpmndi:BPMNDiagram', { id: 'diagram_laid_out', plane }), ...inner];
  return write(definitions);
}

/** `xml` itself when it is drawn already, else a copy with a layout; `process` names the one to show of several. */
export async function laidOut(xml, process) {
  const definitions = await parse(xml);
  if (shapes(definitions).length) return xml;
  const roots = definitions.rootElements || [];
  const processes = roots.filter(isProcess);
  const wanted = processes.find(element => element.id === process)
    || processes.find(element => element.isExecutable) || processes[0];
  if (!wanted) return xml;
  const around = roots.find(element => isCollaboration(element)
    && (element.participants || []).some(pool => pool.processRef === wanted));
  if (around) return stackPools(xml, definitions, around);
  definitions.diagrams = innerPlanes(await drawn(xml, wanted.id), index(definitions), new BpmnModdle());
  return write(definitions);
}

/** A copy in which every node names its flows: editors and checks rely on what BPMN leaves optional. */
export async function connected(xml) {
  const definitions = await parse(xml);
  (definitions.rootElements || []).filter(isProcess).forEach(connect);
  return write(definitions);
}
