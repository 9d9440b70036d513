// One editor for each kind of file, all alike to the page: {text(), undo(), redo(), select(id), goTo(line), marks, destroy()}.
import { bundles, facts, narrow, say } from './facts.js';
import { el } from './draw.js';

const loaded = new Map();

/** Load a bundle once; it puts its tool on `window`. */
export function bundle(name) {
  if (!loaded.has(name)) {
    loaded.set(name, new Promise((resolve, reject) => {
      const script = el('script', { src: bundles[name] });
      script.addEventListener('load', resolve);
      script.addEventListener('error', () => reject(new Error(bundles[name])));
      document.head.append(script);
    }));
  }
  return loaded.get(name);
}

const props = document.getElementById('props');
const showProps = on => { props.hidden = !on; };

const LEGIBLE = 0.6;
const BESIDE_PALETTE = 110;

/** A large diagram begins legible at its top left, clear of the palette, rather than whole and too small to read. */
function legible(canvas, beside) {
  if (canvas.zoom() >= LEGIBLE) return;
  const { inner, outer } = canvas.viewbox();
  const scale = 0.8;
  canvas.viewbox({ x: inner.x - beside / scale, y: inner.y - 24 / scale, width: outer.width / scale, height: outer.height / scale });
}

async function diagramEditor(stage, text, onChange, onSelect) {
  await bundle('modeler');
  showProps(true);
  const handle = await window.LoanflowModeler.open(stage, {
    xml: text, panel: props, operations: facts.operations, steps: facts.steps, lint: false, onChange, onSelect,
  });
  legible(handle.modeler.get('canvas'), BESIDE_PALETTE);
  return {
    tool: handle.modeler,
    text: () => {
      // A name that is being typed on the canvas counts.
      const typing = handle.modeler.get('directEditing');
      if (typing.isActive()) typing.complete();
      return handle.xml();
    },
    undo: handle.undo, redo: handle.redo, select: handle.select, destroy: handle.destroy,
  };
}

async function diagramViewer(stage, text, _onChange, onSelect) {
  await bundle('viewer');
  stage.classList.add('diagram');
  const handle = await window.LoanflowDiagram.show(stage, { xml: text, onSelect });
  legible(handle.viewer.get('canvas'), 12);
  return { tool: handle.viewer, text: async () => text, select: handle.select, destroy: handle.destroy };
}

async function decisionEditor(stage, text, onChange) {
  await bundle('dmn');
  const panel = narrow ? undefined : el('div', {});
  if (panel) props.append(panel);
  const handle = await window.LoanflowDecision.open(stage, { xml: text, panel, readonly: narrow, onChange });
  // Only the graph of requirements has properties; tables want the whole width.
  const follow = () => {
    const graph = (handle.modeler.getActiveView() || {}).type === 'drd';
    showProps(graph && !narrow);
    // The graph begins where palette and title leave room.
    if (graph) handle.modeler.getActiveViewer().get('canvas').scroll({ dx: 70, dy: 60 });
  };
  handle.modeler.on('import.done', follow);
  handle.modeler.on('views.changed', () => showProps(!narrow && (handle.modeler.getActiveView() || {}).type === 'drd'));
  follow();
  const stack = step => () => handle.modeler.getActiveViewer().get('commandStack')[step]();
  const open = id => { try { handle.open(id); } catch { /* no view of its own */ } };
  return { text: narrow ? async () => text : handle.xml, undo: stack('undo'), redo: stack('redo'), select: open, destroy: handle.destroy };
}

async function formEditor(stage, text, onChange) {
  await bundle('forms');
  const schema = JSON.parse(text);
  if (narrow) {
    const shown = await window.LoanflowForm.mount(stage, { schema, readonly: true });
    return { text: async () => text, destroy: shown.destroy };
  }
  const handle = await window.LoanflowForm.edit(stage, { schema, onChange });
  const stack = step => () => handle.editor.get('commandStack')[step]();
  return {
    text: async () => `${JSON.stringify(handle.schema(), null, 2)}\n`,
    undo: stack('undo'), redo: stack('redo'), destroy: handle.destroy,
  };
}

/** Plain text: for what is written by hand, and for files that their own editor cannot open. */
export async function textEditor(stage, text, onChange) {
  showProps(false);
  const area = el('textarea', {
    class: 'source', 'aria-label': say('textLabel'), spellcheck: 'false', autocapitalize: 'off', wrap: 'off', readonly: narrow,
  });
  area.value = text;
  area.addEventListener('input', onChange);
  stage.append(area);
  const goTo = line => {
    const lines = area.value.split('\n');
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + (lines[line - 1] || '').length);
    area.scrollTop = (line - 4) * Number.parseFloat(getComputedStyle(area).lineHeight);
  };
  const native = step => () => { area.focus(); document.execCommand(step); };
  return {
    text: async () => area.value, undo: native('undo'), redo: native('redo'), goTo, select: () => {},
    destroy: () => area.remove(),
  };
}

const KINDS = { diagrams: narrow ? diagramViewer : diagramEditor, decisions: decisionEditor, forms: formEditor };

/** Open `text` in the editor of its kind; `failed` hears why it is shown as plain text instead. */
export async function openEditor(stage, text, { onChange, onSelect, failed }) {
  const make = KINDS[facts.kind] || textEditor;
  stage.textContent = '';
  try {
    return await make(stage, text, onChange, onSelect);
  } catch (error) {
    stage.textContent = '';
    stage.className = 'stage';
    failed(error);
    return textEditor(stage, text, onChange);
  }
}
