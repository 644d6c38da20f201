import { earliestRest, earliestTest, testTimeProblem } from '../../../rules/tests.ts'
import { type Group, MOST_VARIANTS, type TestDraft, type TestPlan, WHOLE } from '../../../schema.ts'
import { articlesContent, type ComposedArticle, composedOf, type Faces } from '../composed.ts'

export type VariantForm = {
  /** Stays the same wherever the variant is moved to. */
  key: string
  /** Ten-thousandths of the group's people; null while none is typed. */
  share: number | null
  sendAt: string | null
  articles: ComposedArticle[]
}
/** A/B 测试 as the form holds it. */
export type TestForm = Omit<TestPlan, 'restAt'> & { variants: VariantForm[]; restAt: string | null }

const FIRST_SHARE = 1_000
const HOUR = 3_600_000
let keys = 0
const keyOf = () => `v${++keys}`

const nextHour = (at: Date): Date => new Date(Math.ceil(at.getTime() / HOUR) * HOUR)

/** Two variants of a tenth each at the next full hour that can be, the first with what was composed before. */
export function emptyTest(articles: ComposedArticle[], now: Date): TestForm {
  const sendAt = nextHour(earliestTest(now))
  const variant = (own: ComposedArticle[]): VariantForm => ({
    key: keyOf(),
    share: FIRST_SHARE,
    sendAt: sendAt.toISOString(),
    articles: own,
  })
  return {
    variants: [variant(articles), variant([])],
    restAt: earliestRest([sendAt]).toISOString(),
    unsure: null,
    missing: { afterHours: 24, do: 'ask' },
  }
}

/** One variant more, like the last but for its articles. */
export function withVariant(form: TestForm): TestForm {
  const last = form.variants.at(-1)
  if (last === undefined || form.variants.length >= MOST_VARIANTS) return form
  return { ...form, variants: [...form.variants, { ...last, key: keyOf(), articles: [] }] }
}

export function testFormOf({ test, arms }: Group, faces: Faces): TestForm | null {
  if (test === null) return null
  const variants = arms
    .filter(({ kind }) => kind === 'variant')
    .map(({ share, sendAt, content }) => ({
      key: keyOf(),
      share,
      sendAt,
      articles: content?.kind === 'articles' ? composedOf(content, faces) : [],
    }))
  return { ...test, variants }
}

/** As the server takes it; undefined while a share or a time is missing. */
export function testOf({ variants, restAt, ...plan }: TestForm): TestDraft | undefined {
  const whole = variants.flatMap(({ share, sendAt, articles }) =>
    share === null || sendAt === null ? [] : [{ share, sendAt, content: articlesContent(articles) }],
  )
  return restAt === null || whole.length < variants.length ? undefined : { ...plan, restAt, variants: whole }
}

/** What is left of the group for the better variant, in ten-thousandths; negative where too much was given away. */
export const restShare = ({ variants }: TestForm): number =>
  WHOLE - variants.reduce((sum, { share }) => sum + (share ?? 0), 0)

/** Whether it is complete enough to go on; the server checks all of it again. */
export const isTestReady = (form: TestForm): boolean =>
  testOf(form) !== undefined &&
  restShare(form) > 0 &&
  form.variants.every(({ articles }) => articles.length > 0)

/** What is wrong with its times, as the server would say it. */
export function timeProblemOf(form: TestForm, now: Date) {
  const test = testOf(form)
  if (test === undefined) return null
  const variants = test.variants.map(({ sendAt }) => new Date(sendAt))
  return testTimeProblem({ variants, restAt: new Date(test.restAt) }, now)
}

/** The earliest time at which the rest can go by the times of the variants. */
export function earliestRestOf({ variants }: TestForm): Date | null {
  const times = variants.flatMap(({ sendAt }) => (sendAt === null ? [] : [new Date(sendAt)]))
  return times.length === 0 ? null : earliestRest(times)
}

/** Variants so far apart have had unequal hours to be read in. */
export function isUneven({ variants }: TestForm): boolean {
  const times = variants.flatMap(({ sendAt }) => (sendAt === null ? [] : [new Date(sendAt).getTime()]))
  return times.length > 1 && Math.max(...times) - Math.min(...times) > HOUR
}

/** The number of a group's first record: each variant and each rest before it is one. */
export const firstArmOf = (groups: readonly { test: TestForm | null }[], place: number): number =>
  groups.slice(0, place).reduce((sum, { test }) => sum + (test === null ? 1 : test.variants.length + 1), 0)
