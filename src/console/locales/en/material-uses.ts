import type { Texts } from '../zh-CN.ts'

export const usable: Texts['usable'] = {
  title: 'What may be used where',
  material: 'Material',
  place: {
    'mass-send': 'Mass sends',
    reply: 'Auto replies, QR codes',
    recall: 'Recalls',
    campaign: 'Campaigns',
    menu: 'Menus',
  },
  kind: {
    draft: 'Drafts',
    published: 'Published articles',
    history: 'History',
    image: 'Images',
    gif: 'Animated images',
    voice: 'Recordings',
    video: 'Videos',
  },
  yes: 'Yes',
  no: 'No',
  but: {
    cover_first: 'Needs another cover first',
    not_passive: 'Not as the first, passive reply; follows as a customer-service message',
  },
  reason: {
    gone: 'No longer at WeChat',
    deleted: 'The article was deleted',
    publish_first: 'Publish it first',
    convert_first: 'Turn it into a draft and publish it',
    type_not_supported: 'Not a kind that can be mass sent',
    no_address: 'The article has no address',
    animated: 'Mass sends show no animated images',
    too_large: 'Too large for customer-service messages',
  },
  advice: {
    gone: 'Choose another, or sync again once it is back at WeChat.',
    deleted: 'Choose another.',
    publish_first:
      'Publish it under Articles: nothing is pushed and no mass send is used; then it can be chosen.',
    convert_first:
      'Turn it into a draft at WeChat and publish it, which costs no mass send, then sync it here.',
    type_not_supported: 'Choose an ordinary article or a picture message.',
    no_address: 'Choose an article that has an address.',
    animated: 'Choose an image that stands still.',
    too_large: 'Recordings may have 2 MB, videos 10 MB; choose a smaller file.',
  },
}

export const materialUses: Texts['materialUses'] = {
  title: 'Used in',
  none: 'Nothing uses it.',
  look: 'Look',
  open: 'Look at {{name}}',
  live: 'Live',
  notLive: 'Not live',
  kind: {
    'reply-rule': 'Auto reply',
    'recall-reply': 'Keyword reply of a recall',
    'qr-code-reply': 'Reply of a QR code',
    'menu-reply': 'Reply of a menu button',
    recall: 'Recall',
    menu: 'Menu (saved)',
    'live-menu': 'Menu (shown now)',
    campaign: 'Campaign',
    broadcast: 'Mass send',
  },
  delete: 'Delete',
  deleteAnyway: 'Delete all the same',
  deleteTitle: 'Delete “{{name}}”?',
  deleteHint: {
    media:
      'It goes from the permanent material at WeChat for good. Messages that were sent stay as they are.',
    'article-set':
      'It goes from the draft box at WeChat for good. Articles that were sent or published stay as they are.',
  },
  inUse: '{{number}} places use it and can no longer send it:',
  deleted: 'Deleted',
  broken: 'Material is gone',
  brokenHint: 'WeChat no longer has what this uses: {{names}}. Choose another, or sending will fail.',
  comma: ', ',
  attention: '{{kind}} “{{name}}” uses material that is gone',
  attentionMenu: 'The menu that is shown uses material that is gone',
  attentionMore: '{{kind}} “{{name}}” and others, {{number}} in all, use material that is gone',
}
