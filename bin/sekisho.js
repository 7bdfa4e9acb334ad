#!/usr/bin/env node
// Plain JavaScript on purpose: it must start on whatever Node the shell finds first, and hand over to a Node
// that can run the TypeScript sources (22.22 or newer; the one in node_modules is 24).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const entry = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

if (major > 22 || (major === 22 && minor >= 22)) await import(entry);
else handOver(fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url)));

function handOver(node) {
  if (!existsSync(node)) {
    process.stderr.write(`sekisho needs Node 22.22 or newer (this is ${process.version}). Run npm ci in its folder, then try again.\n`);
    process.exit(2);
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Whoever asks this process to end means the one that does the work.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? ''] ?? 0)));
}
