import { Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccounts } from '../../../console/session.ts'
import {
  linkMiniProgramEndpoint,
  listLinkedEndpoint,
  listMiniProgramsEndpoint,
  type MiniProgram,
  unlinkMiniProgramEndpoint,
} from '../schema.ts'

/** To which accounts it is linked at WeChat: no interface tells, so an operator does. */
export function LinkToggles({ miniProgram }: { miniProgram: MiniProgram }) {
  const { t } = useTranslation()
  const accounts = useAccounts()
  return (
    <section>
      <h2 className="w-section-title" style={{ marginBottom: 4 }}>
        {t('miniPrograms.links')}
      </h2>
      <p className="w-soft" style={{ marginTop: 0 }}>
        {t('miniPrograms.linksHint')}
      </p>
      {accounts.data?.items.map(({ id, name }) => (
        <LinkToggle key={id} accountId={id} name={name} miniProgram={miniProgram} />
      ))}
    </section>
  )
}

function LinkToggle({
  accountId,
  name,
  miniProgram,
}: {
  accountId: string
  name: string
  miniProgram: MiniProgram
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const changed = { invalidates: [listMiniProgramsEndpoint, listLinkedEndpoint] }
  const link = useEndpointMutation(linkMiniProgramEndpoint, changed)
  const unlink = useEndpointMutation(unlinkMiniProgramEndpoint, changed)
  const found = miniProgram.links.find((one) => one.accountId === accountId)
  const input = { params: { accountId, miniProgramId: miniProgram.id } }
  return (
    <div className="w-row" style={{ justifyContent: 'space-between', flexWrap: 'nowrap', padding: '8px 0' }}>
      <div style={{ minWidth: 0 }}>
        <div className="w-ellipsis">{name}</div>
        {found && (
          <div className="w-faint w-small">
            {t('miniPrograms.linkedBy', {
              who: found.linkedBy ?? t('common.system'),
              at: format.instant(found.linkedAt),
            })}
          </div>
        )}
      </div>
      <Switch
        aria-label={name}
        checked={found !== undefined}
        loading={link.isPending || unlink.isPending}
        onChange={(on) => (on ? link : unlink).mutate(input)}
      />
    </div>
  )
}
