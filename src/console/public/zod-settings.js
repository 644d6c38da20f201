// Our pages forbid code made at run time, which zod would otherwise try; it has to know before any schema is made.
globalThis.__zod_globalConfig = { jitless: true }
