import { FIRST_NAMES, SECOND_NAMES } from '../population/words.ts'
import { choose, randomOf } from './random.ts'
import { CITIES, LEVELS } from './words.ts'

/** Who buys here: a fan by the number that the population gave them. */
export type Customer = {
  number: number
  openid: string
  /** The shop's own customer number. */
  userId: string
  traits: { gender: '女' | '男'; city: string; birthday: string; level: string; name: string }
  /** How often they come, 0 to 1; who never comes is a customer all the same. */
  keenness: number
  /** Some can't have enough shoes. */
  lovesShoes: boolean
}

/** Everything about a customer is the luck of seed and number: the same seed gives the same people. */
export function customerOf(seed: string, number: number, openid: string): Customer {
  const random = randomOf(seed, 'customer', number)
  const gender = random() < 0.56 ? '女' : '男'
  const city = choose(random, CITIES).name
  const day = Date.UTC(1966 + Math.floor(random() * 42), 0, 1 + Math.floor(random() * 365))
  const level = choose(random, LEVELS).name
  const luck = random()
  const lovesShoes = random() < (gender === '女' ? 0.14 : 0.06)
  const oneOf = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? ''
  const name = `${oneOf(FIRST_NAMES)}${oneOf(SECOND_NAMES)}`.trim()
  return {
    number,
    openid,
    userId: `xm${String(100_000_000 + number).slice(1)}`,
    traits: { gender, city, birthday: new Date(day).toISOString().slice(0, 10), level, name },
    keenness: luck < 0.45 ? 0 : (luck - 0.45) / 0.55,
    lovesShoes,
  }
}
