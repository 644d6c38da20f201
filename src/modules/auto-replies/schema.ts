export * from './schema/answer.ts'
export * from './schema/callable.ts'
export * from './schema/imports.ts'
export * from './schema/rules.ts'
