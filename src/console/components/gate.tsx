/** The mark: a checkpoint's gate across the road, with its plaque. */
export function Gate({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" strokeWidth={2.6} strokeLinecap="round" aria-hidden="true">
      <path d="M5 8.5c7.3 2 14.7 2 22 0M7 14.5h18M10.5 10V27M21.5 10V27" stroke="currentColor" />
      <path d="M16 10.2v4" stroke="#d8553f" />
    </svg>
  );
}
