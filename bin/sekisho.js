#!/usr/bin/env node
// Plain JavaScript on purpose: it must start on whatever Node the shell finds first, and hand over to a Node
// that can run the TypeScript sources (22.22 or newer; the one in node_modules is 24).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const entry = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

if (major > 22 || (major === 22 && minor >= 22)) {
  await import(entry);
} else {
  const bundled = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (!existsSync(bundled)) {
    process.stderr.write(`sekisho needs Node 22.22 or newer (this is ${process.version}). Run npm ci in its folder, then try again.\n`);
    process.exit(2);
  }
  const run = spawnSync(bundled, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(run.status ?? 2);
}
