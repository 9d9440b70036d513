// What is marked on a diagram: the path already gone, the tokens with who and since when, what is to come, what failed.
// Shape and words first: a tick, a filled arrow, dashes, an exclamation mark; colour only follows.
const marked = entry => (typeof entry === 'string' ? { element: entry } : entry);
const SVG = 'http://www.w3.org/2000/svg';

function drawing(kind) {
  const paths = { tick: 'M4.5 8l2.5 2.5 4.5-5', token: 'M6 4.5l6 3.5-6 3.5z', failed: 'M8 4v5M8 11.3v.2' };
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', paths[kind]);
  svg.append(path);
  return svg;
}

function badge(kind, spoken) {
  const box = document.createElement('div');
  box.className = `lf-badge lf-badge-${kind}`;
  box.append(drawing(kind));
  const words = document.createElement('span');
  words.className = 'sr';
  words.textContent = spoken;
  box.append(words);
  return box;
}

function note(text, kind) {
  const box = document.createElement('div');
  box.className = `lf-note lf-note-${kind}`;
  box.textContent = text;
  return box;
}

const line = ({ who, since, at }) => [who, since || at].filter(Boolean).join(' ');

/** Puts all marks on an imported diagram; names without a shape are passed over. */
export class Marks {
  constructor(viewer, words) {
    this.canvas = viewer.get('canvas');
    this.overlays = viewer.get('overlays');
    this.registry = viewer.get('elementRegistry');
    this.words = words;
  }

  put({ done = [], now = [], future = null, failed = [], flags = [], heat = {} }) {
    const [gone, here, broken] = [done, now, failed].map(list => list.map(entry => marked(entry).element));
    this.path(gone, [...here, ...broken]);
    done.map(marked).forEach(entry => this.done(entry));
    now.map(marked).forEach(entry => this.now(entry));
    failed.map(marked).forEach(entry => this.failed(entry));
    this.future(future, new Set([...gone, ...here, ...broken]));
    flags.forEach(flag => this.flag(flag));
    Object.entries(heat).forEach(([id, level]) => this.heat(id, level));
  }

  shape({ element }) { return this.registry.get(element); }

  isTask(shape) { return shape.width > 60 && !shape.waypoints; }

  /** Flows on the way: those named, or else each between two elements that were reached. */
  path(gone, reached) {
    const named = gone.some(id => (this.registry.get(id) || {}).waypoints);
    const from = new Set(gone);
    const to = new Set([...gone, ...reached]);
    this.registry.filter(item => item.waypoints && item.type === 'bpmn:SequenceFlow').forEach(flow => {
      const on = named ? from.has(flow.id) : from.has(flow.source.id) && to.has(flow.target.id);
      if (on) this.canvas.addMarker(flow, 'lf-done');
    });
  }

  done(entry) {
    const shape = this.shape(entry);
    if (!shape || shape.waypoints) return;
    this.canvas.addMarker(shape, 'lf-done');
    if (!this.isTask(shape)) return;
    this.overlays.add(shape, 'lf', { position: { top: -9, right: 9 }, html: badge('tick', this.words.done) });
    if (line(entry)) this.under(shape, line(entry), 'done');
  }

  now(entry) {
    const shape = this.shape(entry);
    if (!shape) return;
    this.canvas.addMarker(shape, 'lf-now');
    this.overlays.add(shape, 'lf', { position: { top: -10, right: 10 }, html: badge('token', this.words.now) });
    this.under(shape, line(entry) || this.words.waiting, 'now');
    const holder = shape.parent && this.planeOwner(shape);
    if (!holder) return;
    this.canvas.addMarker(holder, 'lf-now');
    this.overlays.add(holder, 'lf', { position: { top: -10, right: 10 }, html: badge('token', this.words.now) });
  }

  /** A collapsed sub-process whose drawing is on a plane of its own stands for what happens inside. */
  planeOwner(shape) {
    const root = this.canvas.findRoot(shape);
    return root && /_plane$/.test(root.id) ? this.registry.get(root.id.replace(/_plane$/, '')) : null;
  }

  failed(entry) {
    const shape = this.shape(entry);
    if (!shape) return;
    this.canvas.addMarker(shape, 'lf-failed');
    this.overlays.add(shape, 'lf', { position: { top: -10, right: 10 }, html: badge('failed', this.words.failed) });
    this.under(shape, entry.message || this.words.failed, 'failed');
  }

  /** `true` means everything that is not yet reached. */
  future(future, reached) {
    if (!future) return;
    const chosen = future === true
      ? this.registry.filter(item => !item.waypoints && !item.labelTarget && item.type !== 'bpmn:Participant'
        && item.type !== 'bpmn:Lane' && item.parent && !reached.has(item.id))
      : future.map(entry => this.shape(marked(entry))).filter(Boolean);
    chosen.forEach(shape => this.canvas.addMarker(shape, 'lf-future'));
  }

  flag({ element, text, kind = 'plain' }) {
    const shape = this.registry.get(element);
    if (!shape) return;
    const box = document.createElement('div');
    box.className = `lf-flag lf-flag-${kind}`;
    box.textContent = text;
    this.overlays.add(shape, 'lf-flag', { position: { top: -12, left: -12 }, html: box });
  }

  /** `level` 1…4, or `{level, text}` with the number behind it. */
  heat(id, given) {
    const { level, text } = typeof given === 'object' ? given : { level: given };
    const shape = this.registry.get(id);
    if (!shape) return;
    this.canvas.addMarker(shape, `lf-heat-${level}`);
    if (text) this.under(shape, text, 'heat');
  }

  under(shape, text, kind) {
    const inside = this.isTask(shape);
    const box = note(text, kind);
    if (inside) box.style.width = `${shape.width - 8}px`;
    const boundary = inside && (shape.attachers || []).length;
    const place = boundary ? { top: -16, left: 4 } : { bottom: 17, left: 4 };
    this.overlays.add(shape, 'lf', { position: inside ? place : { bottom: -18, left: shape.width / 2 - 50 }, html: box });
  }
}
