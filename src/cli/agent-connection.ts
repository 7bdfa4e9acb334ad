import { failure, type Failure } from '../contracts/errors.ts';
import { err, type Result } from '../contracts/result.ts';
import { connectIpc, type IpcClient } from '../node/ipc-client.ts';
import { VERSION } from '../node/version.ts';
import { loadPlatform } from '../platform/index.ts';
import { callerPath } from './context.ts';

/** Connects to the agent at the endpoint named, else to the PC's service, else to one run by this account. */
export async function connectAgent(endpoint: string | undefined): Promise<Result<IpcClient, Failure>> {
  const { paths } = await loadPlatform();
  const endpoints = endpoint === undefined ? [...new Set([paths.serviceEndpoint, paths.ipcEndpoint])] : [callerPath(endpoint)];
  let last: Failure = failure('DLP_IPC_CLOSED', 'The agent is not running.');
  for (const each of endpoints) {
    const client = await connectIpc(each, { build: `cli ${VERSION}` });
    if (client.ok) return client;
    last = client.error;
  }
  return err(failure(last.code, `${last.message} Tried ${endpoints.join(' and ')}; --endpoint names another.`));
}
