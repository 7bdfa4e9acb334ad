// Runs in the guest: takes commands as JSON Lines from the host over a virtio port, each `{ id, command }`, and
// answers `{ id, status, stdout, stderr }`. Several may run at a time. The first line it writes is `{ "ready": true }`.
import { spawn } from 'node:child_process';
import { openSync, createReadStream, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

const port = openSync(process.argv[2], 'r+');
const answer = (message) => {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < bytes.length;) sent += writeSync(port, bytes, sent);
};

answer({ ready: true });
for await (const line of createInterface({ input: createReadStream('', { fd: port, autoClose: false }) })) {
  const { id, command } = JSON.parse(line);
  const child = spawn('/bin/bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/root' });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text) => {
      output[name] += text;
    });
  }
  // `exit`, not `close`: a program left in the background may hold the pipes for as long as it runs.
  child.on('exit', (status, signal) => setImmediate(() => answer({ id, status: status ?? 128, signal, ...output })));
}
