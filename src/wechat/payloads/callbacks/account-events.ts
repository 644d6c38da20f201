import { z } from 'zod'
import { number, optionalText, text } from './fields.ts'

const user = { OpenID: text, AppID: text, UnionID: optionalText }
const ofUser = <T extends string>(event: T) =>
  z.object({ ...user, RevokeInfo: optionalText }).transform((e) => ({
    event,
    openId: e.OpenID,
    appId: e.AppID,
    unionId: e.UnionID,
    revokeInfo: e.RevokeInfo,
  }))
const verified = <T extends string>(event: T) =>
  z.object({ ExpiredTime: number }).transform((e) => ({ event, expiresAtSeconds: e.ExpiredTime }))
const verificationFailed = <T extends string>(event: T) =>
  z
    .object({ FailTime: number, FailReason: text })
    .transform((e) => ({ event, failedAtSeconds: e.FailTime, reason: e.FailReason }))
const desk = <T extends string>(event: T) =>
  z.object({ KfAccount: text, FromKfAccount: optionalText, ToKfAccount: optionalText }).transform((e) => ({
    event,
    deskAccount: e.KfAccount,
    fromDeskAccount: e.FromKfAccount,
    toDeskAccount: e.ToKfAccount,
  }))

/** Verification of the account, users' rights over their data, the customer desk. */
export const accountEventSchemas = {
  user_info_modified: ofUser('user_info_modified'),
  user_authorization_revoke: ofUser('user_authorization_revoke'),
  user_authorization_cancellation: ofUser('user_authorization_cancellation'),
  qualification_verify_success: verified('qualification_verify_success'),
  naming_verify_success: verified('naming_verify_success'),
  annual_renew: verified('annual_renew'),
  verify_expired: verified('verify_expired'),
  qualification_verify_fail: verificationFailed('qualification_verify_fail'),
  naming_verify_fail: verificationFailed('naming_verify_fail'),
  kf_create_session: desk('kf_create_session'),
  kf_close_session: desk('kf_close_session'),
  kf_switch_session: desk('kf_switch_session'),
}

export type AccountEvent = {
  [K in keyof typeof accountEventSchemas]: z.output<(typeof accountEventSchemas)[K]>
}[keyof typeof accountEventSchemas]
