import { z } from 'zod'
import { group, itemsIn, number, optionalText, text } from './fields.ts'

const keyed = z.object({ EventKey: text })
const withMenu = z.object({ EventKey: text, MenuId: optionalText })
const scanned = z
  .object({ EventKey: text, ScanCodeInfo: group({ ScanType: text, ScanResult: text }) })
  .transform((e) => ({
    key: e.EventKey,
    scanType: e.ScanCodeInfo.ScanType,
    scanResult: e.ScanCodeInfo.ScanResult,
  }))
const pictured = z
  .object({
    EventKey: text,
    SendPicsInfo: group({ Count: number, PicList: itemsIn('item', z.object({ PicMd5Sum: text })) }),
  })
  .transform((e) => ({
    key: e.EventKey,
    count: e.SendPicsInfo.Count,
    pictureMd5s: e.SendPicsInfo.PicList.map((picture) => picture.PicMd5Sum),
  }))
const named = <T extends string, B extends object>(event: T, body: B) => ({ event, ...body })

/** What fans do: follow, leave, scan, tap the menu. Keys are event names in lower case. */
export const fanEventSchemas = {
  subscribe: z.object({ EventKey: text, Ticket: optionalText }).transform((e) =>
    named('subscribe', {
      key: e.EventKey,
      /** The scene of the parametric QR code followed through, without its prefix. */
      scene: e.EventKey.startsWith('qrscene_') ? e.EventKey.slice('qrscene_'.length) : undefined,
      ticket: e.Ticket,
    }),
  ),
  unsubscribe: z.object({}).transform(() => named('unsubscribe', {})),
  scan: z
    .object({ EventKey: text, Ticket: optionalText })
    .transform((e) => named('scan', { scene: e.EventKey, ticket: e.Ticket })),
  location: z
    .object({ Latitude: number, Longitude: number, Precision: number })
    .transform((e) =>
      named('location', { latitude: e.Latitude, longitude: e.Longitude, precision: e.Precision }),
    ),
  click: keyed.transform((e) => named('click', { key: e.EventKey })),
  view: withMenu.transform((e) => named('view', { url: e.EventKey, menuId: e.MenuId })),
  view_miniprogram: withMenu.transform((e) =>
    named('view_miniprogram', { page: e.EventKey, menuId: e.MenuId }),
  ),
  scancode_push: scanned.transform((e) => named('scancode_push', e)),
  scancode_waitmsg: scanned.transform((e) => named('scancode_waitmsg', e)),
  pic_sysphoto: pictured.transform((e) => named('pic_sysphoto', e)),
  pic_photo_or_album: pictured.transform((e) => named('pic_photo_or_album', e)),
  pic_weixin: pictured.transform((e) => named('pic_weixin', e)),
  location_select: z
    .object({
      EventKey: text,
      SendLocationInfo: group({
        Location_X: number,
        Location_Y: number,
        Scale: number,
        Label: text,
        Poiname: text,
      }),
    })
    .transform(({ EventKey, SendLocationInfo: place }) =>
      named('location_select', {
        key: EventKey,
        latitude: place.Location_X,
        longitude: place.Location_Y,
        scale: place.Scale,
        label: place.Label,
        poiName: place.Poiname,
      }),
    ),
}

export type FanEvent = {
  [K in keyof typeof fanEventSchemas]: z.output<(typeof fanEventSchemas)[K]>
}[keyof typeof fanEventSchemas]
