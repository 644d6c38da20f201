import { useMemo } from 'react'
import { useMe } from '../../../../console/session.ts'
import { ARTICLE_HOSTS } from '../../../../wechat/rules/text-links.ts'

/** Hosts to which a text may link: WeChat's own, in a sandbox the simulated one too. */
export function useArticleHosts(): readonly string[] {
  const { simulatorUrl } = useMe()
  return useMemo(
    () => (simulatorUrl === null ? ARTICLE_HOSTS : [...ARTICLE_HOSTS, new URL(simulatorUrl).host]),
    [simulatorUrl],
  )
}
