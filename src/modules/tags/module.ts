import { type Manifest, route } from '../manifest.ts'
import { CHANGE_PEOPLE, runChangePeople, tagPeople } from './change-own.ts'
import { listTags, SYNC_MEMBERS, startMemberSync, syncTags } from './commands.ts'
import { LINKS_TOPIC, linkTag, previewLink, unlinkTag } from './links/commands.ts'
import { listTagConflicts, settleTagConflict } from './links/conflicts.ts'
import { hasOpenWork } from './links/store.ts'
import { compareLinks, followLooks, pushLinked } from './links/sweeps.ts'
import { runMemberSync } from './members.ts'
import * as own from './own-commands.ts'
import { countPeopleOf } from './people.ts'
import { getTagRun } from './runs.ts'
import * as schema from './schema.ts'
import { CHANGE_FANS, continueTagRun, runChangeFans, tagFansInBulk } from './wechat/change-fans.ts'
import { createWechatTag, deleteWechatTag, renameWechatTag } from './wechat/names.ts'

const done = async (work: Promise<unknown>): Promise<Record<string, never>> => {
  await work
  return {}
}

export const tagsModule: Manifest = {
  name: 'tags',
  routes: [
    route(schema.listOwnTagsEndpoint, (ctx) => own.listOwnTags(ctx)),
    route(schema.createOwnTagEndpoint, async (ctx, { body }) => ({ id: await own.createOwnTag(ctx, body) })),
    route(schema.changeOwnTagEndpoint, (ctx, { params, body }) =>
      done(own.changeOwnTag(ctx, params.tagId, body)),
    ),
    route(schema.deleteOwnTagEndpoint, (ctx, { params }) => done(own.deleteOwnTag(ctx, params.tagId))),
    route(schema.createTagGroupEndpoint, async (ctx, { body }) => ({
      id: await own.createGroup(ctx, body.name),
    })),
    route(schema.renameTagGroupEndpoint, (ctx, { params, body }) =>
      done(own.renameGroup(ctx, params.groupId, body.name)),
    ),
    route(schema.deleteTagGroupEndpoint, (ctx, { params }) => done(own.deleteGroup(ctx, params.groupId))),
    route(schema.previewTagPeopleEndpoint, (ctx, { body }) => countPeopleOf(ctx, body.people)),
    route(schema.tagPeopleEndpoint, (ctx, { body }) => tagPeople(ctx, body)),
    route(schema.getTagRunEndpoint, (ctx, { params }) => getTagRun(ctx, params.tagRunId)),
    route(schema.previewLinkEndpoint, (ctx, { params, body }) =>
      previewLink(ctx, { ...body, tagId: params.tagId }),
    ),
    route(schema.linkTagEndpoint, (ctx, { params, body }) => linkTag(ctx, { ...body, tagId: params.tagId })),
    route(schema.unlinkTagEndpoint, (ctx, { params }) => done(unlinkTag(ctx, params))),

    route(schema.listTagsEndpoint, async (ctx, { params }) => ({
      items: await listTags(ctx, params.accountId),
    })),
    route(schema.syncTagsEndpoint, async (ctx, { params }) => ({
      items: await syncTags(ctx, params.accountId),
    })),
    route(schema.syncTagMembersEndpoint, async (ctx, { params }) => ({
      runId: await startMemberSync(ctx, params.accountId),
    })),
    route(schema.createWechatTagEndpoint, async (ctx, { params, body }) => ({
      tagId: await createWechatTag(ctx, params.accountId, body.name),
    })),
    route(schema.renameWechatTagEndpoint, (ctx, { params, body }) =>
      done(renameWechatTag(ctx, params.accountId, { tagId: params.wechatTagId, name: body.name })),
    ),
    route(schema.deleteWechatTagEndpoint, (ctx, { params }) =>
      done(deleteWechatTag(ctx, params.accountId, params.wechatTagId)),
    ),
    route(schema.tagFansEndpoint, async (ctx, { params, body }) => ({
      runId: await tagFansInBulk(ctx, params.accountId, body),
    })),
    route(schema.continueTagRunEndpoint, async (ctx, { params }) => ({
      runId: await continueTagRun(ctx, params.accountId, params.runId),
    })),
    route(schema.listTagConflictsEndpoint, async (ctx, { params }) => ({
      items: await listTagConflicts(ctx, params.accountId),
    })),
    route(schema.settleTagConflictEndpoint, (ctx, { params, body }) =>
      done(settleTagConflict(ctx, params.accountId, body)),
    ),
  ],
  jobs: {
    [SYNC_MEMBERS]: (ctx, payload, signal) => runMemberSync(ctx, payload['runId'] ?? '', signal),
    [CHANGE_PEOPLE]: (ctx, payload, signal) => runChangePeople(ctx, payload['runId'] ?? '', signal),
    [CHANGE_FANS]: (ctx, payload, signal) => runChangeFans(ctx, payload['runId'] ?? '', signal),
  },
  sweeps: [
    { name: 'tags.compare-links', everyMs: 5_000, topic: LINKS_TOPIC, run: compareLinks },
    { name: 'tags.follow-looks', everyMs: 1_000, run: followLooks },
    { name: 'tags.push-linked', everyMs: 1_000, topic: LINKS_TOPIC, run: pushLinked },
  ],
  nextDue: async (ctx) => ({ dueAt: null, busy: await hasOpenWork(ctx.db) }),
}
