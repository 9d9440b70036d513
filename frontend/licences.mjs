// The licences of everything that went into the bundles, as one text.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PACKAGE = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;

async function licenceText(folder) {
  const name = (await readdir(folder)).find(file => /^(licen[cs]e|copying)/i.test(file));
  return name ? (await readFile(join(folder, name), 'utf8')).trim() : '';
}

/** `inputs` are paths of bundled files below `root`. Fails for a package that names no licence at all. */
export async function licences(root, inputs) {
  const folders = [...new Set(inputs.map(path => PACKAGE.exec(path)).filter(Boolean).map(match => match[1]))];
  const parts = await Promise.all(folders.map(async folder => {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const text = await licenceText(join(root, folder));
    if (!text && !license) throw new Error(`${name} names no licence`);
    return { name, text: `${name} ${version}\n${'-'.repeat(`${name} ${version}`.length)}\n${text || `Licence: ${license}`}\n` };
  }));
  parts.sort((a, b) => (a.name < b.name ? -1 : 1));
  return `Software bundled in this folder, with its licences\n\n${parts.map(part => part.text).join('\n\n')}`;
}
