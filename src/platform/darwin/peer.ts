import koffi from 'koffi';
import type { Socket } from 'node:net';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { descriptorOf } from '../socket-descriptor.ts';
import type { PeerIdentity } from '../types.ts';
import { accountName } from './accounts.ts';

const SOL_LOCAL = 0;
const LOCAL_PEERPID = 2;

/** Who made the connection: getpeereid(3), and the process by LOCAL_PEERPID. */
export function peerOf(socket: Socket): Result<PeerIdentity, Failure> {
  const fd = descriptorOf(socket);
  if (fd === null) return err(failure('DLP_IPC_PEER', 'The connection is gone, or this Node no longer shows its descriptor.'));
  const libc = koffi.load(null);
  const uid = [0];
  const returned: unknown = libc.func('int getpeereid(int fd, _Out_ uint32_t *uid, _Out_ uint32_t *gid)')(fd, uid, [0]);
  if (returned !== 0 || uid[0] === undefined) return err(failure('DLP_IPC_PEER', 'The system does not say who connected.'));
  const pid = [0];
  libc.func('int getsockopt(int fd, int level, int option, _Out_ int *value, _Inout_ uint32_t *length)')(
    fd,
    SOL_LOCAL,
    LOCAL_PEERPID,
    pid,
    [4],
  );
  const admin = uid[0] === 0 || uid[0] === process.geteuid?.();
  return ok({ uid: uid[0], pid: pid[0] ?? 0, name: accountName(uid[0]), admin });
}
