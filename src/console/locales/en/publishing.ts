import type { Texts } from '../zh-CN.ts'

export const publishing: Texts['publishing'] = {
  publish: 'Publish',
  running: 'Publishing',
  records: 'Publications',
  confirm: 'Publish “{{title}}”?',
  articles: 'Articles',
  notified: 'Fans notified',
  nobody: '0, nothing is pushed',
  quota: 'Mass sends used',
  none: 'none',
  about: {
    does: 'The articles appear on the account’s profile, and anybody can open them by their address.',
    doesNot: 'This is no mass send: fans get no message, and nothing appears among their chats.',
    usable: 'Published articles can be used in auto replies, recalls, menus and campaigns.',
    draft:
      'The draft leaves the draft box and becomes “Published”. Once submitted it can’t be called back, only deleted at WeChat afterwards.',
    unknownBefore:
      'What became of the last publication is unknown: make sure in the records at WeChat that it was not published, or it will be there twice.',
  },
  state: {
    submitting: 'Submitting',
    publishing: 'At WeChat',
    done: 'Published',
    failed: 'Failed',
    unknown: 'Unknown',
  },
  told: {
    submitting: 'Being submitted to WeChat (since {{at}})',
    publishing: 'WeChat is checking and publishing it (submitted {{at}})',
    done: 'Published {{at}}',
    failed: 'Not published ({{at}})',
    unknown: 'Whether it was published is unknown ({{at}})',
  },
  hint: {
    submitting: 'Takes a few seconds as a rule. You can leave this page.',
    publishing:
      'Takes a few seconds as a rule, longer under review. The result appears by itself; you can leave this page.',
    done: 'It is among “Published” now, for auto replies and menus.',
    failed: 'Change the draft and publish it again.',
    unknown: 'Look at the publishing records at WeChat.',
  },
  reason: {
    not_original:
      'It did not pass the originality check: an original article has the same content. Change it, or settle the claim at WeChat, then publish again.',
    publish_failed:
      'WeChat could not publish it and gave no reason. Check the draft at WeChat and publish it again.',
    review_refused:
      'WeChat’s review refused it. See the reason among the notices at WeChat, change it and publish again.',
    deleted:
      'All its articles were deleted after they were published. To use them again, write a new draft and publish that.',
    blocked:
      'WeChat blocked the articles after they were published. See the reason among the notices at WeChat, and stop using them in replies and menus.',
    no_answer:
      'WeChat did not answer, and no result came within 10 minutes; it is not submitted again. Look at the records at WeChat: if it was published, sync once; if not, publish it again.',
    result_missing:
      'WeChat gave no result for 48 hours. Look at the records at WeChat; if it was published, sync once.',
    account_archived:
      'The account was archived meanwhile, so WeChat was not asked any more. Once it is restored, look at the publishing records at WeChat.',
    unknown_status: 'WeChat gave a result nobody knows. Look at the records at WeChat.',
  },
  failedAt: 'Articles in the way: {{places}}.',
  separator: ', ',
  stillWaiting: 'The result is still awaited.',
  at: 'Submitted',
  what: 'Articles',
  by: 'By',
  openNth: 'Open no. {{n}}',
  empty: 'Nothing was published from here yet',
  emptyHint: 'Open a draft and choose “Publish”.',
}
