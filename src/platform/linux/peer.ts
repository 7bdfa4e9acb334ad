import koffi from 'koffi';
import type { Socket } from 'node:net';
import { failure, type Failure } from '../../contracts/errors.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import { descriptorOf } from '../socket-descriptor.ts';
import type { PeerIdentity } from '../types.ts';
import { accountName } from './accounts.ts';

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
/** struct ucred { pid_t pid; uid_t uid; gid_t gid; } */
const UCRED_BYTES = 12;
/** What the kernel gives when it has nobody to name, as for a TCP socket. */
const NOBODY = 0xffff_ffff;

const getsockopt = koffi.load(null).func('int getsockopt(int fd, int level, int option, _Out_ uint8_t *value, _Inout_ uint32_t *length)');

/** Who made the connection, fixed by the kernel at connect(2): a process that changes or ends later changes nothing. */
export function peerOf(socket: Socket): Result<PeerIdentity, Failure> {
  const fd = descriptorOf(socket);
  if (fd === null) return err(failure('DLP_IPC_PEER', 'The connection is gone, or this Node no longer shows its descriptor.'));
  const credentials = Buffer.alloc(UCRED_BYTES);
  const length = [UCRED_BYTES];
  const returned: unknown = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, length);
  const uid = credentials.readUInt32LE(4);
  if (returned !== 0 || length[0] !== UCRED_BYTES || uid === NOBODY)
    return err(failure('DLP_IPC_PEER', 'The system does not say who connected.'));
  return ok({ uid, pid: credentials.readInt32LE(0), name: accountName(uid), admin: isAdmin(uid) });
}

/** Whoever the agent itself runs as can do anything to it anyway. */
const isAdmin = (uid: number): boolean => uid === 0 || uid === process.geteuid?.();
