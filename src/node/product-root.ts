import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the product's package.json: files that ship beside the code are found from here, bundled or not. */
export function productRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error('package.json is missing: the installation is damaged');
  }
}
