import type { z } from 'zod';
import { failure, type Failure } from '../../contracts/errors.ts';
import { type IpcMethod, type IpcParams, type IpcResponse, type IpcResult, ipcMethods, type Privilege } from '../../contracts/ipc.ts';
import { err, ok, type Result } from '../../contracts/result.ts';
import type { PeerIdentity } from '../../platform/types.ts';
import type { IpcConnection } from './connection.ts';

/**
 * Answers one method. `connection.peer` is who asks, as the kernel says: a handler for `list` and `modify` shows and
 * changes only what belongs to that account, unless the peer is an administrator.
 */
export type IpcHandler<M extends IpcMethod> = (
  params: IpcParams<M>,
  connection: IpcConnection,
) => Result<IpcResult<M>, Failure> | Promise<Result<IpcResult<M>, Failure>>;
export type IpcHandlers = { readonly [M in IpcMethod]: IpcHandler<M> };

/** The whole of what a peer may do. Administrators and the agent's own account everything; any other its own affairs. */
export function mayUse(peer: PeerIdentity, privilege: Privilege, ownUid = process.getuid?.()): boolean {
  switch (privilege) {
    case 'list':
    case 'modify':
      return true;
    case 'admin':
      return peer.admin || (peer.uid !== undefined && peer.uid === ownUid);
  }
}

interface Spec {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  readonly privilege: Privilege;
}

export interface DispatchRequest {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

/** Runs one request: method known, privilege held, parameters parsed, handler run, result parsed. Never rejects. */
export async function dispatch(
  handlers: IpcHandlers,
  request: DispatchRequest,
  connection: IpcConnection,
  onError: (error: Failure) => void,
): Promise<IpcResponse> {
  const outcome = await answer(handlers, request, connection).catch((cause: unknown) =>
    err(failure('DLP_INTERNAL', `The agent failed inside ${request.method}.`, { cause })),
  );
  if (outcome.ok) return { kind: 'response', id: request.id, ok: true, result: outcome.value };
  const { code, message, retryable } = outcome.error;
  if (code === 'DLP_INTERNAL') onError(outcome.error);
  return { kind: 'response', id: request.id, ok: false, error: { code, message, retryable } };
}

async function answer(handlers: IpcHandlers, request: DispatchRequest, connection: IpcConnection): Promise<Result<unknown, Failure>> {
  const { method } = request;
  if (!isMethod(method)) return err(failure('DLP_IPC_METHOD', 'This agent has no such method.'));
  const spec: Spec = ipcMethods[method];
  if (!mayUse(connection.peer, spec.privilege))
    return err(failure('DLP_IPC_PRIVILEGE', 'Your account may not ask this of the agent; an administrator may.'));
  const params = spec.params.safeParse(request.params);
  if (!params.success) return err(failure('DLP_IPC_PARAMS', 'The parameters do not fit the method.', { cause: params.error }));
  const outcome = await run(handlers, method, params.data, connection);
  if (!outcome.ok) return outcome;
  const result = spec.result.safeParse(outcome.value);
  if (!result.success) return err(failure('DLP_INTERNAL', `The agent made a wrong answer to ${method}.`, { cause: result.error }));
  return ok(result.data);
}

function run(
  handlers: IpcHandlers,
  method: IpcMethod,
  params: unknown,
  connection: IpcConnection,
): Result<unknown, Failure> | Promise<Result<unknown, Failure>> {
  // The table ties each handler to its own parameters; the parameters were parsed by the same row a moment ago.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const handler = handlers[method] as (params: unknown, connection: IpcConnection) => ReturnType<IpcHandler<IpcMethod>>;
  return handler(params, connection);
}

const isMethod = (name: string): name is IpcMethod => Object.hasOwn(ipcMethods, name);
