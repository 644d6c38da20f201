export { createTestDatabase, type TestDatabase } from './database.ts'
export { freePort } from './free-port.ts'
export { long, seed, sized } from './size.ts'
export { until } from './until.ts'
