package limits

import (
	"math"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
)

const (
	// idle is the share of the cores below which CPU time is not what a server lacks.
	idle = 0.6
	// unused is the share of its machine's CPU time that nobody has to use then: others may
	// keep it from the server.
	unused = 0.3
	// A generator whose loops are busier than this may be what does not go on.
	busyLoop = 0.8
	// enoughMessages is how many a rate or a time has to be of.
	enoughMessages = 30
)

// isIdle tells whether the server's machine has CPU time left, with so many cores of it in
// use by the server, and such a share of its time by nobody; known is false if nobody
// looked at it.
func (f *finder) isIdle(cores, nobody float64) (left, known bool) {
	s := f.evidence.Server
	if s == nil || s.Of == 0 || cores == 0 {
		return false, false
	}
	return cores+f.evidence.Generator < idle*float64(s.Of) && nobody >= unused, true
}

// oneAtATime looks for a server that works on one message at a time, in two ways: flows
// with many sessions that carry no more than one with a single session, and a load that
// outgrew the server at the rate that the time of a lone message allows.
func (f *finder) oneAtATime() {
	if f.evidence.Busiest > busyLoop {
		return
	}
	for i := range f.evidence.Flows {
		if f.oneAsMany(&f.evidence.Flows[i]) {
			return
		}
	}
	for i := range f.evidence.Flows {
		if f.oneAfterTheOther(&f.evidence.Flows[i]) {
			return
		}
	}
}

const (
	serially = "the server works on one message at a time: a lock that all sessions wait for, or a disk that is told to make each message safe by itself (fsync)"
	inStep   = "look at what the server does at the end of each message: let several share one commit to the disk, use a disk or a controller whose cache survives a loss of power, or spread queue and log over several"
)

// oneAsMany looks for flows like one, which has a single session, but with four times as
// many or more, that are hardly faster. Adding sessions helps even a server with one core
// as long as that has to wait for the client.
func (f *finder) oneAsMany(one *Flow) bool {
	if !one.Alone || one.Sessions != 1 || one.Accepted < enoughMessages {
		return false
	}
	var many *Flow
	for i := range f.evidence.Flows {
		other := &f.evidence.Flows[i]
		if other.Alone && other.Alike == one.Alike && other.Sessions >= 4 && other.Accepted >= enoughMessages && (many == nil || other.Sessions > many.Sessions) {
			many = other
		}
	}
	if many == nil || many.Rate > 1.25*one.Rate {
		return false
	}
	left, known := f.isIdle(many.Cores, many.Idle)
	mean, _ := one.times(sample.SpanMessage).Mean()
	if known && !left || !known && mean < time.Millisecond {
		return false
	}
	f.flow = many.Name
	f.add(OneAtATime, sureIf(known), serially, inStep, "%s carried %s messages/s, and one session %s%s",
		human.CountOf(many.Sessions, "session"), human.Rate(many.Rate), human.Rate(one.Rate), f.idleText(many.Cores, known))
	return true
}

// oneAfterTheOther compares the most that a server carried with how long a message took
// when there were few: one after the other takes as long as each by itself.
func (f *finder) oneAfterTheOther(flow *Flow) bool {
	low, most := flow.lightest(), flow.outgrown()
	if low == nil || most == nil || low.Time == 0 || most.Offered < 1.2*most.Rate || flow.Limit > 0 && flow.Limit < 4 {
		return false
	}
	lone := low.Time.Seconds()
	if used := low.Offered * lone; used > 0.5 || low.Time < time.Millisecond {
		return false // messages waited for each other then
	}
	if together := most.Rate * lone; together < 0.75 || together > 1.3 {
		return false
	}
	left, known := f.isIdle(most.Cores, most.Idle)
	if known && !left {
		return false
	}
	f.flow = flow.Name
	f.add(OneAtATime, sureIf(known), serially, inStep, "a message took %s when there were few, and it carried %s messages/s at the most, which is about one after the other%s",
		human.Duration(low.Time), human.Rate(most.Rate), f.idleText(most.Cores, known))
	return true
}

func sureIf(known bool) Certainty {
	if known {
		return Likely
	}
	return Possible
}

func (f *finder) idleText(cores float64, known bool) string {
	if !known {
		return ""
	}
	return ", with " + human.ThreeDigits(cores) + " of " + human.Count(int64(f.evidence.Server.Of)) + " cores in use"
}

// lightest is the stage with the lowest rate of those in which messages were accepted; nil
// if the server did not keep up with it.
func (f *Flow) lightest() *Stage {
	var low *Stage
	for i := range f.Stages {
		if s := &f.Stages[i]; s.Offered > 0 && s.Accepted >= enoughMessages && (low == nil || s.Offered < low.Offered) {
			low = s
		}
	}
	if low != nil && low.Outgrew {
		return nil
	}
	return low
}

// outgrown is the stage that carried most of those that outgrew the server; nil if none
// did.
func (f *Flow) outgrown() *Stage {
	var most *Stage
	for i := range f.Stages {
		if s := &f.Stages[i]; s.Outgrew && s.Accepted >= enoughMessages && (most == nil || s.Rate > most.Rate) {
			most = s
		}
	}
	return most
}

// isPressed tells whether more is asked of the server than it gives: an open load that it
// fell behind, or a closed one with many sessions.
func (f *Flow) isPressed() bool {
	return f.Behind || f.outgrown() != nil || f.Sessions >= 8
}

// diskBound looks for sessions that wait for the reply to their messages' end, most of
// their time, while the server writes to a disk and has CPU time left.
func (f *finder) diskBound() {
	s := f.evidence.Server
	if s == nil || s.Written < 512 || f.evidence.Busiest > busyLoop {
		return
	}
	for i := range f.evidence.Flows {
		flow := &f.evidence.Flows[i]
		body, message := flow.times(sample.Body), flow.times(sample.SpanMessage)
		mean, _ := body.Mean()
		whole, ok := message.Mean()
		if !ok || message.Count() < enoughMessages || mean < 2*time.Millisecond || float64(mean) < 0.6*float64(whole) || !flow.isPressed() {
			continue
		}
		cores, nobody := flow.Cores, flow.Idle
		if most := flow.outgrown(); most != nil && most.Cores > 0 {
			cores, nobody = most.Cores, most.Idle
		}
		if left, known := f.isIdle(cores, nobody); !known || !left {
			continue
		}
		sure, waits := Possible, ""
		if s.DiskWait >= 0.1 {
			sure, waits = Likely, ", and the machine waited for a disk for "+human.Percent(100*s.DiskWait)+" of its CPU time"
		}
		f.flow = flow.Name
		f.add(DiskBound, sure,
			"the server makes each message safe on its disk before it says 250, and the disk is as fast as it can be",
			inStep,
			"the reply to a message's end took %s of %s on average; the server wrote %s a message with %s of %s cores in use%s",
			human.Duration(mean), human.Duration(whole), human.Bytes(int64(s.Written)), human.ThreeDigits(cores), human.Count(int64(s.Of)), waits)
		return
	}
}

// latencyWithCPU looks for times that grow when the server's CPU comes to its limit, and
// not before.
func (f *finder) latencyWithCPU(flow *Flow) {
	s := f.evidence.Server
	if s == nil || s.Of == 0 {
		return
	}
	of := float64(s.Of)
	var low, high *Stage
	for i := range flow.Stages {
		t := &flow.Stages[i]
		if t.Cores == 0 || t.Time == 0 || t.Accepted < enoughMessages {
			continue
		}
		if t.Cores < idle*of && (low == nil || t.Offered < low.Offered) {
			low = t
		}
		if t.Cores >= full*of && (high == nil || t.Offered > high.Offered) {
			high = t
		}
	}
	if low == nil || high == nil || high.Offered <= low.Offered || high.Time < 3*low.Time {
		return
	}
	between := math.Sqrt(float64(low.Time) * float64(high.Time))
	for i := range flow.Stages {
		if t := &flow.Stages[i]; t.Cores > 0 && t.Cores < idle*of && float64(t.Time) > between {
			return // it is slow without
		}
	}
	f.flow = flow.Name
	f.add(LatencyWithCPU, Likely,
		"messages wait for a core: the server is at its limit when its machine is",
		"give it more or faster cores, or less to do for a message (TLS, content filters, logs)",
		"half of the messages took up to %s with %s of %d cores in use, and %s with %s", human.Duration(low.Time), human.ThreeDigits(low.Cores), s.Of, human.Duration(high.Time), human.ThreeDigits(high.Cores))
}
