// Marks on an open diagram: what the checker found where, and what no scenario has reached.
import { say } from './facts.js';
import { el } from './draw.js';

const RANK = { error: 2, warning: 1 };
const KIND = { error: 'bad', warning: 'warn' };

/** Marks for the diagram in `tool` (modeler or viewer); `onPress(element id)` when a mark of findings is pressed. */
export class Marks {
  constructor(tool, onPress) {
    this.overlays = tool.get('overlays');
    this.canvas = tool.get('canvas');
    this.registry = tool.get('elementRegistry');
    this.onPress = onPress;
    this.missed = [];
  }

  findings(findings) {
    this.overlays.remove({ type: 'finding' });
    const byElement = new Map();
    findings.filter(({ element }) => this.isDrawn(element)).forEach(finding =>
      byElement.set(finding.element, [...(byElement.get(finding.element) || []), finding]));
    byElement.forEach((found, id) => {
      const worst = found.reduce((one, other) => (RANK[other.level] > RANK[one.level] ? other : one));
      const words = `${say(worst.level)} ${found.length}`;
      const told = found.map(finding => finding.rule_words || finding.message).join('\n');
      const flag = el('button', {
        type: 'button', class: `lf-flag lf-flag-${KIND[worst.level]} finding-flag`, title: told, 'aria-label': `${words}：${told}`,
        onclick: () => this.onPress(id),
      }, `${worst.level === 'error' ? '✕' : '!'} ${found.length}`);
      this.put(id, 'finding', flag, { top: -10, right: 14 });
    });
  }

  uncovered(ids) {
    this.missed.forEach(id => { if (this.registry.get(id)) this.canvas.removeMarker(id, 'not-covered'); });
    this.overlays.remove({ type: 'not-covered' });
    this.missed = ids.filter(id => this.isDrawn(id));
    this.missed.forEach(id => {
      this.canvas.addMarker(id, 'not-covered');
      if (!this.registry.get(id).waypoints) {
        this.put(id, 'not-covered', el('span', { class: 'lf-flag lf-flag-plain' }, say('notCovered')), { bottom: 9, left: 6 });
      }
    });
  }

  /** The process itself has an id too, but no place on the canvas. */
  isDrawn(id) {
    const shape = this.registry.get(id);
    return Boolean(shape && shape.parent);
  }

  put(id, type, html, position) {
    const shape = this.registry.get(id);
    const place = shape.waypoints ? { top: 0, left: 0 } : position;
    this.overlays.add(shape, type, { position: place, html });
  }
}
