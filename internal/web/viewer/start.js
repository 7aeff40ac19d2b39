// Shows the contract of this server. Nothing but this server is asked: no fonts, no proxy, no telemetry.
Scalar.createApiReference('#contract', {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: {disabled: true},
  mcp: {disabled: true},
  persistAuth: false,
})
