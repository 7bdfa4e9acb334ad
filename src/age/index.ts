/**
 * age v1 files (docs/spec/age.md): the one door of this folder.
 * Files come and go as handles; what the file system throws passes through to the caller.
 */
export { generateIdentity, isRecipient, recipientOf } from './keys.ts';
export { formatIdentityFile, parseIdentityFile } from './identity-file.ts';
export { isAgeFile } from './header.ts';
export { encryptFile, encryptFileWithoutReceipt, type EncryptionReceipt } from './encrypt-file.ts';
export { checkFile, decryptFile, decryptFileWithoutDigest, verifyFile } from './decrypt-file.ts';
export { decryptBytes, encryptBytes, encryptBytesProved } from './memory.ts';
export { type AgeHead, AgeReader, plaintextBytes, readAgeHead, type ReadAt } from './random-access.ts';
