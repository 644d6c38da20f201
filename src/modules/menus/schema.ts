export * from './schema/endpoints.ts'
export * from './schema/menu.ts'
export * from './schema/views.ts'
