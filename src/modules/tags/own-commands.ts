import type { Ctx } from '../../context.ts'
import { orNameTaken } from '../../infra/name-taken.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { conflict, forbidden, notFound } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import { scopeOf } from '../contacts/index.ts'
import { selectLinks } from './links/store.ts'
import * as store from './own-store.ts'
import type { OwnTag, TagGroup } from './schema.ts'

const TAKEN = 'tag_name_taken'
const actorId = (ctx: Ctx) => (ctx.actor.kind === 'system' ? null : ctx.actor.id)
const taken = (name: string) => conflict(TAKEN, 'the name is taken', { name })

/** Groups and tags with how many people in the caller's scope carry each; links of the caller's accounts. */
export async function listOwnTags(ctx: Ctx): Promise<{ groups: TagGroup[]; items: OwnTag[] }> {
  const scope = scopeOf(ctx)
  const [tags, groups, people, links] = await Promise.all([
    store.selectOwnTags(ctx.db),
    store.selectGroups(ctx.db),
    store.countCarriers(ctx.db, scope),
    selectLinks(ctx.db, { scope }),
  ])
  const sizes = new Map<string | null, number>()
  for (const tag of tags) sizes.set(tag.group_id, (sizes.get(tag.group_id) ?? 0) + 1)
  return {
    groups: groups.map((group) => ({ ...group, tags: sizes.get(group.id) ?? 0 })),
    items: tags.map((tag) => ({
      id: tag.id,
      groupId: tag.group_id,
      name: tag.name,
      members: people.get(tag.id) ?? 0,
      createdAt: tag.created_at.toISOString(),
      links: links.filter((link) => link.tagId === tag.id),
    })),
  }
}

export function createOwnTag(ctx: Ctx, tag: { name: string; groupId: string | null }): Promise<string> {
  return inTransaction(ctx.db, async (trx) => {
    await requireGroup(trx, tag.groupId)
    const id = await store.insertTag(trx, { ...tag, by: actorId(ctx), at: ctx.clock.now() })
    if (id === undefined) throw taken(tag.name)
    await audit(ctx, trx, {
      action: 'own_tags.created',
      subject: { kind: 'tag', id },
      detail: { name: tag.name },
    })
    return id
  })
}

type TagEdit = { name?: string | undefined; groupId?: string | null | undefined }

export function changeOwnTag(ctx: Ctx, tagId: string, edit: TagEdit): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    const before = await getTag(trx, tagId)
    if (edit.groupId !== undefined) await requireGroup(trx, edit.groupId)
    const name = edit.name ?? before.name
    const groupId = edit.groupId === undefined ? before.group_id : edit.groupId
    await free(name, () =>
      trx.updateTable('tags').set({ name, group_id: groupId }).where('id', '=', tagId).execute(),
    )
    await audit(ctx, trx, {
      action: 'own_tags.changed',
      subject: { kind: 'tag', id: tagId },
      detail: { name, ...(name !== before.name && { before: before.name }) },
    })
  })
}

/**
 * Refused while an audience's rule names the tag: it would silently reach nobody. Whoever sees some accounts only can't take a
 * tag from people of others.
 */
export function deleteOwnTag(ctx: Ctx, tagId: string): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    const { name } = await getTag(trx, tagId)
    if (await store.isBeyond(trx, tagId, scopeOf(ctx))) {
      throw forbidden('tag_beyond_scope', 'people or accounts out of the caller’s sight would lose it', {
        name,
      })
    }
    const audiences = await store.selectAudiencesOf(trx, tagId)
    if (audiences.length > 0) {
      throw conflict('tag_in_audiences', 'audiences name the tag', { names: audiences.join('、') })
    }
    // its links first: taking it from everyone is no wish that WeChat should do the same
    await trx.deleteFrom('tag_links').where('tag_id', '=', tagId).execute()
    await trx.deleteFrom('tags').where('id', '=', tagId).execute()
    await audit(ctx, trx, {
      action: 'own_tags.deleted',
      subject: { kind: 'tag', id: tagId },
      detail: { name },
    })
  })
}

export function createGroup(ctx: Ctx, name: string): Promise<string> {
  return inTransaction(ctx.db, async (trx) => {
    const id = await store.insertGroup(trx, { name, at: ctx.clock.now() })
    if (id === undefined) throw taken(name)
    await audit(ctx, trx, {
      action: 'tag_groups.created',
      subject: { kind: 'tag_group', id },
      detail: { name },
    })
    return id
  })
}

export function renameGroup(ctx: Ctx, groupId: string, name: string): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    await requireGroup(trx, groupId)
    await free(name, () => trx.updateTable('tag_groups').set({ name }).where('id', '=', groupId).execute())
    await audit(ctx, trx, {
      action: 'tag_groups.changed',
      subject: { kind: 'tag_group', id: groupId },
      detail: { name },
    })
  })
}

export function deleteGroup(ctx: Ctx, groupId: string): Promise<void> {
  return inTransaction(ctx.db, async (trx) => {
    await requireGroup(trx, groupId)
    await trx.deleteFrom('tag_groups').where('id', '=', groupId).execute()
    await audit(ctx, trx, { action: 'tag_groups.deleted', subject: { kind: 'tag_group', id: groupId } })
  })
}

export async function getTag(trx: Executor, tagId: string): Promise<store.OwnTagRow> {
  const tag = await store.lockTag(trx, tagId)
  if (tag === undefined) throw notFound('tag')
  return tag
}

async function requireGroup(trx: Executor, groupId: string | null): Promise<void> {
  if (groupId === null) return
  const row = await trx
    .selectFrom('tag_groups')
    .select('id')
    .where('id', '=', groupId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw notFound('tag_group')
}

/** A name that somebody took meanwhile is told as such. */
const free = (name: string, write: () => Promise<unknown>): Promise<unknown> =>
  orNameTaken(TAKEN, name, write)
