import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { lookUp } from '../../../console/ui/error-text.ts'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { useWechatTags } from '../../../console/wechat-tags.ts'
import type { Fan } from '../schema.ts'

export function FollowTag({ following }: { following: boolean }) {
  const { t } = useTranslation()
  return (
    <StateTag tone={following ? 'good' : 'idle'}>
      {t(following ? 'fans.isFollowing' : 'fans.notFollowing')}
    </StateTag>
  )
}

/** WeChat's word for where a fan came from, in the operator's language. */
export const sceneText = (scene: string | null): string =>
  scene === null ? '—' : (lookUp('fans.scenes', scene) ?? scene)

export function TagNames({ tagIds }: { tagIds: readonly number[] }) {
  const { nameOf } = useWechatTags()
  if (tagIds.length === 0) return <span className="w-faint">—</span>
  return <>{tagIds.map(nameOf).join(' · ')}</>
}

export function useFanColumns(): TableColumnsType<Fan> {
  const { t } = useTranslation()
  const format = useFormat()
  return [
    {
      title: t('fans.fan'),
      render: (_, fan) => (
        <>
          {fan.remark !== null && fan.remark !== '' && <div>{fan.remark}</div>}
          <span className="w-mono w-soft">{fan.openid}</span>
        </>
      ),
    },
    { title: t('fans.following'), width: 110, render: (_, fan) => <FollowTag following={fan.following} /> },
    { title: t('nav.tags'), render: (_, fan) => <TagNames tagIds={fan.tagIds} /> },
    {
      title: t('fans.followedAt'),
      dataIndex: 'followedAt',
      className: 'w-nowrap',
      render: (at: string | null) => format.instant(at),
    },
    {
      title: t('fans.lastInteraction'),
      dataIndex: 'lastInteractionAt',
      className: 'w-nowrap',
      render: (at: string | null) => format.instant(at),
    },
    {
      title: t('fans.scene'),
      dataIndex: 'subscribeScene',
      render: (scene: string | null) => sceneText(scene),
    },
  ]
}
