import { Tabs } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { lastAccount, useAccounts } from '../../../console/session.ts'

/** 自有标签 and 微信标签 are two pages: own tags are everyone's, WeChat's are of the account in the switcher. */
export function TagTabs({ active }: { active: 'own' | 'wechat' }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { accountId: here } = useParams()
  const accounts = useAccounts().data?.items ?? []
  const remembered = accounts.find(({ id }) => id === lastAccount())?.id ?? accounts[0]?.id
  const accountId = here ?? remembered
  return (
    <Tabs
      activeKey={active}
      onChange={(key) => void navigate(key === 'own' ? '/tags' : `/accounts/${accountId}/tags`)}
      items={[
        { key: 'own', label: t('tags.own') },
        { key: 'wechat', label: t('tags.wechat'), disabled: accountId === undefined },
      ]}
    />
  )
}
