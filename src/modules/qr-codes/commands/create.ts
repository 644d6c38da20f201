import { randomBytes } from 'node:crypto'
import type { Ctx } from '../../../context.ts'
import { type Executor, inTransaction } from '../../../infra/transaction.ts'
import { notifyOnCommit } from '../../../infra/wake.ts'
import { assert, conflict, invalid } from '../../../kernel/errors.ts'
import { decideAbility } from '../../../wechat/rules/account-abilities.ts'
import { checkScene, PERMANENT_CODES } from '../../../wechat/rules/scene-limits.ts'
import { getAccount } from '../../accounts/index.ts'
import { audit } from '../../audit/index.ts'
import { replyRulesChanged } from '../../auto-replies/index.ts'
import { type Answer, answerSchema } from '../../auto-replies/schema.ts'
import { QR_CODES_TOPIC } from '../make.ts'
import { getCode } from '../reads.ts'
import { sceneOf } from '../rules.ts'
import type { BatchCode, CodeBatch, CodeLife, LabelKind, NewCode, QrCodeDetail, Scene } from '../schema.ts'
import * as store from '../store/codes.ts'
import { giveAnswer } from './answer.ts'
import { requireLabels } from './filed.ts'
import { labelsNamed } from './labels.ts'
import { requireLogo } from './logo.ts'

/**
 * Makes a code: its row now, WeChat's part a moment later. Refused where the account can have none, where its scene is
 * taken (`scene_taken`) or none WeChat takes (`scene_out_of_range`), or beyond 100,000 permanent ones (`qr_permanent_full`).
 */
export async function createCode(ctx: Ctx, accountId: string, input: NewCode): Promise<QrCodeDetail> {
  const { name, scene, ...alike } = input
  await requireAbility(ctx, accountId)
  const qrCodeId = await inTransaction(ctx.db, async (trx) => {
    const [id] = await addCodes(ctx, trx, { accountId, codes: [{ name, scene }], ...alike })
    assert(id, 'a code is added')
    await audit(ctx, trx, {
      action: 'qr_code.created',
      accountId,
      subject: { kind: 'qr-code', id },
      detail: { name, life: input.life },
    })
    return id
  })
  if (input.answer !== null) await replyRulesChanged(ctx, [accountId])
  return getCode(ctx, { accountId, qrCodeId })
}

/** All of them or none. Refused as {@link createCode} is. */
export async function createCodes(ctx: Ctx, accountId: string, batch: CodeBatch): Promise<string[]> {
  await requireAbility(ctx, accountId)
  const made = await inTransaction(ctx.db, async (trx) => {
    const ids = await addCodes(ctx, trx, { accountId, ...batch })
    await audit(ctx, trx, {
      action: 'qr_code.batch_created',
      accountId,
      subject: { kind: 'qr-code', id: ids[0] as string },
      detail: { count: ids.length, life: batch.life },
    })
    return ids
  })
  const answers = batch.answer !== null || batch.codes.some(({ tagIds }) => tagIds.length > 0)
  if (answers) await replyRulesChanged(ctx, [accountId])
  return made
}

async function requireAbility(ctx: Ctx, accountId: string): Promise<void> {
  const account = await getAccount(ctx, accountId)
  if (account.state === 'archived') throw conflict('account_archived', 'the account is archived')
  const decision = decideAbility(account, 'scene-qr-codes')
  if (!decision.can)
    throw conflict(decision.reason, 'this account has no codes with parameters', { advice: decision.advice })
}

type Wanted = {
  accountId: string
  codes: readonly (Pick<BatchCode, 'name' | 'scene'> & Partial<BatchCode>)[]
  life: CodeLife
  lifeSeconds: number | null
  folderId: string | null
  placementId: string | null
  logo: string | null
  answer: Answer | null
}

async function addCodes(ctx: Ctx, trx: Executor, wanted: Wanted): Promise<string[]> {
  const { accountId, codes, life, lifeSeconds, logo, answer, folderId, placementId } = wanted
  checkScenes(codes, life)
  await requireLabels(trx, accountId, { folderId, placementId })
  if (logo !== null) await requireLogo(ctx, logo)
  const named = (kind: LabelKind) =>
    labelsNamed(ctx, trx, kind, { accountId, names: codes.flatMap((code) => code[kind] ?? []) })
  await store.lockCodesOf(trx, accountId)
  if (life === 'permanent') await requireRoom(trx, accountId, codes.length)
  const ids = await store.takeIds(trx, codes.length)
  const folders = await named('folder')
  const placements = await named('placement')
  const rows = codes.map(({ name, scene, folder, placement, tagIds = [] }, index) => {
    const id = ids[index] as string
    return {
      id,
      name,
      scene: scene ?? { text: sceneOf(id), isNumber: false },
      linkKey: randomBytes(9).toString('base64url'),
      folderId: folders.get(folder ?? '') ?? folderId,
      placementId: placements.get(placement ?? '') ?? placementId,
      tagIds,
    }
  })
  const taken = await store.scenesTaken(
    trx,
    accountId,
    rows.map((row) => row.scene.text),
  )
  if (taken.length > 0) throw sceneTaken(taken)
  await store.insertCodes(trx, rows, {
    accountId,
    life,
    lifeSeconds,
    logoKey: logo,
    createdBy: ctx.actor.kind === 'system' ? null : ctx.actor.id,
    at: ctx.clock.now(),
  })
  await giveAnswers(ctx, trx, { accountId, rows, answer })
  await notifyOnCommit(trx, QR_CODES_TOPIC)
  return ids
}

type Row = store.InsertedCode & { tagIds: readonly string[] }

/** One answer for all; those that give tags of their own share theirs with whoever gives the same. */
async function giveAnswers(
  ctx: Ctx,
  trx: Executor,
  { accountId, rows, answer }: { accountId: string; rows: readonly Row[]; answer: Answer | null },
): Promise<void> {
  const alike = Map.groupBy(rows, ({ tagIds }) => tagIds.toSorted().join())
  if (alike.size > MOST_ANSWERS)
    throw invalid('qr_tags_differ', 'the codes give too many different sets of tags', { most: MOST_ANSWERS })
  for (const group of alike.values()) {
    const [first] = group
    assert(first, 'a group has somebody')
    const own = withTags(answer, first.tagIds)
    if (own === null) continue
    const codes = group.map(({ id, scene }) => ({ id, scene: scene.text }))
    await giveAnswer(ctx, trx, { accountId, name: first.name, codes, answer: own })
  }
}
const MOST_ANSWERS = 100

function withTags(answer: Answer | null, tagIds: readonly string[]): Answer | null {
  if (tagIds.length === 0) return answer
  const { effects, ...said } = answer ?? answerSchema.parse({ effects: { give: [...tagIds] } })
  return { ...said, effects: { ...effects, give: [...new Set([...effects.give, ...tagIds])] } }
}

const sceneTaken = (scenes: readonly string[]) =>
  conflict('scene_taken', 'another code of the account has this scene', { scenes: scenes.join('、') })

function checkScenes(codes: readonly { scene: Scene | null }[], life: CodeLife): void {
  const seen = new Set<string>()
  for (const { scene } of codes) {
    if (scene === null) continue
    if (seen.has(scene.text)) throw sceneTaken([scene.text])
    seen.add(scene.text)
    // made elsewhere: whatever it is, it was taken there
    const problem = life === 'known' ? undefined : checkScene(scene, life)
    if (problem !== undefined)
      throw invalid('scene_out_of_range', 'WeChat takes no such scene', { scene: scene.text, problem })
  }
}

async function requireRoom(trx: Executor, accountId: string, wanted: number): Promise<void> {
  const permanent = await store.countPermanent(trx, accountId)
  const left = PERMANENT_CODES - permanent
  if (wanted > left)
    throw conflict('qr_permanent_full', 'the account can have no more permanent codes', {
      most: PERMANENT_CODES,
      left: Math.max(0, left),
      wanted,
    })
}
