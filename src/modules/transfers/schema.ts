export * from './exports/schema.ts'
export * from './imports/schema.ts'
