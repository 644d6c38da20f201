import { z } from 'zod'
import { endpoint } from '../../../kernel/endpoint.ts'
import { page, pageQuery } from '../../../kernel/paging.ts'
import { menuDrafts } from './menu.ts'
import { menuProposal, menuPublication, menusView, shownMenu } from './views.ts'

const id = z.string().regex(/^\d{1,19}$/)
const tag = 'menus'
const params = z.object({ accountId: id })
const digest = z.string().max(64)

export const getMenusEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/menus',
  access: 'menus:read',
  tag,
  summary: 'The menus as they are edited here, what WeChat had when we last looked, and the difference',
  params,
  response: menusView,
})
export const lookAtMenusEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/menus/look',
  access: 'menus:read',
  tag,
  summary: 'Reads the menus from WeChat now',
  params,
  response: menusView,
})
export const saveMenusEndpoint = endpoint({
  method: 'PUT',
  path: '/api/accounts/:accountId/menus',
  access: 'menus:write',
  tag,
  summary: 'Keeps all menus of the account; answers on tap hold at once, buttons when they are published',
  params,
  body: z.object({ revision: z.number().int().min(0), menus: menuDrafts }),
  response: menusView,
})
export const publishMenusEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/menus/publish',
  access: 'menus:publish',
  tag,
  summary: 'Makes WeChat show what was saved, in the background',
  params,
  /** What the operator saw: the saved revision, and `liveDigest`. */
  body: z.object({ revision: z.number().int().min(1), live: digest }),
  response: menusView,
})
export const removeMenusEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/menus/remove',
  access: 'menus:publish',
  tag,
  summary: 'Takes every menu of the account away at WeChat, in the background; what is edited here stays',
  params,
  body: z.object({ live: digest }),
  response: menusView,
})
export const importMenusEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/menus/import',
  access: 'menus:write',
  tag,
  summary: 'Reads the menus used now, also those made on WeChat’s own pages, as menus to be saved',
  params,
  response: menuProposal,
})
export const tryMenuEndpoint = endpoint({
  method: 'POST',
  path: '/api/accounts/:accountId/menus/try',
  access: 'menus:read',
  tag,
  summary: 'Asks WeChat which menu it shows one fan',
  params,
  body: z.object({ fanId: id }),
  response: shownMenu,
})
export const listMenuPublicationsEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/menus/publications',
  access: 'menus:read',
  tag,
  summary: 'What was published, newest first',
  params,
  query: pageQuery,
  response: page(menuPublication),
})

const day = z.iso.date()
export const MOST_FIGURE_DAYS = 90
export const menuFiguresEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/menu-figures',
  access: 'menus:read',
  tag,
  summary: 'Taps by button and day, days included',
  params,
  query: z.object({ from: day, to: day }),
  response: z.object({
    items: z.array(
      z.object({
        kind: z.enum(['tap', 'view']),
        target: z.string(),
        taps: z.number(),
        days: z.array(z.object({ day, taps: z.number() })),
      }),
    ),
  }),
})
export const menuPeopleEndpoint = endpoint({
  method: 'GET',
  path: '/api/accounts/:accountId/menu-figures/people',
  access: 'menus:read',
  tag,
  summary: 'How many people tapped one button in these days',
  params,
  query: z.object({
    kind: z.enum(['tap', 'view']),
    target: z.string().min(1).max(1_024),
    from: day,
    to: day,
  }),
  response: z.object({ people: z.number(), taps: z.number() }),
})
