import { type ThemeConfig, theme } from 'antd'
import { type Appearance, PALETTE } from './palette.ts'

export function antTheme(appearance: Appearance): ThemeConfig {
  const colours = PALETTE[appearance]
  return {
    algorithm: appearance === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      // who asks the system for less motion gets none
      motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
      colorPrimary: appearance === 'dark' ? '#7683ee' : colours.accent,
      colorInfo: appearance === 'dark' ? '#7683ee' : colours.accent,
      colorSuccess: colours.good,
      colorWarning: colours.warn,
      colorError: colours.bad,
      colorSuccessBg: colours.goodSoft,
      colorSuccessBorder: `color-mix(in srgb, ${colours.good} 30%, ${colours.surface})`,
      colorWarningBg: colours.warnSoft,
      colorWarningBorder: `color-mix(in srgb, ${colours.warn} 30%, ${colours.surface})`,
      colorErrorBg: colours.badSoft,
      colorErrorBorder: `color-mix(in srgb, ${colours.bad} 30%, ${colours.surface})`,
      colorInfoBg: colours.accentSoft,
      colorInfoBorder: `color-mix(in srgb, ${colours.accent} 25%, ${colours.surface})`,
      colorLink: colours.accent,
      colorBgLayout: colours.page,
      colorBgContainer: colours.surface,
      colorBgElevated: colours.raised,
      colorBorder: colours.line,
      colorBorderSecondary: colours.lineSoft,
      colorText: colours.text,
      colorTextSecondary: colours.textSoft,
      colorTextTertiary: colours.textFaint,
      borderRadius: 6,
      fontFamily: 'var(--w-font)',
      fontSize: 14,
      wireframe: false,
    },
    components: {
      Table: {
        headerBg: colours.sunken,
        headerColor: colours.textSoft,
        headerSplitColor: 'transparent',
        cellPaddingBlockMD: 9,
        cellPaddingInlineMD: 12,
        cellFontSizeMD: 13.5,
        rowHoverBg: colours.sunken,
      },
      Menu: {
        itemHeight: 34,
        itemMarginInline: 8,
        itemBorderRadius: 6,
        itemBg: 'transparent',
        subMenuItemBg: 'transparent',
        itemSelectedBg: colours.accentSoft,
        itemSelectedColor: colours.accent,
        groupTitleFontSize: 12,
        groupTitleColor: colours.textFaint,
        activeBarBorderWidth: 0,
      },
      Card: { bodyPadding: 16, headerHeight: 46 },
      Form: { itemMarginBottom: 18, verticalLabelPadding: '0 0 5px' },
      Descriptions: { itemPaddingBottom: 10 },
      Drawer: { paddingLG: 20 },
      Alert: { withDescriptionPadding: '11px 14px', withDescriptionIconSize: 17 },
    },
  }
}
