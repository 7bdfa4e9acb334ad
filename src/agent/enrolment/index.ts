export { enroll, type EnrolOptions } from './enroll.ts';
export { type Enrolment, ENROLMENT_FILE, loadEnrolment } from './enrolment.ts';
