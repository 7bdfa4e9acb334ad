import { base64nopad } from '@scure/base';

/** Canonical unpadded base64 or null (RFC 4648 section 3.5): two texts for one value would make the header malleable. */
export function decodeBase64(text: string): Uint8Array | null {
  try {
    return base64nopad.decode(text);
  } catch {
    return null;
  }
}

export function encodeBase64(bytes: Uint8Array): string {
  return base64nopad.encode(bytes);
}
