import type { Texts } from '../zh-CN.ts'

export const miniPrograms: Texts['miniPrograms'] = {
  title: 'Mini programs',
  sub: 'What messages may open: bound here, and marked with the accounts each is linked to at WeChat.',
  miniProgram: 'Mini program',
  bind: 'Bind a mini program',
  bound: 'Bound; now mark the accounts it is linked to',
  edit: 'Mini program',
  appidHint: 'In the mini program’s backend under development settings. It can’t be changed later.',
  appidInvalid: 'An AppID is wx and 16 digits or lower-case letters a–f',
  ghIdHint: 'Optional; in the mini program’s backend under basic settings.',
  note: 'Note',
  links: 'Linked accounts',
  noLinks: 'Not linked',
  linksHint:
    'Link it on the WeChat Official Accounts Platform under mini-program management first, then switch it on here. WeChat has no interface to ask, so this is what it goes by.',
  linkedBy: 'Marked by {{who}}, {{at}}',
  showArchived: 'Show archived',
  archive: 'Archive',
  archived: 'Archived',
  archiveTitle: 'Archive “{{name}}”?',
  archiveHint: 'New messages can’t link to it any more. It can be taken back into use.',
  archivedHint: 'Archived: new messages can’t link to it. Taken back into use, it has the links it had.',
  restore: 'Take back into use',
  empty: 'No mini programs yet',
  emptyHint: 'Once bound, the text of a mass send can link to its pages.',
  emptyAsk: 'Ask an administrator to bind one.',
}
