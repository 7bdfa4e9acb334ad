/** What a candidate is. Numbers below 16 were judged by their form and check digit, the others are words to look around. */
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
