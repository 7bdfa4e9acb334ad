import { z } from 'zod';

// zod compiles its parsers with new Function, which the content policy refuses and reports. A schema decides when it is made,
// so this module comes before every other import of main.tsx.
z.config({ jitless: true });
