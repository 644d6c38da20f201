/** True under `npm run test:long`: full populations, seeds and kill counts. `npm test` scales them down. */
export const long = process.env['WEIDA_TEST_SIZE'] === 'long'

/** A figure in its two sizes. */
export const sized = (short: number, full: number): number => (long ? full : short)

/** The seed of generated data; a failing run is repeated by setting WEIDA_TEST_SEED to the one it printed. */
export const seed = Number(process.env['WEIDA_TEST_SEED'] ?? 20_251_121)
