export { checkMenus, type MenuFacts } from './rules/check.ts'
export { diffMenus } from './rules/diff.ts'
export { hostsOnTheWay, MOST_STEPS, nextStep, type Step, tooManyHostsOnTheWay } from './rules/steps.ts'
export { answeringOf, keyOf, leavesOf, plain, sameButtons, toWire, type WireIds } from './rules/wire.ts'
