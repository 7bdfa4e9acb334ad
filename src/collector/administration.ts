import { createEnrolmentToken, formatEnrolmentToken, hashTokenSecret, type Organisation } from '../pki/index.ts';
import { hashPassword } from './console-api/passwords.ts';
import { addToken, revokeAgent } from './store/agents.ts';
import { administer } from './store/store.ts';
import { putUser, type Role } from './store/users.ts';

/** What an administrator does on the collector's own machine, beside a running collector or without one. */
export interface Administration {
  /** The token's text; the store keeps a hash of its secret alone. */
  addToken(organisation: Pick<Organisation, 'authorityFingerprint'>, url: string, validMillis: number): { token: string; expires: string };
  putUser(name: string, role: Role, password: string): Promise<void>;
  /** Holds from the agent's next request on. False when there is no such agent. */
  revoke(agent: string): boolean;
}

export function administration(state: string, now: () => number = Date.now): Administration {
  return {
    addToken({ authorityFingerprint }, url, validMillis) {
      const token = createEnrolmentToken(url, authorityFingerprint);
      const expires = now() + validMillis;
      administer(state, (database) => addToken(database, { hash: hashTokenSecret(token.secret), now: now(), expires }));
      return { token: formatEnrolmentToken(token), expires: new Date(expires).toISOString() };
    },
    async putUser(name, role, password) {
      const hashed = await hashPassword(password);
      administer(state, (database) => putUser(database, { name, role, password: hashed, now: now() }));
    },
    revoke: (agent) => administer(state, (database) => revokeAgent(database, { agent, now: now() })),
  };
}
