// Runs in the guest: what connects to a port of the guest's loopback reaches the same port of the host's.
import { connect, createServer } from 'node:net';

const port = Number(process.argv[2]);
createServer((near) => {
  const far = connect(port, '10.0.2.2');
  near.pipe(far).pipe(near);
  for (const [socket, other] of [
    [near, far],
    [far, near],
  ])
    socket.on('error', () => other.destroy());
}).listen(port, '127.0.0.1');
