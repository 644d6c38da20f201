import type { Texts } from '../zh-CN.ts'

export const materials: Texts['materials'] = {
  title: 'Materials',
  sub: 'Articles, images, voices and videos for mass sends, replies, menus and campaigns.',
  tab: {
    draft: 'Drafts',
    published: 'Published',
    history: 'History',
    image: 'Images',
    voice: 'Voices',
    video: 'Videos',
  },
  hint: {
    draft:
      'Drafts can be mass sent as they are. Published, they can be used in replies, recalls, menus, QR codes and campaigns.',
    published:
      'Published articles can be used in replies, recalls, menus, QR codes and campaigns, and be mass sent.',
    history:
      'Articles that were mass sent from here, kept as they went out; they can be sent again. For replies or menus turn one into a draft at WeChat and publish it, which costs no mass send, then sync.',
    image:
      'For image messages, covers, mass sends and menus. Synced images are downloaded when somebody first looks at them.',
    voice:
      'For voice messages, mass sends and menus. Synced voices are downloaded when they are first played.',
    video:
      'For video messages, mass sends and menus. Synced videos are downloaded when they are first played.',
  },
  empty: {
    draft: 'No drafts yet',
    published: 'No published articles yet',
    history: 'No articles were mass sent yet',
    image: 'No images yet',
    voice: 'No voices yet',
    video: 'No videos yet',
  },
  emptyHint: {
    draft: 'Write a draft at WeChat, then sync it here.',
    published: 'Open one of the drafts and publish it, or sync what was published at WeChat.',
    history: 'Articles appear here once a mass send of them was delivered.',
    image: 'Sync the images at WeChat, or upload a JPG, PNG, GIF or BMP of at most 10 MB.',
    voice: 'Sync the voices at WeChat, or upload an MP3 or AMR of at most 60 seconds and 2 MB.',
    video: 'Sync the videos at WeChat, or upload an MP4 of at most 10 MB.',
  },
  scope: { new: 'Sync what is new', all: 'Sync everything (marks what was deleted)' },
  folders: 'Folders',
  folder: 'Folder',
  noFolder: 'In no folder',
  noneHere: 'Nothing to choose from',
  noFolders: 'No folders yet',
  foldersHint:
    'Articles, images, voices and videos share them. A draft that is published stays in its folder.',
  newFolder: 'Name of a new folder',
  addFolder: 'Add',
  holds: 'Holds',
  holdsSo: '{{articleSets}} article sets · {{media}} media',
  deleteFolder: 'Delete the folder “{{name}}”?',
  deleteFolderHint: 'The {{count}} materials in it stay, in no folder.',
  moveTo: 'Move to a folder',
  outOfFolders: 'Out of its folder',
  moved: 'Moved',
  chooseShown: 'Choose the {{number}} shown',
  tick: 'Choose {{name}}',
  unreadable: 'The file can’t be read right now',
  notHeard: 'Computers can’t play this format; phones can',
  download: 'Download',
  send: 'Mass send it',
  sentAt: 'sent {{at}}',
  seePublished: 'See the published articles',
}
