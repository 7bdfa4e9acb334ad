import { afterEach, describe, expect, it, vi } from 'vitest';
import { api, ApiProblem } from '../../src/console/api/api.ts';
import { storedEvents, summary } from '../e2e/console-fixtures.ts';

const signal = new AbortController().signal;
const answer = (status: number, body: unknown): void => {
  vi.stubGlobal(
    'fetch',
    vi.fn(() => Promise.resolve(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }))),
  );
};
const problemOf = async (request: Promise<unknown>): Promise<ApiProblem> => {
  const problem: unknown = await request.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(problem instanceof ApiProblem)) throw new Error('the request did not fail as an ApiProblem', { cause: problem });
  return problem;
};

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('api', () => {
  it('gives what the contract has', async () => {
    answer(200, summary());
    expect(await api.summary(signal)).toEqual(summary());
  });

  it('asks for a page with the filter and the place', async () => {
    answer(200, { events: storedEvents(0, 0), next: null });
    await api.events({ text: 'a&b', severity: 'high' }, 'cursor-1', signal, 50);
    expect(vi.mocked(fetch).mock.calls[0]?.[0]).toBe('/api/events?text=a%26b&severity=high&limit=50&before=cursor-1');
  });

  it('knows that nobody is signed in', async () => {
    answer(401, { code: 'DLP_AUTH_REQUIRED', message: 'sign in', retryable: false });
    expect(await api.session(signal)).toBeNull();
    expect((await problemOf(api.fleet(signal))).signedOut).toBe(true);
  });

  it('tells a wrong password from a lost session', async () => {
    answer(401, { code: 'DLP_AUTH_FAILED', message: 'wrong', retryable: false });
    const problem = await problemOf(api.login('a', 'b'));
    expect([problem.code, problem.signedOut]).toEqual(['DLP_AUTH_FAILED', false]);
  });

  it.each([
    [200, { total: 'many' }, 'response', false],
    [200, '<html>proxy</html>', 'response', false],
    [502, '<html>bad gateway</html>', 'network', true],
    [429, '', 'DLP_API_RATE', true],
    [401, '', 'DLP_AUTH_REQUIRED', false],
    [403, { code: 'DLP_AUTH_FORBIDDEN', message: 'no', retryable: false }, 'DLP_AUTH_FORBIDDEN', false],
  ])('%i with %j is the problem %s', async (status, body, code, retryable) => {
    answer(status, body);
    expect(await problemOf(api.summary(signal))).toMatchObject({ code, retryable });
  });

  it('says when the collector cannot be reached', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    expect(await problemOf(api.summary(signal))).toMatchObject({ code: 'network', retryable: true });
  });
});
