// Package madeup makes runs up: by random numbers, but through the recorder and
// the run file that true ones go through. What is made of them does not depend
// on how busy this machine is, and the same seed makes the same run.
package madeup

import (
	"math"
	"math/rand/v2"
	"time"
)

// A Machine is what rounds are made on, in the order of time. Its speed drifts,
// and wanders: what a round finds, the next one still feels. Now and then
// something else spoils a round.
type Machine struct {
	random *rand.Rand
	drift  float64 // of the logarithm of all times, a round
	level  float64 // the same, so far
	wander float64 // likewise
	alike  float64 // messages, one after the other
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

// round begins a round: how many times as long as usual all takes in it.
func (m *Machine) round() float64 {
	m.level += m.drift
	m.wander = 0.5*m.wander + 0.015*m.random.NormFloat64()
	factor := math.Exp(m.level + m.wander)
	if m.random.IntN(10) == 0 {
		factor *= 1 + 0.2*m.random.Float64()
	}
	return factor
}

// message begins a message: how many times as long as usual all takes in it.
// That changes slowly, so that messages that follow one another are alike.
func (m *Machine) message() float64 {
	m.alike = 0.9*m.alike + 0.03*m.random.NormFloat64()
	return math.Exp(m.alike)
}

// time is one answer's, around its median. Few take very long (Pareto's law).
func (m *Machine) time(median time.Duration, factor float64) time.Duration {
	t := factor * float64(median) * math.Exp(0.25*m.random.NormFloat64())
	if m.random.IntN(50) == 0 {
		t *= math.Pow(1-m.random.Float64(), -1/1.5)
	}
	return time.Duration(t)
}
