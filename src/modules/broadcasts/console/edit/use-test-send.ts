import { useRef, useState } from 'react'
import { call } from '../../../../console/api.ts'
import { useTellError } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { type TestResult, testPeopleEndpoint, testSendEndpoint } from '../../schema.ts'

/** A call waits for its turn at WeChat's 60 previews a minute: small portions show that it goes on. */
const PORTION = 10

type Targets = { wechatIds: string[]; openids: string[] }
export type TestState = { total: number; results: TestResult[]; running: boolean }

/** Sends tests, and gathers what became of each. Leaving the page ends it after the portion under way. */
export function useTestSend(broadcastId: string, arm: number) {
  const accountId = useAccountId()
  const tell = useTellError()
  const [state, setState] = useState<TestState>()
  const turn = useRef(0)
  const params = { accountId, broadcastId }
  const run = async (work: (mine: () => boolean, add: (results: TestResult[]) => void) => Promise<void>) => {
    turn.current += 1
    const now = turn.current
    const mine = () => turn.current === now
    try {
      await work(mine, (results) =>
        setState((before) => before && { ...before, results: [...before.results, ...results] }),
      )
    } catch (error) {
      tell(error)
    } finally {
      if (mine()) setState((before) => before && { ...before, running: false })
    }
  }
  const toNamed = (targets: Targets) =>
    run(async (_, add) => {
      setState({ total: targets.wechatIds.length + targets.openids.length, results: [], running: true })
      add((await call(testSendEndpoint, { params, body: { ...targets, arm } })).results)
    })
  const toFans = (fanIds: readonly string[]) =>
    run(async (mine, add) => {
      setState({ total: fanIds.length, results: [], running: true })
      for (let at = 0; at < fanIds.length && mine(); at += PORTION)
        add(
          (await call(testSendEndpoint, { params, body: { fanIds: fanIds.slice(at, at + PORTION), arm } }))
            .results,
        )
    })
  const stop = () => {
    turn.current += 1
    setState((before) => before && { ...before, running: false })
  }
  const peopleOf = (segmentId: string) => call(testPeopleEndpoint, { params, body: { segmentId } })
  return { state, toNamed, toFans, peopleOf, stop }
}
