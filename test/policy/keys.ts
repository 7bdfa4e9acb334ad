import { generateKeyPairSync } from 'node:crypto';

export interface PolicyKeys {
  readonly publicKeyPem: string;
  readonly privateKeyPem: string;
}

export function newPolicyKeys(): PolicyKeys {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
