import { z } from 'zod';
import {
  apiError,
  type FleetResponse,
  fleetResponse,
  loginRequest,
  type SessionInfo,
  sessionInfo,
  type SummaryResponse,
  summaryResponse,
} from '../../contracts/collector-api.ts';
import { type EventFilter, queryOf } from '../events/event-filter.ts';
import { type ShownEventsPage, shownEventsPage } from './shown-event.ts';

/** A refused or impossible request. Thrown, since React Query takes rejections. `code` is the catalogue's, or one of ours. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, retryable: boolean) {
    super(message);
    this.name = 'ApiProblem';
    this.code = code;
    this.retryable = retryable;
  }

  get signedOut(): boolean {
    return this.code === 'DLP_AUTH_REQUIRED';
  }
}

/** The collector could not be reached at all. */
export const NETWORK_PROBLEM = 'network';
/** It answered in a form the contract does not have. */
export const RESPONSE_PROBLEM = 'response';

const PAGE_SIZE = 100;

async function request<T extends z.ZodType>(path: string, schema: T, init: RequestInit = {}): Promise<z.infer<T>> {
  const response = await fetch(path, { credentials: 'same-origin', headers: { accept: 'application/json' }, ...init }).catch(
    (cause: unknown) => {
      if (init.signal?.aborted === true) throw cause;
      throw new ApiProblem(NETWORK_PROBLEM, String(cause), true);
    },
  );
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw refusal(response.status, body);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ApiProblem(RESPONSE_PROBLEM, z.prettifyError(parsed.error), false);
  return parsed.data;
}

function refusal(status: number, body: unknown): ApiProblem {
  const parsed = apiError.safeParse(body);
  if (parsed.success) return new ApiProblem(parsed.data.code, parsed.data.message, parsed.data.retryable);
  if (status === 401) return new ApiProblem('DLP_AUTH_REQUIRED', 'not signed in', false);
  if (status === 429) return new ApiProblem('DLP_API_RATE', 'too many requests', true);
  return new ApiProblem(status >= 500 ? NETWORK_PROBLEM : RESPONSE_PROBLEM, `HTTP ${status}`, status >= 500);
}

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { accept: 'application/json', 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** The console's half of the collector's API. Every answer is checked against the contract before it is believed. */
export const api = {
  async login(name: string, password: string): Promise<void> {
    await request('/api/login', z.unknown(), post(loginRequest.parse({ name, password })));
  },
  async logout(): Promise<void> {
    await request('/api/logout', z.unknown(), post({}));
  },
  /** Null when nobody is signed in. */
  async session(signal: AbortSignal): Promise<SessionInfo | null> {
    try {
      return await request('/api/session', sessionInfo, { signal });
    } catch (error) {
      if (error instanceof ApiProblem && error.signedOut) return null;
      throw error;
    }
  },
  async summary(signal: AbortSignal): Promise<SummaryResponse> {
    return await request('/api/summary', summaryResponse, { signal });
  },
  async fleet(signal: AbortSignal): Promise<FleetResponse> {
    return await request('/api/fleet', fleetResponse, { signal });
  },
  /** @param before a page's `next`, for the page behind it. */
  async events(filter: EventFilter, before: string | null, signal: AbortSignal, limit = PAGE_SIZE): Promise<ShownEventsPage> {
    const query = queryOf(filter, Date.now());
    query.set('limit', String(limit));
    if (before !== null) query.set('before', before);
    return await request(`/api/events?${query}`, shownEventsPage, { signal });
  },
};
