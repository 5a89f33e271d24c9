package samples

// TLSFlows is a scenario whose flows differ in what the handshake does.
const TLSFlows = `
name: handshakes
target: {host: 127.0.0.1}
defaults: {load: {sessions: 1, duration: 1s}, port: 465}
baseline: plain
flows:
  plain: {port: 25}
  like-plain: {port: 25}
  implicit: {tls: implicit}
  curves: {target: {tls: {curves: [P-256]}}}
  old: {target: {tls: {max_version: "1.2"}}}
  resuming: {target: {tls: {resumption: true}}}
  authed: {auth: {mechanism: PLAIN, username: a, password: b}}
  other-account: {auth: {mechanism: PLAIN, username: c, password: d}}
`
