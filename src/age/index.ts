/** age v1 files (docs/spec/age.md): the one door of this folder. */
export { generateIdentity, recipientOf } from './keys.ts';
export { formatIdentityFile, parseIdentityFile } from './identity-file.ts';
