export * from './schema/definition.ts'
export * from './schema/imports.ts'
export * from './schema/rows.ts'
