package capacity

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// A Block is a second of a trial.
type Block struct {
	Due     int64   `json:"due"`     // messages that were due in it
	Waiting int64   `json:"waiting"` // messages due but not done at its end
	Goals   []Count `json:"goals"`   // what it showed of each goal
}

// A Count says how many of the samples that ended in a block broke a goal.
type Count struct {
	N   int64 `json:"n"`
	Bad int64 `json:"bad"`
}

// share is the share of bad ones, 0 if there are none at all.
func (c Count) share() float64 { return float64(c.Bad) / max(1, float64(c.N)) }

// total adds up what blocks showed of a goal.
func total(blocks []Block, goal int) Count {
	var sum Count
	for i := range blocks {
		sum.N += blocks[i].Goals[goal].N
		sum.Bad += blocks[i].Goals[goal].Bad
	}
	return sum
}

// settled leaves out the first seconds of a trial, in which the queues of a server that
// was idle are shorter than they will be: a fifth, and at most 4 s.
func settled(blocks []Block) []Block { return blocks[min(4, len(blocks)/5):] }

// designEffect says how many times the variance of the share of bad samples is that of
// independent samples: 1 at least. Neighbouring blocks are alike, because a queue that
// has grown takes time to go, so blocks are taken one by one, in pairs and in fours.
func designEffect(blocks []Block, goal int, share float64) float64 {
	most := 1.0
	if share <= 0 || share >= 1 {
		return most
	}
	for _, size := range []int{1, 2, 4} {
		clusters, squares, n := 0.0, 0.0, 0.0
		for i := 0; i+size <= len(blocks); i += size {
			c := total(blocks[i:i+size], goal)
			off := float64(c.Bad) - share*float64(c.N)
			clusters++
			n += float64(c.N)
			squares += off * off
		}
		if clusters < 4 || n == 0 {
			continue
		}
		most = max(most, squares*clusters/(clusters-1)/(n*share*(1-share)))
	}
	return most
}

// increments lists by how much the number of waiting messages grew in each second.
func increments(blocks []Block) []float64 {
	var list []float64
	for i := 1; i < len(blocks); i++ {
		list = append(list, float64(blocks[i].Waiting-blocks[i-1].Waiting))
	}
	return list
}

// growth tells whether the messages that wait become more and more, and by how many a
// second. The seconds' increments are independent if the server is never idle, so their
// mean is held against their spread. (A straight line through the number of those that
// wait would see growth in every random walk.)
func growth(blocks []Block) (perSecond float64, grows bool) {
	steps := increments(settled(blocks))
	if more, yes := overrun(blocks); yes {
		return more, true
	}
	if len(steps) < 3 {
		return 0, false
	}
	n := float64(len(steps))
	mean, squares, due := 0.0, 0.0, 0.0
	for _, d := range steps {
		mean += d / n
	}
	for _, d := range steps {
		squares += (d - mean) * (d - mean)
	}
	for i := range blocks {
		due += float64(blocks[i].Due) / float64(len(blocks))
	}
	deviation := math.Sqrt(squares / (n - 1) / n)
	// No less than the quantile of Student's distribution for about 1 in 1,000.
	m := n - 1
	quantile := 3.1 + 8/m + 55/(m*m)
	return mean, mean > leastGrowth*due && mean > 0.5 && mean > quantile*deviation
}

// lasting tells whether hardly more messages waited at the end than after the first
// second, in how many were due: a short trial may keep a goal while its queue grows.
func lasting(blocks []Block) bool {
	if len(blocks) < 2 {
		return false
	}
	due := int64(0)
	for i := range blocks[1:] {
		due += blocks[i+1].Due
	}
	more := blocks[len(blocks)-1].Waiting - blocks[0].Waiting
	return float64(more) <= max(lastingMessages, lastingShare*float64(due))
}

// behind is for how long the oldest of the messages that wait have waited, about, if so many
// were due in a time. A few may just be under way.
func behind(waiting, due int64, in time.Duration) time.Duration {
	if waiting <= lastingMessages || due <= 0 {
		return 0
	}
	return time.Duration(min(1, float64(waiting-lastingMessages)/float64(due)) * float64(in))
}

// stood is for how long in the end no sample of a goal was there although messages waited; 0 if
// that is too short to tell.
func stood(blocks []Block, goal int) time.Duration {
	n := 0
	for _, b := range slices.Backward(blocks) {
		if b.Goals[goal].N > 0 || b.Waiting <= lastingMessages {
			break
		}
		n++
	}
	if n < hopelessSeconds {
		return 0
	}
	return time.Duration(n) * time.Second
}

// So many messages may wait more at the end in any case, or this share of those due.
const (
	lastingMessages = 3
	lastingShare    = 0.01
)

// overrun tells whether the queue grew by far more than chance in each second: a short
// trial ends before its messages have waited for as long as a goal allows.
func overrun(blocks []Block) (perSecond float64, yes bool) {
	steps := increments(blocks)
	for i, d := range steps {
		due := float64(blocks[i+1].Due)
		if d < 0.05*due+3*math.Sqrt(due) {
			return 0, false
		}
		perSecond += d / float64(len(steps))
	}
	return perSecond, len(steps) >= 2
}

// leastGrowth is the share of the rate by which a queue has to grow, to be said to grow.
const leastGrowth = 0.002

// hopelessSeconds is how long a server may do nothing right.
const hopelessSeconds = 3

// hopeless tells whether the last seconds of a trial broke a goal with most of their
// messages, or saw no message done although some waited. More seconds would not help.
func hopeless(blocks []Block, goals []Goal) (why string, yes bool) {
	const seconds = hopelessSeconds
	if len(blocks) < seconds {
		return "", false
	}
	last := blocks[len(blocks)-seconds:]
	for g := range goals {
		all := true
		for i := range last {
			c := last[i].Goals[g]
			stuck := c.N == 0 && last[i].Waiting > 0 && last[i].Waiting > 2*last[i].Due && goals[g].OfMessages
			all = all && (stuck || c.N > 0 && float64(c.Bad) > max(0.5, goals[g].Share)*float64(c.N))
		}
		if !all {
			continue
		}
		if c := total(last, g); c.N > 0 {
			return fmt.Sprintf("%.3g %% broke %s for %d s", 100*c.share(), goals[g].Expr, seconds), true
		}
		return fmt.Sprintf("no message was done for %d s", seconds), true
	}
	return "", false
}
