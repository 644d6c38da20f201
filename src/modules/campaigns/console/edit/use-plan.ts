import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, call } from '../../../../console/api.ts'
import { useInvalidate, useTellError } from '../../../../console/hooks.ts'
import { useCloseWarning } from '../../../../console/use-unsaved-guard.ts'
import {
  type Campaign,
  createCampaignEndpoint,
  getCampaignEndpoint,
  listCampaignsEndpoint,
  updateCampaignEndpoint,
} from '../../schema.ts'
import { type Draft, savable } from './draft.ts'

const PAUSE_MS = 900

export type Saving = {
  state: 'saved' | 'waiting' | 'saving' | 'partly' | 'failed'
  at: Date | null
}

/**
 * What the form holds, saved by itself once typing pauses. One call at a time, each with the revision the one before came
 * back with, so that nobody overwrites what another changed. Parts that aren't whole yet stay here until they are.
 */
export function usePlan(accountId: string, initial: Draft, stored: Campaign | undefined) {
  const [draft, setDraft] = useState(initial)
  const [campaign, setCampaign] = useState(stored)
  const [saving, setSaving] = useState<Saving>({ state: 'saved', at: null })
  const newest = useRef(draft)
  newest.current = draft
  const known = useRef(stored)
  const sent = useRef(stored === undefined ? '' : JSON.stringify(savable(initial).fields))
  const busy = useRef<Promise<Campaign | undefined>>(undefined)
  const tellChanged = useTellChanged()
  const keep = useKept(accountId)

  const write = useCallback(async (): Promise<Campaign | undefined> => {
    const { fields, whole } = savable(newest.current)
    const text = JSON.stringify(fields)
    if (text === sent.current) {
      setSaving((before) => ({ ...before, state: whole ? 'saved' : 'partly' }))
      return known.current
    }
    setSaving((before) => ({ ...before, state: 'saving' }))
    try {
      const result =
        known.current === undefined
          ? await call(createCampaignEndpoint, {
              params: { accountId },
              body: { kind: newest.current.kind, ...fields },
            })
          : await call(updateCampaignEndpoint, {
              params: { accountId, campaignId: known.current.id },
              body: { revision: known.current.revision, ...fields },
            })
      known.current = result
      sent.current = text
      setCampaign(result)
      keep(result)
      setSaving({ state: whole ? 'saved' : 'partly', at: new Date() })
      return result
    } catch (error) {
      setSaving((before) => ({ ...before, state: 'failed' }))
      tellChanged(error)
      return undefined
    }
  }, [accountId, keep, tellChanged])

  /** Saves what is there now, after whatever is under way. */
  const flush = useCallback(async (): Promise<Campaign | undefined> => {
    await busy.current
    const one = write()
    busy.current = one
    return one
  }, [write])

  const started = campaign !== undefined
  useEffect(() => {
    if (!started || JSON.stringify(savable(draft).fields) === sent.current) return
    setSaving((before) => ({ ...before, state: 'waiting' }))
    const timer = setTimeout(() => void flush(), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [draft, started, flush])
  useCloseWarning(started && (saving.state === 'waiting' || saving.state === 'failed'))

  const change = useCallback((part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part })), [])
  const changePlan = useCallback(
    (part: Partial<Draft['plan']>) =>
      setDraft((before) => ({ ...before, plan: { ...before.plan, ...part } })),
    [],
  )
  return { draft, campaign, saving, change, changePlan, flush }
}

function useKept(accountId: string) {
  const client = useQueryClient()
  const invalidate = useInvalidate()
  return useCallback(
    (result: Campaign) => {
      client.setQueryData(
        ['api', getCampaignEndpoint.path, { accountId, campaignId: result.id }, null],
        result,
      )
      invalidate(listCampaignsEndpoint)
    },
    [client, accountId, invalidate],
  )
}

function useTellChanged() {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const tell = useTellError()
  return useCallback(
    (error: unknown) => {
      if (!(error instanceof ApiError && error.reason === 'changed_meanwhile')) return tell(error)
      modal.warning({
        title: t('campaigns.save.changedTitle'),
        content: t('campaigns.save.changedHint'),
        okText: t('common.reload'),
        onOk: () => window.location.reload(),
      })
    },
    [modal, t, tell],
  )
}
