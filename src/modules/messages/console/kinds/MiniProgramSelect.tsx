import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAccountId } from '../../../../console/session.ts'
import { useLinkedMiniPrograms } from '../../../mini-programs/console/index.ts'

/** One of the mini programs that messages of the account may open. */
export function MiniProgramSelect({
  id,
  value,
  onChange,
  status,
}: {
  id?: string
  value?: string
  onChange?: (appId: string) => void
  status?: 'error' | ''
}) {
  const { t } = useTranslation()
  const linked = useLinkedMiniPrograms(useAccountId())
  return (
    <Select
      showSearch
      optionFilterProp="label"
      loading={linked.isPending}
      placeholder={t('composer.miniProgram')}
      notFoundContent={t('composer.noMiniPrograms')}
      options={linked.data?.items.map(({ appid, name }) => ({ value: appid, label: `${name} · ${appid}` }))}
      style={{ width: '100%' }}
      {...(id !== undefined && { id })}
      {...(value !== undefined && value !== '' && { value })}
      {...(onChange !== undefined && { onChange })}
      {...(status !== undefined && { status })}
    />
  )
}
