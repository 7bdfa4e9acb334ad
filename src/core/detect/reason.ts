/** Why a match has its confidence. Shown in events and in the console. */
export type Reason =
  | 'check-digit'
  | 'context-word'
  | 'column-header'
  | 'repeated'
  | 'format'
  | 'label'
  | 'prose'
  | 'known-test-value'
  | 'placeholder'
  | 'reserved-range'
  | 'machine-sender'
  | 'version-number'
  | 'timestamp'
  | 'column-type'
  | 'policy-keyword';
