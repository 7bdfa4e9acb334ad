/** What a candidate is. Those below 16 were judged by their form, numbers by their check digit, too; the others are words to look around. */
export const MY_NUMBER: i32 = 1;
export const DRIVERS_LICENSE: i32 = 2;
export const CORPORATE_NUMBER: i32 = 3;
export const CREDIT_CARD: i32 = 4;
export const PHONE: i32 = 5;
export const US_SSN: i32 = 6;
export const IBAN: i32 = 7;
export const PASSPORT: i32 = 8;
export const RESIDENCE_CARD: i32 = 9;
export const EMAIL: i32 = 10;
export const PERSON_NAME: i32 = 11;
export const ADDRESS: i32 = 12;
export const IP_ADDRESS: i32 = 13;
export const PASSWORD: i32 = 14;
/** Kinds of words of ../words.ts: what ㊙ is, and a prefecture. */
export const KEYWORD_CONFIDENTIAL: i32 = 23;
export const WORD_ADDRESS: i32 = 24;
