import { z } from 'zod'
import { group, itemsIn, listOf, number, optionalNumber, optionalText, text, yes } from './fields.ts'

const copyrightItem = z
  .object({
    ArticleIdx: number,
    UserDeclareState: number,
    AuditState: number,
    OriginalArticleUrl: optionalText,
    OriginalArticleType: number,
    CanReprint: yes,
    NeedReplaceContent: yes,
    NeedShowReprintSource: yes,
  })
  .transform((item) => ({
    articleIndex: item.ArticleIdx,
    userDeclareState: item.UserDeclareState,
    auditState: item.AuditState,
    originalUrl: item.OriginalArticleUrl,
    originalType: item.OriginalArticleType,
    canReprint: item.CanReprint,
    needReplaceContent: item.NeedReplaceContent,
    needShowReprintSource: item.NeedShowReprintSource,
  }))
const articleUrl = z
  .object({ ArticleIdx: number, ArticleUrl: text })
  .transform((item) => ({ articleIndex: item.ArticleIdx, url: item.ArticleUrl }))
/** The platform writes the id of a job in two spellings. */
const jobId = { MsgID: optionalText, MsgId: optionalText }
const jobIdOf = (e: { MsgID?: string | undefined; MsgId?: string | undefined }) => e.MsgID ?? e.MsgId ?? ''

/** What became of our own jobs: mass sends, template messages, publishing, subscription notices. */
export const jobEventSchemas = {
  /** 群发结果. Counts are taken when the job is about to end and may be off by a few. */
  masssendjobfinish: z
    .object({
      ...jobId,
      Status: text,
      TotalCount: number,
      FilterCount: number,
      SentCount: number,
      ErrorCount: number,
      CopyrightCheckResult: group({ ResultList: itemsIn('item', copyrightItem), CheckState: optionalNumber }),
      ArticleUrlResult: group({ ResultList: itemsIn('item', articleUrl) }),
    })
    .transform((e) => ({
      event: 'masssendjobfinish' as const,
      msgId: jobIdOf(e),
      status: e.Status,
      totalCount: e.TotalCount,
      filterCount: e.FilterCount,
      sentCount: e.SentCount,
      errorCount: e.ErrorCount,
      copyright: { checkState: e.CopyrightCheckResult.CheckState, items: e.CopyrightCheckResult.ResultList },
      articleUrls: e.ArticleUrlResult.ResultList,
    })),
  templatesendjobfinish: z.object({ ...jobId, Status: text }).transform((e) => ({
    event: 'templatesendjobfinish' as const,
    msgId: jobIdOf(e),
    status: e.Status,
    // "failed:user block" and "failed: system failed": the space after the colon comes and goes.
    outcome: /^success/i.test(e.Status)
      ? ('success' as const)
      : /user\s*block/i.test(e.Status)
        ? ('refused' as const)
        : ('failed' as const),
  })),
  publishjobfinish: z
    .object({
      PublishEventInfo: group({
        publish_id: text,
        publish_status: number,
        article_id: optionalText,
        article_detail: itemsIn('item', z.object({ idx: number, article_url: text })),
        fail_idx: listOf(number),
      }),
    })
    .transform(({ PublishEventInfo: info }) => ({
      event: 'publishjobfinish' as const,
      publishId: info.publish_id,
      status: info.publish_status,
      articleId: info.article_id,
      articleUrls: info.article_detail.map((item) => ({ articleIndex: item.idx, url: item.article_url })),
      failedIndexes: info.fail_idx,
    })),
  subscribe_msg_popup_event: z
    .object({
      SubscribeMsgPopupEvent: itemsIn(
        'List',
        z.object({ TemplateId: text, SubscribeStatusString: text, PopupScene: number }),
      ),
    })
    .transform((e) => ({
      event: 'subscribe_msg_popup_event' as const,
      items: e.SubscribeMsgPopupEvent.map((item) => ({
        templateId: item.TemplateId,
        accepted: item.SubscribeStatusString === 'accept',
        scene: item.PopupScene,
      })),
    })),
  subscribe_msg_change_event: z
    .object({
      SubscribeMsgChangeEvent: itemsIn('List', z.object({ TemplateId: text, SubscribeStatusString: text })),
    })
    .transform((e) => ({
      event: 'subscribe_msg_change_event' as const,
      items: e.SubscribeMsgChangeEvent.map((item) => ({
        templateId: item.TemplateId,
        accepted: item.SubscribeStatusString === 'accept',
      })),
    })),
  subscribe_msg_sent_event: z
    .object({
      SubscribeMsgSentEvent: itemsIn(
        'List',
        z.object({ TemplateId: text, ...jobId, ErrorCode: number, ErrorStatus: text }),
      ),
    })
    .transform((e) => ({
      event: 'subscribe_msg_sent_event' as const,
      items: e.SubscribeMsgSentEvent.map((item) => ({
        templateId: item.TemplateId,
        msgId: jobIdOf(item),
        errorCode: item.ErrorCode,
        errorStatus: item.ErrorStatus,
      })),
    })),
}

export type JobEvent = {
  [K in keyof typeof jobEventSchemas]: z.output<(typeof jobEventSchemas)[K]>
}[keyof typeof jobEventSchemas]
export type MassFinished = z.output<typeof jobEventSchemas.masssendjobfinish>
