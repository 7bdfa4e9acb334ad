/** The product's mark: a checkpoint's gate, shut while somebody guards it. */
export function GateMark({ guarded, size = 30 }: { readonly guarded: boolean; readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="currentColor" opacity={guarded ? 1 : 0.55} aria-hidden="true">
      <path d="M4 5h24l2 5H2z" />
      <rect x="6" y="9" width="4.4" height="19" rx="0.6" />
      <rect x="21.6" y="9" width="4.4" height="19" rx="0.6" />
      <rect x="8" y="14" width="16" height="3.4" />
      {guarded ? <rect x="11.6" y="19" width="8.8" height="9" rx="0.6" /> : null}
    </svg>
  );
}
