// Package bundle carries a scenario from the coordinator of a fleet to its agents, with
// everything that it is made of: the files that it extends or names, messages, accounts,
// variables of the environment. [New] packs it, [Open] makes the same scenario of it on
// an agent:
//
//	s, err := scenarios.Load("relay.yaml", scenarios.LoadOptions{Keep: true})
//	b, err := bundle.New(s)
//	err = b.MayTravel(bundle.Way{TLS: true})
//	... b.Data and b.Sum travel ...
//	s, err := bundle.Open(data, sum, bundle.Rules{MayLoad: []string{"mail.example.test"}})
//
// # What holds
//
//   - The scenario of an agent is that of the coordinator, or Open fails: both resolve to
//     the same text, whose hash stands in their run files, so that those merge.
//   - An agent opens a bundle in memory. It writes nothing to a disk, and reads nothing
//     from one but secrets that its own [Rules] name.
//   - A bundle with a secret in it travels under TLS, or within a machine: see
//     Bundle.MayTravel.
//   - Names in a bundle are keys, never paths. Sizes and numbers are bounded before
//     anything is allocated for them, and a bundle that unpacks to more than it says is
//     refused.
//   - What an agent may load, and which of its secrets it gives, is the agent's own rule. A
//     bundle has no say in it.
package bundle
