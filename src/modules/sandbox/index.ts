export { driveClock } from './clock.ts'
export { seedSandbox } from './seed.ts'
