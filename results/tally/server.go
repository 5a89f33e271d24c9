package tally

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A ServerSample is what the server's processes did between two looks at them, about a
// second apart. A pointer is nil if it is not known.
type ServerSample struct {
	From        sample.Instant `json:"from"`
	To          sample.Instant `json:"to"`
	CPU         time.Duration  `json:"cpu_ns"`                      // user and system time
	Cores       int            `json:"cores"`                       // that its machine has; 0 if that is not known
	Processes   int            `json:"processes"`                   // at the end, as the next two
	Memory      int64          `json:"memory_bytes"`                // resident, added up over the processes; of several samples put together, the most
	MemoryMean  int64          `json:"memory_mean_bytes,omitempty"` // of several, the mean over time; 0 of a single one
	Descriptors *int64         `json:"descriptors,omitempty"`
	Written     *int64         `json:"written_bytes,omitempty"`    // to disks
	Switches    *int64         `json:"context_switches,omitempty"` // of all threads
	DiskWait    *int64         `json:"disk_wait_ns,omitempty"`     // CPU time of the machine that was idle because something waited for a disk
	Idle        *int64         `json:"idle_ns,omitempty"`          // CPU time of the machine that nobody used, DiskWait included
	Overflows   *int64         `json:"listen_overflows,omitempty"` // connections that found the accept queue full, of all servers in its network namespace
	Drops       *int64         `json:"listen_drops,omitempty"`     // SYNs and connections that the kernel dropped, those among them
	Queue       *int64         `json:"accept_queue,omitempty"`     // connections that wait where the load connects to, in the longest queue, at the end
	Unseen      time.Duration  `json:"unseen_ns,omitempty"`        // of several samples put together: how long nobody looked
	ClockError  time.Duration  `json:"clock_error_ns,omitempty"`   // how far off From and To can be, by the clock of the run; 0 if it is of the same machine
}

// A Server is what was seen of the server's own side, in the order of time.
type Server []ServerSample

// maxServerSamples bounds those that are kept. Of more, neighbours are put together, two
// and two.
const maxServerSamples = 4096

// Add adds the next sample.
func (s *Server) Add(next *ServerSample) {
	*s = append(*s, *next)
	if len(*s) > maxServerSamples {
		*s = inPairs(*s)
	}
}

// Merge adds what another generator saw of the same server. If both looked at the same
// time, one of them counts.
func (s *Server) Merge(from Server) {
	all := append(slices.Clone(*s), from...)
	slices.SortStableFunc(all, func(a, b ServerSample) int { return cmp.Compare(a.From, b.From) })
	*s = nil
	end := sample.Instant(0)
	for i := range all {
		if all[i].From >= end {
			s.Add(&all[i])
			end = all[i].To
		}
	}
}

// add adds the sample after this one.
func (s *ServerSample) add(next *ServerSample) {
	s.Unseen = min(s.Blind()+max(0, next.From.Sub(s.To))+next.Blind(), maxServerFigure)
	length, more := float64(s.Length()), float64(next.Length())
	if length+more > 0 {
		s.MemoryMean = int64((length*float64(s.MeanMemory()) + more*float64(next.MeanMemory())) / (length + more))
	}
	s.To, s.CPU = next.To, min(s.CPU+next.CPU, maxServerFigure)
	s.Cores, s.Processes, s.Memory = max(s.Cores, next.Cores), max(s.Processes, next.Processes), max(s.Memory, next.Memory)
	most := func(a, b int64) int64 { return max(a, b) }
	sum := func(a, b int64) int64 { return min(a+b, maxServerFigure) }
	s.Descriptors, s.Queue = both(s.Descriptors, next.Descriptors, most), both(s.Queue, next.Queue, most)
	s.Written, s.Switches = both(s.Written, next.Written, sum), both(s.Switches, next.Switches, sum)
	s.DiskWait, s.Idle = both(s.DiskWait, next.DiskWait, sum), both(s.Idle, next.Idle, sum)
	s.ClockError = max(s.ClockError, next.ClockError)
	s.Overflows, s.Drops = both(s.Overflows, next.Overflows, sum), both(s.Drops, next.Drops, sum)
}

// both puts two figures together; nil if either is not known.
func both(a, b *int64, together func(a, b int64) int64) *int64 {
	if a == nil || b == nil {
		return nil
	}
	v := together(*a, *b)
	return &v
}

// Check refuses figures that no server has.
func (s *ServerSample) Check() error {
	if s.From < 0 || s.To < s.From {
		return fmt.Errorf("a look at the server from %d to %d", s.From, s.To)
	}
	figures := []int64{int64(s.CPU), int64(s.Cores), int64(s.Processes), s.Memory, s.MemoryMean, int64(s.Unseen), int64(s.ClockError)}
	for _, p := range []*int64{s.Descriptors, s.Written, s.Switches, s.DiskWait, s.Idle, s.Overflows, s.Drops, s.Queue} {
		if p != nil {
			figures = append(figures, *p)
		}
	}
	for _, n := range figures {
		if n < 0 || n > maxServerFigure {
			return fmt.Errorf("the server has a figure of %d, want 0 to %d", n, int64(maxServerFigure))
		}
	}
	return nil
}

// maxServerFigure is more than a server comes to. Sums stop there.
const maxServerFigure = 1 << 60

// inPairs puts neighbours together.
func inPairs(list Server) Server {
	var out Server
	for pair := range slices.Chunk(list, 2) {
		if len(pair) == 2 {
			pair[0].add(&pair[1])
		}
		out = append(out, pair[0])
	}
	return out
}

// MeanMemory is the memory that there was on average.
func (s *ServerSample) MeanMemory() int64 {
	if s.MemoryMean > 0 {
		return s.MemoryMean
	}
	return s.Memory
}

// mostApart is how far apart two looks are at the most. In a longer time between them, nobody
// looked: a server's memory may have been anything.
const mostApart = 5 * time.Second

// Blind is for how long of the sample nobody looked at the server.
func (s *ServerSample) Blind() time.Duration {
	if single := s.MemoryMean == 0; single && s.Unseen == 0 && s.Length() > mostApart {
		return s.Length()
	}
	return min(s.Unseen, s.Length())
}

// Length is the time between the two looks.
func (s *ServerSample) Length() time.Duration { return s.To.Sub(s.From) }

// Join adds a later sample, which need not be the next.
func (s *ServerSample) Join(later *ServerSample) { s.add(later) }

// Between puts together what was seen between two points in time. Of a sample that is
// only partly in between, what adds up counts in proportion. What is not in between at
// all has no length.
func (s Server) Between(from, to sample.Instant) ServerSample {
	var sum ServerSample
	for i := range s {
		part := s[i].within(from, to)
		switch {
		case part.Length() <= 0:
		case sum.To == 0:
			sum = part
		default:
			sum.add(&part)
		}
	}
	return sum
}

// Gone is for how long between two points in time no process of the server was there.
func (s Server) Gone(from, to sample.Instant) time.Duration {
	sum := time.Duration(0)
	for i := range s {
		if s[i].Processes == 0 {
			part := s[i].within(from, to)
			sum += max(0, part.Length())
		}
	}
	return sum
}

// LongestBlind is the longest time between two points in time in which nobody looked at the
// server, and when it began. It is exact if no samples were put together.
func (s Server) LongestBlind(from, to sample.Instant) (at sample.Instant, length time.Duration) {
	seen := from
	note := func(until sample.Instant) {
		if d := min(until, to).Sub(seen); d > length {
			at, length = seen, d
		}
	}
	for i := range s {
		if s[i].To <= from || s[i].From >= to {
			continue
		}
		note(s[i].From)
		if seen = max(seen, s[i].From); s[i].Blind() > 0 {
			note(s[i].To)
		}
		seen = s[i].To
	}
	note(to)
	return at, length
}

// within is the part of a sample between two points in time.
func (s ServerSample) within(from, to sample.Instant) ServerSample {
	length, blind := s.Length(), s.Blind()
	s.From, s.To = max(s.From, from), min(s.To, to)
	if s.Length() >= length || length <= 0 {
		return s
	}
	share := max(0, float64(s.Length())/float64(length))
	s.CPU, s.Unseen = time.Duration(share*float64(s.CPU)), time.Duration(share*float64(blind))
	for _, p := range []**int64{&s.Written, &s.Switches, &s.DiskWait, &s.Idle, &s.Overflows, &s.Drops} {
		if *p != nil {
			n := int64(share * float64(**p))
			*p = &n
		}
	}
	return s
}
