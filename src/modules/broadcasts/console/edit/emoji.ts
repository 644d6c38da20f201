/** A choice that every phone draws; any other can be typed. */
export const EMOJI: readonly string[] = [
  ...'😀😄😁😆😅😂🙂😉😊😍🥰😘😋😎🤩🥳🤗🤔😌😴😭😤😱😇🙏👍👏🙌💪🤝👋👌✌🫶👀🎉🎊🎁🎈🎀🏆🥇🎯🔔📣📢💡🔥✨⭐🌟💫🌈🌞🌙🌸🌹🌷🍀🌿🍁🍎🍉🍓🍰🎂🍵🥂🍻🏃🚀✈🚗🏠🏖📅📌📎📖📝📱💻📷🎬🎵🎮💰💳🧧🛒🛍💎👑💄👗👟💗💖💕🧡💛💚💙💜🖤✅❌❗❓⚡⏰⏳♻🆕🆓🔝🔗💯',
]
