/** 生成带参数的二维码, checked 2026-11. */
export const LONGEST_SCENE = 64
export const MOST_PERMANENT_NUMBER = 100_000
/** 32 bits without a sign, and no 0. */
export const MOST_TEMPORARY_NUMBER = 4_294_967_295
/** An account's permanent codes in all; none can be deleted at WeChat. */
export const PERMANENT_CODES = 100_000
export const SHORTEST_LIFE_SECONDS = 60
/** 30 days. */
export const LONGEST_LIFE_SECONDS = 2_592_000

export type CodeLife = 'temporary' | 'permanent'
export type Scene = { readonly text: string; readonly isNumber: boolean }
export type SceneProblem = 'empty' | 'too_long' | 'not_printable' | 'not_a_number' | 'out_of_range'

/** A scene comes back as text whatever it was made as, so `123` and "123" are one. */
export function checkScene({ text, isNumber }: Scene, life: CodeLife): SceneProblem | undefined {
  if (text === '') return 'empty'
  if (!isNumber) {
    if ([...text].length > LONGEST_SCENE) return 'too_long'
    return /^[\x21-\x7e]+$/.test(text) ? undefined : 'not_printable'
  }
  if (!/^[1-9]\d*$/.test(text)) return /^0+$/.test(text) ? 'out_of_range' : 'not_a_number'
  return text.length <= 10 && Number(text) <= mostNumberOf(life) ? undefined : 'out_of_range'
}

export const mostNumberOf = (life: CodeLife): number =>
  life === 'permanent' ? MOST_PERMANENT_NUMBER : MOST_TEMPORARY_NUMBER

export const isLifeSeconds = (seconds: number): boolean =>
  Number.isInteger(seconds) && seconds >= SHORTEST_LIFE_SECONDS && seconds <= LONGEST_LIFE_SECONDS
