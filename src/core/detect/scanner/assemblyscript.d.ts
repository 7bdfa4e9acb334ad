/**
 * What AssemblyScript knows and TypeScript does not, so that one compiler's sources type-check with the other's. Only the
 * names used here; the meaning is that of https://www.assemblyscript.org/stdlib/builtins.html.
 */
declare type i32 = number;
declare type u8 = number;
declare type u32 = number;
/** Never mixed with numbers in the sources: TypeScript's stand-in only needs its operators. */
declare type u64 = number;
declare interface v128 {
  readonly lanes: 'v128';
}

// The type argument is the access's width.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
declare function load<T>(address: i32, offset?: i32): T;
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
declare function store<T>(address: i32, value: T): void;
declare function ctz<T>(value: T): T;
declare function popcnt<T>(value: T): T;
/** As conversions: types by themselves are erased. */
declare function i32(value: u64): i32;
declare function u64(value: i32): u64;
declare function u8(value: i32): u8;
declare function i8(value: i32): i32;
declare function u32(value: i32): u32;

declare const v128: {
  load(address: i32): v128;
  store(address: i32, value: v128): void;
  and(left: v128, right: v128): v128;
  /** Of the left what is not in the right. */
  andnot(left: v128, right: v128): v128;
  or(left: v128, right: v128): v128;
  xor(left: v128, right: v128): v128;
};
declare const i8x16: {
  splat(value: i32): v128;
  add(left: v128, right: v128): v128;
  sub(left: v128, right: v128): v128;
  eq(left: v128, right: v128): v128;
  lt_s(left: v128, right: v128): v128;
  gt_s(left: v128, right: v128): v128;
  le_u(left: v128, right: v128): v128;
  gt_u(left: v128, right: v128): v128;
  bitmask(value: v128): i32;
  relaxed_swizzle(table: v128, indices: v128): v128;
  shuffle(left: v128, right: v128, ...lanes: i32[]): v128;
};
declare const i16x8: {
  shl(value: v128, bits: i32): v128;
  shr_u(value: v128, bits: i32): v128;
};
