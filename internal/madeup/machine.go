// Package madeup makes up runs for tests. Their times are random numbers, but they go through
// the same recorder and run file as the times of real runs. They do not depend on how busy
// this machine is, and the same seed makes the same run.
package madeup

import (
	"math"
	"math/rand/v2"
	"time"
)

// A Machine is a pretended machine that makes rounds one after the other. Its speed drifts in
// one direction. It also wanders: a slow round is often followed by a slow one. Now and then
// a round is disturbed.
type Machine struct {
	random *rand.Rand
	drift  float64 // by how much the logarithm of all times changes in a round
	level  float64 // the sum of the drift so far
	wander float64 // of the last round, also a logarithm
	alike  float64 // of the last message, also a logarithm
}

// NewMachine returns machine n of a seed.
func NewMachine(seed, n uint64) *Machine {
	m := Steady(seed, n)
	m.drift = 0.005 * m.random.NormFloat64()
	return m
}

// Steady returns a machine whose speed does not drift.
func Steady(seed, n uint64) *Machine {
	return &Machine{random: rand.New(rand.NewPCG(seed, n))}
}

// round begins a round, and returns the factor of all times in it.
func (m *Machine) round() float64 {
	m.level += m.drift
	m.wander = 0.5*m.wander + 0.015*m.random.NormFloat64()
	factor := math.Exp(m.level + m.wander)
	if m.random.IntN(10) == 0 {
		factor *= 1 + 0.2*m.random.Float64()
	}
	return factor
}

// message begins a message, and returns the factor of all times in it. The factor changes
// slowly, so that each message is like the last.
func (m *Machine) message() float64 {
	m.alike = 0.9*m.alike + 0.03*m.random.NormFloat64()
	return math.Exp(m.alike)
}

// time returns the time of one reply, around its median. A few are very long (Pareto
// distribution).
func (m *Machine) time(median time.Duration, factor float64) time.Duration {
	t := factor * float64(median) * math.Exp(0.25*m.random.NormFloat64())
	if m.random.IntN(50) == 0 {
		t *= math.Pow(1-m.random.Float64(), -1/1.5)
	}
	return time.Duration(t)
}
