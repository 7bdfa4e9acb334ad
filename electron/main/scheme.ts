import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { CustomScheme } from 'electron';

/** Windows are served from this scheme and from nowhere else: no file://, no network. docs/spec/tray.md section 4. */
export const APP_SCHEME = 'sekisho-app';
export const APP_ORIGIN = `${APP_SCHEME}://tray`;

/** To be registered before the app is ready. Standard: it has an origin, so that 'self' and the sender check mean something. */
export const APP_SCHEME_REGISTRATION: CustomScheme = {
  scheme: APP_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: false, corsEnabled: false, stream: false },
};

/**
 * No 'unsafe-inline', no nonce: the stylesheet, Mantine's variables included, is made by the build. React sets style properties
 * through the CSSOM, which a policy does not govern, so `style-src 'self'` is enough. `connect-src 'none'`: data comes over IPC.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/**
 * Answers requests for the built window files under `root`. The files are listed once, and a request is looked up in that list:
 * no path is ever put together from a request, so there is nothing to traverse.
 */
export async function createFileServer(root: string): Promise<(request: Request) => Promise<Response>> {
  const files = await listFiles(root);
  return async (request) => {
    const file = request.method === 'GET' ? files.get(fileKey(request.url)) : undefined;
    if (file === undefined) return new Response('not found', { status: 404, headers: headers('text/plain; charset=utf-8') });
    return new Response(new Uint8Array(await readFile(file.path)), { headers: headers(file.type) });
  };
}

function fileKey(address: string): string {
  const url = URL.parse(address);
  if (url === null || `${url.protocol}//${url.host}` !== APP_ORIGIN) return '';
  return url.pathname === '/' ? '/index.html' : url.pathname;
}

async function listFiles(root: string): Promise<Map<string, { path: string; type: string }>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = new Map<string, { path: string; type: string }>();
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)];
    // A symbolic link is not a file here: it could point outside.
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`/${relative(root, path).split(sep).join('/')}`, { path, type });
  }
  return files;
}

const headers = (type: string): Record<string, string> => ({
  'content-type': type,
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
});
