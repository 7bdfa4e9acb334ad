/**
 * Chromium itself knows no custom schemes, so `scheme://host/path` is shown as `https://host.scheme.fake/path`: a secure, standard
 * origin of its own, served by request routing. The app under test only ever sees the former.
 */
const SUFFIX = '.fake';

export function toPageUrl(url: string): string {
  const match = /^([a-z][a-z0-9-]*):\/\/([a-z0-9-]+)(\/.*)?$/.exec(url);
  if (match === null || ['http', 'https', 'data', 'about'].includes(match[1] ?? '')) return url;
  return `https://${match[2]}.${match[1]}${SUFFIX}${match[3] ?? '/'}`;
}

export function toElectronUrl(pageUrl: string): string {
  const match = /^https:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.fake(\/.*)?$/.exec(pageUrl);
  return match === null ? pageUrl : `${match[2]}://${match[1]}${match[3] ?? '/'}`;
}

export function originOf(url: string): string {
  const match = /^[a-z][a-z0-9-]*:\/\/[^/?#]+/.exec(url);
  return match?.[0] ?? 'null';
}
