// A plain layout for the few diagrams that the layouter cannot do: columns by distance from the start, rows in order.
const COLUMN = 160;
const ROW = 120;
const SIZES = [[/Event$/, 36, 36], [/Gateway$/, 50, 50], [/./, 100, 80]];

const sizeOf = node => SIZES.find(([kind]) => kind.test(node.$type)).slice(1);

/** The column of each node: one more than its nearest predecessor's; a boundary event stands with its host. */
function columns(nodes, flows) {
  const column = new Map();
  const targets = new Set(flows.map(flow => flow.targetRef));
  const queue = nodes.filter(node => !targets.has(node) && !node.attachedToRef);
  (queue.length ? queue : nodes.slice(0, 1)).forEach(node => column.set(node, 0));
  const visit = node => {
    const leaving = flows.filter(flow => flow.sourceRef === node || flow.sourceRef.attachedToRef === node);
    leaving.forEach(({ targetRef }) => {
      if (column.has(targetRef)) return;
      column.set(targetRef, column.get(node) + 1);
      queue.push(targetRef);
    });
  };
  for (let at = 0; at < queue.length; at += 1) visit(queue[at]);
  nodes.forEach(node => { if (!column.has(node) && !node.attachedToRef) column.set(node, 0); });
  return column;
}

/** Where each node stands: {x, y, width, height}. */
function places(nodes, flows) {
  const column = columns(nodes, flows);
  const filled = new Map();
  const place = new Map();
  column.forEach((at, node) => {
    const row = filled.get(at) || 0;
    const [width, height] = sizeOf(node);
    filled.set(at, row + 1);
    place.set(node, { x: at * COLUMN + (100 - width) / 2, y: row * ROW + (80 - height) / 2, width, height });
  });
  nodes.filter(node => node.attachedToRef && place.has(node.attachedToRef)).forEach((node, at) => {
    const host = place.get(node.attachedToRef);
    place.set(node, { x: host.x + 8 + (at % 2) * 46, y: host.y + host.height - 18, width: 36, height: 36 });
  });
  return place;
}

function bend(from, to) {
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x, y: to.y + to.height / 2 };
  const middle = end.x > start.x ? (start.x + end.x) / 2 : start.x + 20;
  return start.y === end.y && end.x > start.x ? [start, end] : [start, { x: middle, y: start.y }, { x: middle, y: end.y }, end];
}

/** The diagram of a process or sub-process, then those of the sub-processes in it, which are drawn collapsed. */
export function plainLayout(scope, model) {
  const elements = scope.flowElements || [];
  const flows = elements.filter(element => element.$type === 'bpmn:SequenceFlow' && element.sourceRef && element.targetRef);
  const nodes = elements.filter(element => element.$instanceOf('bpmn:FlowNode'));
  const place = places(nodes, flows);
  const shapes = [...place].map(([node, bounds]) => model.create('bpmndi:BPMNShape', {
    id: `${node.id}_plain`, bpmnElement: node, bounds: model.create('dc:Bounds', bounds),
  }));
  const edges = flows.filter(flow => place.has(flow.sourceRef) && place.has(flow.targetRef)).map(flow => model.create('bpmndi:BPMNEdge', {
    id: `${flow.id}_plain`, bpmnElement: flow,
    waypoint: bend(place.get(flow.sourceRef), place.get(flow.targetRef)).map(point => model.create('dc:Point', point)),
  }));
  const plane = model.create('bpmndi:BPMNPlane', { id: `${scope.id}_plane_plain`, bpmnElement: scope, planeElement: [...shapes, ...edges] });
  const inner = nodes.filter(node => node.flowElements).flatMap(node => plainLayout(node, model));
  return [model.create('bpmndi:BPMNDiagram', { id: `${scope.id}_diagram_plain`, plane }), ...inner];
}
