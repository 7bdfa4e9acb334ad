import { TLSSocket } from 'node:tls';
import type { X509Certificate } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { failure } from '../../contracts/errors.ts';
import { agentOf, serialOf } from '../../pki/index.ts';
import { FailureError } from '../failure-error.ts';
import type { Store } from '../store/store.ts';

/** The agent at the other end, known by its certificate. */
export interface Peer {
  readonly agent: string;
  readonly serial: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    peer: Peer | null;
  }
}

/** The certificate of a request's connection, or null when TLS did not accept it. Replaced in tests without TLS. */
export type PeerCertificate = (request: FastifyRequest) => X509Certificate | null;

export const tlsPeerCertificate: PeerCertificate = (request) => {
  const { socket } = request.raw;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  return socket.getPeerX509Certificate() ?? null;
};

/** Refuses every request of the scope that does not come from an enrolled agent, before its body is read. */
export function requireAgent(scope: FastifyInstance, store: Store, certificateOf: PeerCertificate): void {
  scope.addHook('onRequest', async (request) => {
    const certificate = certificateOf(request);
    if (certificate === null)
      throw refuse('DLP_AUTH_REQUIRED', 'A valid client certificate of this organisation is needed. Enrol this PC again.');
    const serial = serialOf(certificate);
    const agent = agentOf(certificate);
    const state = store.certificate(serial);
    if (state === null || agent !== state.agent)
      throw refuse('DLP_AUTH_REQUIRED', 'The certificate is not one that this collector gave out.');
    if (state.revoked) throw refuse('DLP_AUTH_REVOKED', 'This agent was revoked. Enrol this PC again if that was a mistake.');
    request.peer = { agent, serial };
  });
}

/** @throws Error outside a scope with `requireAgent`: a route in the wrong place. */
export function peerOf(request: FastifyRequest): Peer {
  if (request.peer === null) throw new Error('the route is outside the scope of enrolled agents');
  return request.peer;
}

const refuse = (code: 'DLP_AUTH_REQUIRED' | 'DLP_AUTH_REVOKED', message: string): FailureError => new FailureError(failure(code, message));
