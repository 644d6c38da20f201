import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useEndpoint } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { StateTag } from '../../../console/ui/StateTag.tsx'
import { Loaded } from '../../../console/ui/states.tsx'
import { listMaterialUsesEndpoint, type MaterialRef, type MaterialUse } from '../schema.ts'
import { kindOfUse, pageOfUse } from './uses-words.ts'
import './uses.css'

export const useUses = ({ material, id }: MaterialRef, enabled = true) =>
  useEndpoint(
    listMaterialUsesEndpoint,
    { params: { accountId: useAccountId(), material, materialId: id } },
    { enabled },
  )

/** 用在哪里: what names a material, each with a link to where it is changed. */
export function UsedIn(of: MaterialRef) {
  const { t } = useTranslation()
  const uses = useUses(of)
  return (
    <section>
      <h3 className="w-uses-title">{t('materialUses.title')}</h3>
      <Loaded query={uses}>
        {({ items }) =>
          items.length === 0 ? <p className="w-faint">{t('materialUses.none')}</p> : <UsesList uses={items} />
        }
      </Loaded>
    </section>
  )
}

export function UsesList({ uses }: { uses: readonly MaterialUse[] }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  return (
    <ul className="w-uses">
      {uses.map((use) => (
        <li key={`${use.kind} ${use.id}`}>
          <span className="w-soft">{t(`materialUses.kind.${kindOfUse(use)}`)}</span>
          <Link to={pageOfUse(accountId, use)}>{use.name || t('materialUses.look')}</Link>
          <StateTag tone={use.live ? 'good' : 'idle'}>
            {t(use.live ? 'materialUses.live' : 'materialUses.notLive')}
          </StateTag>
        </li>
      ))}
    </ul>
  )
}
