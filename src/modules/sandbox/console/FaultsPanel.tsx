import { InputNumber, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { Loaded } from '../../../console/ui/states.tsx'
import { FAULT_KINDS, type Fault, getFaultsEndpoint, putFaultsEndpoint } from '../schema.ts'

/** Switches for what goes wrong at the simulated WeChat. */
export function FaultsPanel() {
  const { t } = useTranslation()
  const query = useEndpoint(getFaultsEndpoint, {}, { every: 10_000 })
  return (
    <>
      <p className="w-faint w-small" style={{ marginTop: 0 }}>
        {t('sandbox.faultsHint')}
      </p>
      <Loaded query={query} rows={4}>
        {({ items }) => <Switches faults={items} />}
      </Loaded>
    </>
  )
}

function Switches({ faults }: { faults: readonly Fault[] }) {
  const { t } = useTranslation()
  const allowed = useCan('sandbox:control')
  const put = useEndpointMutation(putFaultsEndpoint, { invalidates: [getFaultsEndpoint] })
  const set = (kind: Fault['kind'], fault: Fault | undefined) => {
    const others = faults.filter((one) => one.kind !== kind)
    put.mutate({ body: { items: fault === undefined ? others : [...others, fault] } })
  }
  return (
    <>
      {FAULT_KINDS.map((kind) => {
        const fault = faults.find((one) => one.kind === kind)
        return (
          <div className="w-fault" key={kind}>
            <div>
              {t(`sandbox.fault.${kind}`)}
              <div className="w-faint w-small">{t(`sandbox.faultHint.${kind}`)}</div>
            </div>
            <div className="w-row" style={{ flexWrap: 'nowrap' }}>
              {kind === 'latency' && fault !== undefined && (
                <InputNumber<number>
                  size="small"
                  min={0}
                  max={60_000}
                  step={100}
                  value={fault.ms ?? 1_000}
                  disabled={!allowed}
                  suffix="ms"
                  style={{ width: 104 }}
                  onBlur={(event) => set(kind, { kind, ms: Number(event.target.value) || 0 })}
                />
              )}
              <Switch
                size="small"
                checked={fault !== undefined}
                disabled={!allowed}
                loading={put.isPending}
                aria-label={t(`sandbox.fault.${kind}`)}
                onChange={(on) =>
                  set(kind, on ? { kind, ...(kind === 'latency' && { ms: 1_000 }) } : undefined)
                }
              />
            </div>
          </div>
        )
      })}
    </>
  )
}
