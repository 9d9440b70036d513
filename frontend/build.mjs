// Bundles the tools that need a build into web/static/dist. Run by `make assets`; what it writes is committed.
import { build } from 'esbuild';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licences } from './licences.mjs';
import { formWords } from './form-words.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '../web/static/dist');

const { metafile, outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: {
    'bpmn-viewer': 'src/viewer/index.js', 'bpmn-modeler': 'src/modeler/index.js',
    dmn: 'src/dmn/index.js', forms: 'src/forms/index.js',
  },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2020',
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
  loader: { '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'empty', '.eot': 'empty', '.svg': 'dataurl' },
  alias: { react: '@bpmn-io/properties-panel/preact/compat' },
  plugins: [formWords(here)],
});

// Only a build that went well replaces the last one.
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all(outputFiles.map(file => writeFile(file.path, file.contents)));
await copyFile(join(here, 'node_modules/htmx.org/dist/htmx.min.js'), join(out, 'htmx.min.js'));
await writeFile(join(out, 'LICENSES.txt'), await licences(here, [...Object.keys(metafile.inputs), 'node_modules/htmx.org/dist/htmx.min.js']));

for (const [file, { bytes }] of Object.entries(metafile.outputs)) console.log(String(bytes).padStart(9), file.split('/').pop());
const lock = await readFile(join(here, 'package-lock.json'), 'utf8');
if (lock.includes('"resolved"')) throw new Error('package-lock.json names a registry: see .npmrc');
