import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_SCHEME_REGISTRATION, CONTENT_SECURITY_POLICY, createFileServer } from '../../electron/main/scheme.ts';

const folder = mkdtempSync(join(tmpdir(), 'sekisho-scheme-'));
const root = join(folder, 'renderer');
let serve: (request: Request) => Promise<Response>;
const get = (path: string): Promise<Response> => serve(new Request(`sekisho-app://tray${path}`));

beforeAll(async () => {
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<!doctype html><title>x</title>');
  writeFileSync(join(root, 'assets/index.js'), 'export {};');
  writeFileSync(join(root, 'notes.md'), 'not a type we serve');
  writeFileSync(join(folder, 'secret.html'), 'secret');
  symlinkSync(join(folder, 'secret.html'), join(root, 'link.html'));
  serve = await createFileServer(root);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the file server of the windows', () => {
  it('serves what was built, with its type and the content policy', async () => {
    const page = await get('/index.html');
    expect([page.status, page.headers.get('content-type'), page.headers.get('content-security-policy')]).toEqual([
      200,
      'text/html; charset=utf-8',
      CONTENT_SECURITY_POLICY,
    ]);
    expect(await (await get('/assets/index.js')).text()).toBe('export {};');
    expect((await get('/')).status).toBe(200);
    expect((await get('/index.html?x=1#status')).status).toBe(200);
  });

  it.each([
    '/../secret.html',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/%2e%2e%2fsecret.html',
    '/assets/../../secret.html',
    '/assets/..%5c..%5csecret.html',
    '/..\\secret.html',
    '//secret.html',
    '/index.html%00.js',
    '/%00',
    '/link.html',
    '/notes.md',
    '/assets/',
    '/assets',
    '/INDEX.HTML/',
  ])('does not serve %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('secret');
  });

  it('answers nobody but its own origin, and only GET', async () => {
    expect((await serve(new Request('sekisho-app://other/index.html'))).status).toBe(404);
    expect((await serve(new Request('https://tray/index.html'))).status).toBe(404);
    expect((await serve(new Request('sekisho-app://tray/index.html', { method: 'POST', body: 'x' }))).status).toBe(404);
  });

  it('never leaves its folder, whatever is asked', async () => {
    const part = fc.constantFrom('..', '.', '%2e', '%2f', '%5c', '\\', '/', 'assets', 'secret.html', 'index.html', '%00', '%252e', 'é');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
        const response = await get(`/${parts.join('/')}`).catch(() => null);
        expect((await response?.text()) ?? '').not.toContain('secret');
      }),
    );
  });
});

describe('the content policy', () => {
  it('allows the least: no inline code or style, no network, no frames, no forms', () => {
    const directives = Object.fromEntries(
      CONTENT_SECURITY_POLICY.split('; ').map((line) => [line.split(' ')[0], line.split(' ').slice(1)]),
    );
    expect(directives).toEqual({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'"],
      'connect-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
      'require-trusted-types-for': ["'script'"],
    });
  });

  it('rests on a standard, secure scheme that bypasses no policy', () => {
    expect(APP_SCHEME_REGISTRATION.privileges).toMatchObject({ standard: true, secure: true });
    expect(APP_SCHEME_REGISTRATION.privileges?.bypassCSP).toBeUndefined();
  });
});
