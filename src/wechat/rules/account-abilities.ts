import type { Advice } from '../error-codes.ts'

/** 服务号 or 订阅号. */
export type AccountKind = 'service' | 'subscription'
export type AccountType = { readonly kind: AccountKind; readonly verified: boolean }

export type Ability =
  | 'callbacks'
  | 'material'
  | 'drafts'
  | 'temporary-media'
  | 'publish'
  | 'fans'
  | 'tags'
  | 'broadcast-all'
  | 'broadcast-tag'
  | 'broadcast-list'
  | 'preview'
  | 'statistics'
  | 'comments'
  | 'menu'
  | 'customer-service-messages'
  | 'template-messages'
  | 'subscription-notifications'
  | 'scene-qr-codes'

export type AbilityRefusal = 'not_verified' | 'service_accounts_only'
export type AbilityDecision =
  | { readonly can: true }
  | { readonly can: false; readonly reason: AbilityRefusal; readonly advice: Advice }

const open: readonly Ability[] = ['callbacks', 'material', 'drafts']
const serviceOnly: readonly Ability[] = [
  'broadcast-list',
  'template-messages',
  'subscription-notifications',
  'scene-qr-codes',
]
const verifiedOnly: readonly Ability[] = [
  'temporary-media',
  'publish',
  'fans',
  'tags',
  'broadcast-all',
  'broadcast-tag',
  'preview',
  'statistics',
  'comments',
  'menu',
  'customer-service-messages',
]

export const ABILITIES: readonly Ability[] = [...open, ...verifiedOnly, ...serviceOnly]

const refusals: Record<AbilityRefusal, Advice> = {
  not_verified: {
    zh: '该功能仅对已认证的公众号开放，请先在公众平台完成认证。',
    en: 'Only verified accounts can do this. Verify the account on the platform first.',
  },
  service_accounts_only: {
    zh: '该功能仅对服务号开放，订阅号不支持。',
    en: 'Only service accounts can do this; subscription accounts can’t.',
  },
}

/**
 * What an account may do by its type. Sources: 公众号接口权限说明 and the page of each call (checked 2026-11);
 * publishing was taken from personal and unverified accounts in 2025-07.
 */
export function decideAbility(account: AccountType, ability: Ability): AbilityDecision {
  if (open.includes(ability)) return { can: true }
  // The type is told first: verifying a subscription account would not help.
  if (account.kind !== 'service' && serviceOnly.includes(ability)) return refuse('service_accounts_only')
  return account.verified ? { can: true } : refuse('not_verified')
}

/** Everything the account can't do, for the page that binds it. */
export const listMissingAbilities = (
  account: AccountType,
): { ability: Ability; reason: AbilityRefusal; advice: Advice }[] =>
  ABILITIES.flatMap((ability) => {
    const decision = decideAbility(account, ability)
    return decision.can ? [] : [{ ability, reason: decision.reason, advice: decision.advice }]
  })

const refuse = (reason: AbilityRefusal): AbilityDecision => ({ can: false, reason, advice: refusals[reason] })
