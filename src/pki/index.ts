export { type CertificateAuthority, createAuthorityCertificate, issueAgentCertificate, issueServerCertificate } from './certificate.ts';
export { signChainHead, verifyChainHead } from './chain-head.ts';
export { createCsr, readCsr } from './certificate-request.ts';
export {
  createEnrolmentToken,
  type EnrolmentToken,
  formatEnrolmentToken,
  hashTokenSecret,
  parseEnrolmentToken,
} from './enrolment-token.ts';
export { agentOf, agentUri, fingerprintOf, serialOf } from './identity.ts';
export { generateRsaKey, generateSigningKey, privateKeyFromPem, privateKeyPem, publicKeyPem } from './keys.ts';
export { createOrganisation, openOrganisation, type Organisation, ORGANISATION_FILES } from './organisation.ts';
